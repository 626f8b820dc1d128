"""Proposals and overridden bits on the strip of the run page and the board: seen, told, and taken by hand."""

from typing import Any

import pytest

from model.authors import IMPORTER
from model.commands.bits import BitOverride, override_bit
from model.commands.proposals import propose
from model.events import ProposalsMade
from model.registry import Registry
from model.vocabulary import ONLINE
from tests.browser.hand import Hand
from tests.model import world
from tests.model.world import PROMPT

_MARKS = "css => [...document.querySelectorAll('.strip-marks ' + css)].map((e) => e.getAttribute('class'))"
_TOKEN = "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
_STROKE = """() => { const line = document.querySelector('.strip-marks line.strip-hint.is-bad');
    const parts = getComputedStyle(line).stroke.match(/\\d+/g).map(Number);
    return '#' + parts.map((n) => n.toString(16).padStart(2, '0')).join(''); }"""


@pytest.fixture
def beside(kept: Registry, a_run: int) -> int:
    """Give a run for which a program proposes, and of whose prompt dataset a bit was overridden."""
    dull = {"column": "tracker-pixel", "ranges": [[41, 60]], "status": "BAD", "score": 0.934, "reason": "holes"}
    one = {"column": "dt-dt", "ranges": [[7, 7]], "status": "STANDBY", "score": None, "reason": ""}
    with kept.writing() as tx:
        for name in (ONLINE, PROMPT):
            propose(tx, ProposalsMade(a_run, name, "autoencoder", "2.1", (dull, one)), IMPORTER)
        over = BitOverride("bpix_ready", False, ((71, 90),))
        override_bit(tx, [(a_run, PROMPT)], over, world.DC, seen=tx.head.sequence, comment="layer 1 was off")
    return a_run


def hover(hand: Hand, dataset: str, row: str, number: int) -> str:
    """Return what the strip tells of a lumisection under the pointer."""
    hand.page.mouse.move(*hand.point(dataset, row, number))
    hand.page.wait_for_selector(".strip-tip:visible")
    return str(hand.page.inner_text(".strip-tip"))


def marks(hand: Hand, css: str) -> Any:
    return sorted(hand.page.evaluate(_MARKS, css))


def test_a_proposal_is_seen_told_and_taken_with_its_lumisections(hand: Hand, beside: int) -> None:
    hand.comes_as("b.expert")
    hand.go_to_run(beside)
    hand.sees_strip(beside)
    # dashes in the colour of the status, and of one lumisection a mark that can still be seen
    assert marks(hand, ".strip-hint") == [*["strip-hint is-bad"] * 2, *["strip-hint is-narrow is-standby"] * 2]
    for _ in range(2):
        assert hand.page.evaluate(_STROKE) == hand.page.evaluate(_TOKEN, "--bad-text")
        hand.page.click(".shell-theme")
        hand.sees_strip(beside)
    told = hover(hand, ONLINE, "tracker-pixel", 50)
    assert "LS 1–100 · GOOD" in told
    assert "proposed, not effective: BAD on LS 41–60\nby autoencoder 2.1 · score 0.93 · holes" in told
    assert "proposed" not in hover(hand, ONLINE, "tracker-pixel", 61)
    assert "STANDBY on LS 7\nby autoencoder 2.1" in hover(hand, PROMPT, "dt-dt", 7)
    assert "proposed" not in hover(hand, world.EXPRESS, "tracker-pixel", 50)
    hand.page.mouse.click(*hand.point(ONLINE, "tracker-pixel", 50))
    assert hand.chosen() == [[ONLINE, "tracker-pixel", 41, 60]]
    hand.press("Escape", "ArrowLeft", "ArrowRight")
    hand.reads(
        "#lumisection-strip-says", "tracker-pixel LS 41–60 GOOD by rule:dqm@1, BAD proposed by autoencoder 2.1"
    )
    hand.press("Enter")
    hand.reads("#lumisection-strip-says", "BAD on LS 41–60. by autoencoder 2.1 · score 0.93 · holes")
    hand.press("w")
    hand.reads(".certify-panel", "BAD on LS 41–60")
    assert hand.said(beside, "tracker-pixel") == [(1, 100, "GOOD", "rule:dqm@1")]


def test_an_overridden_bit_keeps_what_oms_says_and_tells_who_said_otherwise(hand: Hand, beside: int) -> None:
    hand.go_to_run(beside)
    assert marks(hand, ".strip-otherwise") == ["strip-otherwise"]
    told = hover(hand, "bits", "bpix_ready", 80)
    assert "LS 6–100 · true" in told
    assert f"overridden: false on LS 71–90 for {PROMPT}\nby d.coordinator · " in told
    assert "layer 1 was off · OMS says true" in told
    assert "overridden" not in hover(hand, "bits", "bpix_ready", 91)


def test_the_board_shows_the_same_and_a_wall_needs_no_hand(hand: Hand, beside: int) -> None:
    for search, hints in (("", "strip-hint is-bad"), ("?wall=1", "strip-hint is-tall is-bad")):
        hand.page.goto(f"{hand.origin}/{search}")
        hand.sees_strip(beside)
        assert hints in marks(hand, ".strip-hint")
        assert marks(hand, ".strip-otherwise") == ["strip-otherwise"]
        assert "B" in hand.page.locator(".strip-marks .strip-beside-letter").all_text_contents()
        # five lumisections are too narrow for a word that is written large
        assert ("false" in hand.page.locator(".strip-letter").all_text_contents()) == (search == "")
