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
    return Hand(context, origin)


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
