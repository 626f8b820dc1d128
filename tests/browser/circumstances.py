"""What a page is like for who magnifies it, forces colours on it, wants no motion, or points with a finger."""

from typing import Any

from tests.browser.hand import Hand

#: what a window of 1500 × 1000 px shows at 200 %, and one of 1280 × 1024 px at 400 % (WCAG 1.4.4 and 1.4.10)
MAGNIFIED = {"200 %": (750, 500), "400 %": (320, 256)}
#: what makes a page wider than its window, where it can be told, else the page itself
_STICKS_OUT = """() => {
    const root = document.documentElement, width = root.clientWidth, isCut = /auto|scroll|hidden|clip/;
    if (root.scrollWidth <= width) return [];
    const scrolls = (node) => {
        for (let up = node.parentElement; up && up !== document.body; up = up.parentElement)
            if (isCut.test(getComputedStyle(up).overflowX)) return true;
        return false;
    };
    const out = [...document.querySelectorAll("body *")].filter(
        (node) => node.getBoundingClientRect().right > width + 1 && !scrolls(node));
    const name = (node) => `${node.tagName.toLowerCase()}#${node.id}.${node.getAttribute("class") || ""}`;
    return [`${root.scrollWidth} px in a window of ${width}`, ...out.slice(0, 4).map(name)];
}"""
#: what would move: an animation, or a transition that takes time
MOVES = """() => {
    const found = [];
    for (const node of document.querySelectorAll("*")) for (const part of [null, "::before", "::after"]) {
        const look = getComputedStyle(node, part);
        const takes = (said) => said.split(",").some((s) => parseFloat(s) > 0);
        const isAnimated = look.animationName !== "none" && takes(look.animationDuration);
        const fades = look.transitionProperty !== "none" && takes(look.transitionDuration);
        if (!isAnimated && !fades && look.scrollBehavior !== "smooth") continue;
        found.push(`${node.tagName.toLowerCase()}#${node.id}.${node.getAttribute("class") || ""}${part || ""}`);
    }
    return [...new Set(found)];
}"""
#: each kind of thing that shows a status: what is drawn, and what is written on it
_STATUSES = """() => {
    const found = {}, names = ["good", "bad", "standby", "excluded", "notset", "empty"];
    const kinds = { cell: ".certify-cell", piece: ".mini-strip i", tile: ".tile", button: ".status-button" };
    for (const kind in kinds) for (const node of document.querySelectorAll(kinds[kind])) {
        const name = names.find((n) => node.matches(`.is-${n}, .is-${n}-rule, .status-${n}`));
        const look = getComputedStyle(node), side = `${look.borderLeftColor} ${look.borderLeftStyle}`;
        const fill = `${look.backgroundColor} ${look.backgroundImage} ${side}`;
        const ink = kind === "piece" ? "" : `${look.color} on ${look.backgroundColor}`;
        if (name) (found[kind] = found[kind] || {})[name] = [fill, ink];
    }
    return found;
}"""
#: a row of the strip under a pointer
_ROWS = "() => rrStrip.meta.rows.map((row) => [row.kind, rrStrip.y(row.bottom) - rrStrip.y(row.top)])"


def sticks_out(page: Any) -> dict[str, list[str]]:
    """Return, for each magnification at which a page has to be scrolled sideways, what makes it so wide."""
    size, found = page.viewport_size, {}
    for name, (width, height) in MAGNIFIED.items():
        page.set_viewport_size({"width": width, "height": height})
        # grids and figures fit themselves in the frame that follows
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150)))")
        if wide := page.evaluate(_STICKS_OUT):
            found[name] = wide
    page.set_viewport_size(size)
    return found


def moves(page: Any) -> list[str]:
    """Return what still moves for who asked that nothing does."""
    page.emulate_media(reduced_motion="reduce")
    found = page.evaluate(MOVES)
    page.emulate_media(reduced_motion="no-preference")
    return list(found)


def alike(page: Any) -> list[str]:
    """Return statuses that look like another one, or whose letter is invisible, where colours are forced."""
    page.emulate_media(forced_colors="active")
    found = page.evaluate(_STATUSES)
    page.emulate_media(forced_colors="none")
    out = []
    for kind, looks in found.items():
        fills = {name: fill for name, (fill, _) in looks.items()}
        out += [f"{kind} {name}" for name, fill in fills.items() if list(fills.values()).count(fill) > 1]
        pairs = {name: ink.split(" on ") for name, (_, ink) in looks.items() if ink}
        out += [f"{kind} {name}: its letter" for name, (ink, ground) in pairs.items() if ink == ground]
    return out


def heights(hand: Hand, kind: str) -> list[float]:
    """Return how high the rows of the strip are, of columns or of bits."""
    return [high for of, high in hand.page.evaluate(_ROWS) if of == kind]
