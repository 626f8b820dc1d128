"""Accepted datasets and programs on their page, and patterns tried in place."""

from callbacks.datasets_page import fill_datasets, try_on_names
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
