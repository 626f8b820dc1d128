"""What the panel shows is run: curl in a shell and Python in a process, against the server of these tests."""

import json
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.browser.hand import Hand
from tests.browser.small import FIRST

_WHERE = urlencode({"where": json.dumps(["says", 'it\'s $HOME `x` "é"\n'])})
#: a page, and a word that the first answer holds
PAGES = {
    "/": "runs",
    "/runs": "runs",
    f"/runs?q={FIRST}": str(FIRST),
    f"/runs?{_WHERE}": "runs",
    f"/runs/{FIRST}": str(FIRST),
    "/certify/tracker": "rows",
    "/decide": "items",
    "/consistency": "findings",
    "/map": "rows",
    "/trends": "lines",
    "/golden": str(FIRST),
    "/reports": "reports",
    "/rules": "golden-2024",
    "/products": "products",
    "/cycles": "cycles",
    "/datasets": "rows",
    "/health": "journal",
    "/training": "sittings",
}


def _texts(hand: Hand, way: str) -> list[str]:
    hand.page.click(f".show-call-way[data-way={way}]")
    return [str(each) for each in hand.page.locator(f".show-call-text.is-{way} code").all_text_contents()]


@pytest.mark.parametrize("path", PAGES)
def test_curl_and_python_answer_what_is_on_the_screen(hand: Hand, path: str) -> None:
    hand.page.goto(f"{hand.origin}{path}")
    hand.page.wait_for_selector("#shell-page *")
    hand.press("r")
    hand.page.wait_for_selector(".show-call-one")
    first = None
    for text in _texts(hand, "curl"):
        done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        first = first or done.stdout
    assert PAGES[path] in str(first)
    script = "\n".join(text.partition("\n# or,")[0] for text in _texts(hand, "python"))
    script += "\nimport json; print(json.dumps(found, sort_keys=True))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) is not None
    assert all(text.startswith("-- ") for text in _texts(hand, "sql"))


def test_the_panel_opens_by_key_keeps_the_focus_and_gives_it_back(open_hand: Callable[..., Hand]) -> None:
    hand = open_hand(390, 844)
    hand.go("/runs")
    hand.page.focus("#shell-theme")
    hand.answer_to(lambda: hand.press("r"), "show-call-open")
    hand.page.wait_for_selector(".show-call-one")
    assert hand.page.evaluate("() => document.activeElement.dataset.way") == "curl"
    for _ in range(6):
        hand.press("Tab")
        assert hand.page.evaluate("() => !!document.activeElement.closest('#show-call')")
    hand.press("Escape")
    hand.page.wait_for_selector("#show-call", state="hidden")
    assert hand.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_a_letter_typed_into_a_field_opens_nothing(hand: Hand) -> None:
    hand.go("/runs")
    hand.page.focus("#shell-go-to")
    hand.page.keyboard.type("r")
    assert hand.page.is_hidden("#show-call")
