"""A sheet too long to wait for is tried beside the page, and written."""

from tests.browser.hand import Hand
from tests.browser.small import PROMPT

PIXEL = "tracker-pixel"
COORDINATOR = "d.coordinator"


def test_a_long_sheet_is_tried_beside_the_page_and_written(hand: Hand, a_run: int) -> None:
    lines = (f"{a_run}, {n % 9 + 1}, {n % 9 + 1}, {PIXEL}, STANDBY,, said at length" for n in range(3_000))
    hand.comes_as(COORDINATOR)
    hand.go("/bulk")
    sheet = "\n".join(lines).encode()
    hand.page.set_input_files(
        "#bulk-file input[type=file]", {"name": "sheet.csv", "mimeType": "text/csv", "buffer": sheet}
    )
    hand.page.wait_for_function("() => document.getElementById('bulk-rows').value.length > 100000")
    hand.page.click("#bulk-try")
    hand.reads("#bulk-plan", "it is being tried")
    hand.reads("#bulk-plan", "1 datasets · 1 cells · 9 LS")
    hand.page.wait_for_selector("#work", state="hidden")
    hand.page.click("#bulk-apply")
    hand.reads(".shell-toasts", "All of it was written")
    assert (1, 9, "STANDBY", COORDINATOR) in hand.said(a_run, PIXEL, PROMPT)
