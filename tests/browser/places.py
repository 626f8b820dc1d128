"""Every page of the shell, as one meets it and with what can be opened on it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.hand import Hand

Act = Callable[[Hand], None]


def _nothing(_hand: Hand) -> None:
    return


@dataclass(frozen=True)
class Place:
    """A page in one state.

    Args:
        page: the module of the page.
        ready: what is there once the page is filled.
        act: what brings it into its state.
    """

    page: str
    path: str
    ready: str
    state: str = "as it opens"
    act: Act = _nothing

    def open(self, hand: Hand) -> None:
        """Open the page, wait until it is filled, and bring it into its state."""
        hand.page.goto(f"{hand.origin}{self.path}")
        hand.page.wait_for_selector(self.ready, state="attached")
        hand.settles()
        self.act(hand)
        hand.settles()


def _select_on_strip(hand: Hand) -> None:
    hand.page.focus(".strip-grid")
    hand.press("Home", "Shift+ArrowDown", "b")
    hand.page.wait_for_selector("#certify-panel-impact strong")


def _why_on_strip(hand: Hand) -> None:
    hand.page.focus(".strip-grid")
    hand.press("Home", "Enter", "w")
    hand.page.wait_for_selector("#certify-panel-why h3")


def _keys(hand: Hand) -> None:
    hand.press("?")
    hand.page.wait_for_selector(".shell-keys", state="visible")


def _call(hand: Hand) -> None:
    hand.press("r")
    hand.page.wait_for_selector(".show-call-one")


def _more(hand: Hand) -> None:
    hand.page.click(".shell-more summary")


def _select_in_grid(hand: Hand) -> None:
    hand.page.focus(".certify-grid-place")
    hand.press("ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight")


def _strip_in_grid(hand: Hand) -> None:
    hand.page.focus(".certify-grid-place")
    hand.press("ArrowDown", "l")
    hand.page.wait_for_selector(".certify-strip .strip-svg")


def _sheet(key: str) -> Act:
    def opened(hand: Hand) -> None:
        hand.page.focus(".certify-grid-place")
        hand.press("ArrowDown", key)
        hand.page.wait_for_selector(".certify-sign-off", state="visible")

    return opened


def _filter(hand: Hand) -> None:
    hand.press("f")
    hand.settles()


def _first(selector: str) -> Act:
    return lambda hand: hand.page.click(f"{selector} >> nth=0")


def places(run: int, first: int, last: int, workspace: str = "tracker") -> list[Place]:
    """Return every page with its states.

    Args:
        run: a run with lumisections and three datasets.
        first, last: runs whose datasets the grid shows.
    """
    grid = f"/certify/{workspace}?runs={first}-{last}"
    strip, cell = ".strip-grid [role=row]", ".certify-cell[aria-label]"
    return [
        Place("board", "/", strip),
        Place("board", "/", strip, "lumisections selected, BAD", _select_on_strip),
        Place("board", "/", strip, "keys", _keys),
        Place("board", "/", strip, "more pages", _more),
        Place("board", "/?wall=1", strip, "on the wall"),
        Place("runs", "/runs", ".runs-run"),
        Place("runs", "/runs", ".runs-run", "filter", _filter),
        Place("run", f"/runs/{run}", strip),
        Place("run", f"/runs/{run}", strip, "why", _why_on_strip),
        Place("run", f"/runs/{run}", strip, "the call", _call),
        Place("certify", grid, cell),
        Place("certify", grid, cell, "cells selected", _select_in_grid),
        Place("certify", grid, cell, "lumisections of a row", _strip_in_grid),
        Place("certify", grid, cell, "sign-off", _sheet("Shift+Enter")),
        Place("certify", f"/certify/global?runs={first}-{last}", cell, "every column"),
        Place("decide", "/decide", "#decide-head > *"),
        Place("era_map", "/map", "#era-map-body:not([hidden])"),
        Place("trends", "/trends", "#trends-good .main-svg, .trends-page .empty"),
        Place("golden", "/golden", "#golden-download"),
        Place("reports", "/reports", ".reports-kept h2"),
        Place("rules", "/rules", ".rule-title"),
        Place("query", "/query", ".query-table, #query-notes *"),
        Place("log", "/log", "#log-rows table"),
        Place("cycles", "/cycles", "#cycles-body *"),
        Place("products", "/products", "#products-body *"),
        Place("lists", "/lists", "#lists-body *"),
        Place("consistency", "/consistency", "#consistency-head *"),
        Place("datasets", "/datasets", "#datasets-rows *"),
        Place("health", "/health", "#health-journal *"),
        Place("rights", "/rights", ".rights-groups *"),
        Place("admin", "/admin", "#admin-workspaces *"),
        Place("bulk", "/bulk", ".bulk-actions"),
        Place("glossary", "/glossary", ".glossary-list dt"),
        Place("training", "/training", "#training-kept > :not(.loading)"),
        Place("not_found_404", "/nowhere", ".empty"),
    ]
