"""What a run's page reads: verdicts, what programs propose beside them, and bits with who overrode them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from model.authors import Author
from model.commands.bits import BitOverride, override_bit
from model.commands.datasets import hide_dataset
from model.commands.proposals import answer_proposals, propose
from model.db import Database
from model.events import ProposalsMade
from model.queries import upstream
from model.queries.datasets import lumisections
from model.queries.history import history
from model.queries.run_view import RunView, run_view
from model.registry import Registry
from model.vocabulary import BITS, ONLINE
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, RUN, TRACKER
from tests.provision.stories import once

PROGRAM = Author("anomalies", False, frozenset({"run-registry-programs"}))
BIT, PIXEL = "bpix_ready", "tracker-pixel"


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    world.report_run(registry, lumisections=[(1, 6), (8, 20)], bits={BIT: [(1, 6, True), (8, 9, False)]})
    world.create_dataset(registry)
    world.create_dataset(registry, EXPRESS)
    return registry


def seen(registry: Registry, at: int | None = None, only: str | None = None) -> RunView:
    with registry.reading() as connection:
        return run_view(connection, RUN, world.sequence_of(connection) if at is None else at, only)


def make(registry: Registry, dataset: str = PROMPT, column: str = PIXEL) -> int:
    said = {"column": column, "ranges": [[2, 5]], "status": "BAD", "score": 0.9, "reason": "odd"}
    with registry.writing() as tx:
        return propose(tx, ProposalsMade(RUN, dataset, "ae", "1.2", (said,)), PROGRAM)


def override(registry: Registry, value: bool | None = False, dataset: str = PROMPT) -> int:
    with registry.writing() as tx:
        said = BitOverride(BIT, value, ((5, 5), (8, 10)))
        return override_bit(tx, [(RUN, dataset)], said, DC, seen=tx.head.sequence, comment="layer 1 was off")


def overridden(view: RunView) -> list[tuple[str, str, Any, Any]]:
    return [(o.dataset, str(o.span), o.value, o.raw) for o in view.overrides]


@contextmanager
def questions(database: Database) -> Iterator[list[str]]:
    """Give what the database is asked meanwhile."""
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(database.engine, "before_cursor_execute", hear)


def test_open_proposals_are_seen_until_they_are_answered(told: Registry) -> None:
    before = world.now(told)
    made = make(told)
    (one,) = seen(told).proposals
    assert (one.dataset, one.column, str(one.span)) == (PROMPT, PIXEL, "2–5")
    assert (one.status.name, one.score, one.reason) == ("BAD", 0.9, "odd")
    with told.writing() as tx:
        answer_proposals(tx, [one.id], TRACKER, accepted=False, seen=made)
    assert seen(told).proposals == seen(told, before).proposals == ()
    assert seen(told, made).proposals == (one,)


def test_of_one_dataset_its_own_proposals_are_seen(told: Registry) -> None:
    for dataset in (ONLINE, PROMPT):
        make(told, dataset)
    assert {p.dataset for p in seen(told).proposals} == {ONLINE, PROMPT}
    assert [p.dataset for p in seen(told, only=ONLINE).proposals] == [ONLINE]


def test_an_override_is_seen_beside_what_oms_says_until_it_is_withdrawn(told: Registry) -> None:
    made = override(told)
    expected = [
        (PROMPT, "5", False, True),
        (PROMPT, "8–9", False, False),
        (PROMPT, "10", False, None),
    ]
    assert overridden(seen(told)) == overridden(seen(told, only=ONLINE)) == expected
    assert seen(told).bits[BIT] == ((1, 6, True), (8, 9, False))
    assert {(o.author, o.comment) for o in seen(told).overrides} == {("d.coordinator", "layer 1 was off")}
    override(told, None)
    assert overridden(seen(told)) == []
    assert overridden(seen(told, made)) == expected


def test_overrides_of_hidden_datasets_are_not_seen(told: Registry) -> None:
    override(told)
    override(told, dataset=EXPRESS)
    with told.writing() as tx:
        hide_dataset(tx, RUN, PROMPT, DC, comment="made twice")
    assert {o.dataset for o in seen(told).overrides} == {EXPRESS}


def test_the_history_says_what_was_proposed_and_how_it_was_answered(told: Registry) -> None:
    make(told)
    made = make(told, column="dt-dt")
    ids = [p.id for p in seen(told).proposals]
    with told.writing() as tx:
        answer_proposals(tx, ids, DC, accepted=False, seen=made)
    with told.reading() as connection:
        answered, _, first = (h.what for h in history(connection, RUN, world.now(told), limit=3))
    assert answered == f"{PROMPT}: 2 proposals rejected"
    assert first == f"{PROMPT}: ae 1.2 proposes tracker-pixel LS 2–5 BAD"


def test_what_is_read_at_once_is_what_is_read_one_by_one(told: Registry) -> None:
    override(told)
    view = seen(told)
    with told.reading() as connection:
        assert view.lumisections == lumisections(connection, RUN)
        known = upstream.bits(connection, RUN, ONLINE)
    assert view.bits == {bit: known.get(bit, ()) for bit in BITS}


def test_only_a_run_with_overrides_costs_a_question_more(told: Registry, database: Database) -> None:
    asked = []
    for act in (lambda _: 0, make, override):
        act(told)
        with questions(database) as some:
            seen(told)
        asked.append(len(some))
    assert asked == [asked[0], asked[0], asked[0] + 1]
