"""Accepted datasets and programs on their page, and patterns tried in place."""

from collections.abc import Callable
from typing import Any

import pytest
from dash import no_update

from callbacks.datasets_page import fill_datasets, keep_row, take_row, try_on_names
from model.accepted import Accepted, accepted
from model.authors import IMPORTER
from model.commands.proposals import answer_proposals, propose
from model.events import ProposalsMade
from model.queries.proposals import proposals
from model.registry import Registry
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world
from tests.model.test_accepted import ROW, SAMPLE, keep


def test_rows_are_looked_for_and_programs_show_how_far_people_agree(
    asking: Asking, small_registry: Registry
) -> None:
    keep(small_registry, ROW)
    said = {"column": "tracker-pixel", "ranges": [[4, 8]], "status": "BAD", "score": 0.97, "reason": "holes"}
    with small_registry.writing() as tx:
        propose(tx, ProposalsMade(FIRST, PROMPT, "autoencoder", "2.1", (said,)), IMPORTER)
        (waiting,) = proposals(tx.connection, tx.head.sequence)
        answer_proposals(tx, [waiting.id], world.TRACKER, accepted=True, seen=tx.head.sequence)
    with asking():
        rows, programs = fill_datasets("/datasets", "", "380001", None)
        none, _ = fill_datasets("/datasets", "", "no such class", None)
    assert PROMPT in words(rows)
    assert "No accepted dataset" in words(none)
    assert "autoencoder" in words(programs)
    assert "100%" in words(programs)


def test_patterns_are_tried_and_a_bad_one_is_named(asking: Asking) -> None:
    with asking():
        found = words(try_on_names(1, ROW.patterns[0], f"{SAMPLE}\n\n/Other/Run2024C/DQMIO"))
        bad = words(try_on_names(1, "(", SAMPLE))
    assert "1 of 2 names match" in found
    assert "is no pattern" in bad


Triggered = Callable[..., None]
FORM: Any = (PROMPT, "Collisions24", 380_000, 380_100, r"/ZeroBias/Run2024C-.*/DQMIO", True, "a new era")


def kept_rows(registry: Registry) -> list[Accepted]:
    with registry.reading() as connection:
        return accepted(connection)


def test_a_row_is_added_changed_switched_off_and_taken_away(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    with asking("b.expert"):
        triggered_by("datasets-keep.n_clicks")
        assert "Kept" in words(keep_row(1, 0, None, *FORM)[1])
        (row,) = [row for row in kept_rows(small_registry) if row.run_from == 380_000]
        assert row == Accepted(PROMPT, (FORM[4],), 380_000, 380_100, "Collisions24")
        shown = fill_datasets("/datasets", "", "380000", None)[0].children[-1].data
        triggered_by('{"place":0,"type":"datasets-change"}.n_clicks')
        *fields, changed, which = take_row([1], 0, shown)
        assert tuple(fields) == FORM[:-1]
        assert "380000–380100" in which
        triggered_by("datasets-keep.n_clicks")
        keep_row(2, 0, changed, *FORM[:5], False, "not taken any more")
        (row,) = [row for row in kept_rows(small_registry) if row.run_from == 380_000]
        assert not row.enabled
        assert "not there any more" in words(keep_row(3, 0, changed, *FORM)[2])
        shown = fill_datasets("/datasets", "", PROMPT, None)[0].children[-1].data
        place = [each["run_from"] for each in shown["rows"]].index(380_000)
        triggered_by("datasets-drop.n_clicks")
        keep_row(3, 1, {"row": shown["rows"][place], "seen": shown["seen"]}, *FORM)
    assert not [row for row in kept_rows(small_registry) if row.run_from == 380_000]


@pytest.mark.parametrize(
    ("who", "form", "sentence"),
    [
        ("t.certifier", FORM, "may not edit class rules and accepted datasets"),
        ("b.expert", (*FORM[:4], "(", *FORM[5:]), "is no pattern"),
        ("b.expert", (*FORM[:2], 380_100, 380_000, *FORM[4:]), "not reversed"),
        ("b.expert", (*FORM[:2], None, 380_000, *FORM[4:]), "whole numbers"),
        ("b.expert", ("", *FORM[1:]), "needs a name"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why_and_writes_nothing(
    asking: Asking,
    small_registry: Registry,
    triggered_by: Triggered,
    who: str,
    form: tuple[Any, ...],
    sentence: str,
) -> None:
    before = world.now(small_registry)
    with asking(who):
        triggered_by("datasets-keep.n_clicks")
        version, _, said, *_ = keep_row(1, 0, None, *form)
    assert version is no_update
    assert sentence in words(said)
    assert world.now(small_registry) == before
