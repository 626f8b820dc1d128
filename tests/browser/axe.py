"""What axe-core says of a page, and what a keyboard and a screen reader meet there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.browser.hand import Hand
from tests.provision.axe import get_script

#: the success criteria of WCAG 2.0 to 2.2, levels A and AA, and what axe-core holds to be good practice
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """tags => {
    const why = (node) => node.any.concat(node.all, node.none)
        .map((check) => (check.data && check.data.messageKey) || check.message)[0] || "";
    const told = (rule) => ({
        rule: rule.id, impact: rule.impact, says: rule.help,
        nodes: rule.nodes.map((node) => ({ at: node.target.flat().join(" "), why: why(node) })),
    });
    const only = { type: "tag", values: tags };
    return axe.run(document, { runOnly: only, resultTypes: ["violations", "incomplete"] })
        .then((found) => [found.violations.map(told), found.incomplete.map(told)]);
}"""


@dataclass(frozen=True)
class Finding:
    """One rule that a page breaks, or of which axe-core cannot tell; `whys` has a reason for each place."""

    rule: str
    impact: str
    says: str
    where: tuple[str, ...]
    whys: tuple[str, ...]

    def __str__(self) -> str:
        places = "; ".join(f"{at} ({why})" for at, why in zip(self.where[:4], self.whys, strict=False))
        return f"{self.rule}, {self.impact}: {self.says}, {len(self.where)} times: {places}"


def open_unguarded(browser: Any, origin: str, theme: str, width: int = 1500, height: int = 1000) -> Hand:
    """Open a browser of its own in which scripts of the tests may run, whatever the page's policy says."""
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    context.add_init_script(f"localStorage.setItem('rr-theme', '{theme}')")
    hand = Hand(context, origin)
    # what is slow is asked elsewhere
    hand.page.set_default_timeout(30_000)
    return hand


def audit(page: Any) -> tuple[list[Finding], list[Finding]]:
    """Return what is broken on the page, and of what axe-core cannot tell."""
    if not page.evaluate("() => !!window.axe"):
        page.add_script_tag(content=get_script().read_text(encoding="utf-8"))
    broken, open_ = page.evaluate(_RUN, list(TAGS))
    return [_finding(each) for each in broken], [_finding(each) for each in open_]


def _finding(told: dict[str, Any]) -> Finding:
    nodes: Sequence[dict[str, str]] = told["nodes"]
    where, whys = tuple(node["at"] for node in nodes), tuple(node["why"] for node in nodes)
    return Finding(told["rule"], told["impact"], told["says"], where, whys)


#: the focus as one sees it: what has it, and whether it, or the frame it stands for, is outlined
_FOCUS = """() => {
    const node = document.activeElement;
    if (!node || node === document.body) return null;
    const isRing = (at) => {
        const look = getComputedStyle(at);
        return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
    };
    const near = [node, node.parentElement, node.parentElement && node.parentElement.parentElement];
    const box = node.getBoundingClientRect();
    const said = node.getAttribute("aria-label") || node.innerText || node.title || node.type || "";
    return { name: `${node.tagName.toLowerCase()}#${node.id}.${node.className} ${said}`.slice(0, 110),
             isSeen: near.some((at) => at && isRing(at)), isOnScreen: box.bottom > 0 && box.right > 0 };
}"""


@dataclass(frozen=True)
class Focus:
    """What has the focus, and whether one sees that it has."""

    name: str
    is_seen: bool


def focus(page: Any) -> Focus | None:
    """Return what has the focus; None where nothing has."""
    found = page.evaluate(_FOCUS)
    return Focus(found["name"], found["isSeen"] and found["isOnScreen"]) if found else None


def walk(page: Any, most: int = 250) -> list[Focus]:
    """Press Tab from the first link of the page until it comes round to it, and return what had the focus.

    Raises:
        AssertionError: it does not come round, or the focus is lost on the way.
    """
    page.evaluate("() => { window.scrollTo(0, 0); document.querySelector('.skip').focus(); }")
    found, lost = [here] if (here := focus(page)) else [], 0
    for _ in range(most):
        page.keyboard.press("Tab")
        here = focus(page)
        # once it is the browser's own, after the last of the page
        lost += here is None
        assert lost < 2, f"the focus is lost after {found[-1].name}"
        if here and here.name == found[0].name:
            return found
        found += [here] if here else []
    raise AssertionError(f"Tab does not come round: {[each.name for each in found[-6:]]}")
