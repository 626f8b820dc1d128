"""What is kept of a sequence is what the journal says of it, in whatever order one asks."""

from itertools import count

import numpy as np
import pytest

from model.commands.datasets import hide_dataset, move_dataset
from model.frames import FrameStore, known
from model.frames.known import Known
from model.frames.refs import refs
from model.queries import runs
from model.registry import Registry
from model.trends.agreement import compared
from model.trends.latency import latencies
from model.vocabulary import OFFLINE_COLUMNS
from tests.model import world

RUNS = (380001, 380002, 380003)


@pytest.fixture
def told(registry: Registry) -> Registry:
    """Give three runs of which more was said in turns."""
    for number in RUNS:
        world.report_run(registry, number, [(1, 20)])
        world.create_dataset(registry, world.PROMPT, number)
    for first, number in enumerate((RUNS[1], *RUNS), 1):
        world.give(registry, world.TRACKER, "tracker-pixel", [(first, 9)], "BAD", "HV trip", run_number=number)
    return registry


@pytest.mark.parametrize("few", [0, 50])
@pytest.mark.parametrize("order", [1, -1])
def test_the_versions_of_runs_are_those_of_the_journal_at_every_sequence(
    told: Registry, monkeypatch: pytest.MonkeyPatch, order: int, few: int
) -> None:
    monkeypatch.setattr(known, "_FEW", few)
    kept = Known()
    with told.reading() as connection:
        for at in [*range(1, world.now(told) + 1)][::order] * 2:
            said = runs.sequences(connection, at)
            found = kept.versions(connection, at, set(RUNS))
            assert {number: found[number] for number in said} == said
            assert set(found) == set(said)


@pytest.mark.parametrize("at_once", [0, 500])
@pytest.mark.parametrize("pattern", ["online", "/PromptReco/%", "%"])
def test_datasets_are_those_of_the_journal_at_every_sequence_whatever_was_asked_before(
    told: Registry, monkeypatch: pytest.MonkeyPatch, pattern: str, at_once: int
) -> None:
    monkeypatch.setattr("model.frames.refs.AT_ONCE", at_once)
    world.create_dataset(told, "/PromptReco/Collisions2024A-v2/DQM", RUNS[1])
    with told.writing() as tx:
        seen = tx.head.sequence
        hide_dataset(tx, RUNS[0], world.PROMPT, world.DC, seen=seen, hidden=True, comment="a test")
        hide_dataset(tx, RUNS[0], world.PROMPT, world.DC, seen=seen + 1, hidden=False, comment="in sight")
        hide_dataset(tx, RUNS[2], world.PROMPT, world.DC, seen=seen, hidden=True, comment="a test")
    world.report_run(told, 379_999, [(1, 5)])
    store, last = FrameStore(), world.now(told)
    with told.reading() as connection:
        for at in [*range(1, last + 1), *range(last, 0, -1), 1, last, last]:
            assert store.refs(connection, at, pattern) == refs(connection, at, pattern)
        assert store.refs(connection, last, pattern)


@pytest.mark.parametrize("order", [1, -1])
def test_stages_and_sign_offs_are_as_if_asked_for_the_first_time_at_every_sequence(
    told: Registry, order: int
) -> None:
    world.create_dataset(told, world.EXPRESS, RUNS[0])
    world.create_dataset(told, world.EXPRESS, RUNS[2])
    world.give(
        told, world.TRACKER, "tracker-pixel", [(3, 12)], "GOOD", dataset=world.EXPRESS, run_number=RUNS[0]
    )
    world.give(told, world.DC, OFFLINE_COLUMNS, [(1, 20)], "GOOD", run_number=RUNS[2])
    with told.writing() as tx:
        seen, signed = tx.head.sequence, ("OPEN", "SIGNOFF")
        move_dataset(tx, RUNS[2], world.PROMPT, "global", signed, world.DC, seen=seen, comment="done")
        hide_dataset(tx, RUNS[0], world.EXPRESS, world.DC, seen=seen, comment="a test")
    kept, differing, signed_by = FrameStore(), set(), set()
    with told.reading() as connection:
        for at in [*range(1, world.now(told) + 1)][::order]:
            certified = refs(connection, at, world.PROMPT)
            units = kept.frames(connection, certified, frozenset(), at).units
            fresh = FrameStore()
            every = np.ones(len(certified), dtype=np.bool_)
            found = compared(connection, kept, certified, at).agreement(every)
            assert found == compared(connection, fresh, certified, at).agreement(every)
            differing |= {sum(each.differing) for each in found}
            signed_off = latencies(connection, kept.known, units, at)
            assert signed_off == latencies(connection, fresh.known, units, at)
            signed_by |= {each.bin for each in signed_off}
    assert len(differing) > 1 and len(signed_by) > 1


def test_an_answer_is_made_once_while_it_is_kept_and_again_after_others() -> None:
    kept, made = Known(), count()
    assert [kept.once("ledger", "a", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    for other in range(known._ANSWERS):
        kept.once("ledger", other, lambda: None)
    assert kept.once("ledger", "a", lambda: next(made)) == 1
    kept.clear()
    assert kept.once("ledger", "a", lambda: next(made)) == 2


def test_an_answer_that_failed_is_asked_for_again() -> None:
    kept = Known()
    with pytest.raises(ZeroDivisionError):
        kept.once("ledger", "a", lambda: 1 // 0)
    assert kept.once("ledger", "a", lambda: 3) == 3
