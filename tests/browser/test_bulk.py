"""Rows pasted and written beside the web: seen from any page, called off, done by whoever pressed."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from model.bulk.rows import MOST_BYTES
from model.registry import Registry
from tests.browser.hand import Hand
from tests.browser.small import PROMPT

PIXEL = "tracker-pixel"
CERTIFIER = "t.certifier"


def _tried(hand: Hand, number: int, name: str = CERTIFIER) -> None:
    hand.comes_as(name)
    hand.go("/bulk")
    hand.page.fill("#bulk-rows", f"{number}, 3, 9, {PIXEL}, BAD, HV trip")
    hand.page.click("#bulk-try")
    hand.reads("#bulk-plan", "Nothing stands in the way")


def test_rows_are_written_while_one_is_on_another_page(hand: Hand, kept: Registry, a_run: int) -> None:
    _tried(hand, a_run)
    # somebody else writes: the rows have to wait, and nobody has to wait for them
    with kept.writing():
        hand.page.click("#bulk-apply")
        hand.reads("#work", "writing 0 of 1 datasets")
        hand.page.click(".shell-nav a[href='/golden']")
        hand.is_at("/golden")
        hand.reads("#work", "writing 0 of 1 datasets")
    hand.reads(".shell-toasts", "All of it was written")
    hand.page.wait_for_selector("#work", state="hidden")
    assert (3, 9, "BAD", CERTIFIER) in hand.said(a_run, PIXEL, PROMPT)
    hand.page.click("#shell-toasts button.link-button")
    hand.reads(".shell-toasts", "Taken back")
    assert (3, 9, "BAD", CERTIFIER) not in hand.said(a_run, PIXEL, PROMPT)


def test_what_is_called_off_is_not_written(hand: Hand, kept: Registry, a_run: int) -> None:
    _tried(hand, a_run)
    before = hand.sequence()
    with kept.writing():
        hand.page.click("#bulk-apply")
        hand.reads("#work", "writing 0 of 1 datasets")
        hand.page.click("#work-cancel")
        hand.reads("#work", "cancelling")
    hand.reads("#bulk-plan", "Cancelled: nothing was written.")
    assert hand.sequence() == before


def test_called_off_rows_can_be_tried_and_written_again(
    open_hand: Callable[..., Hand], kept: Registry, a_run: int
) -> None:
    hand = open_hand()
    test_what_is_called_off_is_not_written(hand, kept, a_run)
    hand.page.click("#bulk-try")
    hand.reads("#bulk-plan", "Nothing stands in the way")
    hand.page.click("#bulk-apply")
    hand.reads(".shell-toasts", "All of it was written")
    assert (3, 9, "BAD", CERTIFIER) in hand.said(a_run, PIXEL, PROMPT)


def test_a_file_that_is_too_long_is_not_sent_and_says_so(hand: Hand, tmp_path: Path) -> None:
    long, short = tmp_path / "long.csv", tmp_path / "short.csv"
    long.write_bytes(b"0" * (MOST_BYTES + 1))
    short.write_text("nothing", encoding="utf-8")
    hand.go("/bulk")
    file, said = hand.page.locator(".file-drop input[type=file]"), hand.page.locator(".file-drop-refusal")
    file.set_input_files(long)
    expect(said).to_have_text("long.csv has 16,000,001 bytes, at most 16,000,000 are read. Nothing was sent.")
    file.set_input_files(short)
    expect(said).to_be_hidden()
    expect(hand.page.locator("#bulk-rows")).to_have_value("nothing")
