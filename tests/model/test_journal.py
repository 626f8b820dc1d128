"""The journal: one order, one chain, all or nothing, and every table rebuilt from it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from model import journal, replay
from model.clock import SettableClock
from model.db import Database
from model.errors import Broken, Invalid
from model.queries import runs
from model.registry import Registry
from model.tables import journal as journal_table
from model.tables import verdict_range
from tests.model import world
from tests.model.walk import Walk
from tests.model.world import DC, EXPERT, RUN, SHIFTER, TRACKER, create_dataset, give, report_run, rule_says
from tests.provision.stories import once

PIXEL = "tracker-pixel"


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    report_run(registry)
    create_dataset(registry)
    give(registry, TRACKER, PIXEL, [(1, 4)], "BAD")
    rule_says(registry, PIXEL, [(1, 10)], "GOOD")
    return registry


def _verified(registry: Registry) -> int:
    with registry.reading() as connection:
        return journal.verify(connection).sequence


def test_an_untouched_journal_verifies_to_its_head(told: Registry) -> None:
    assert _verified(told) == world.now(told) == 6


@pytest.mark.parametrize(
    ("column", "value"),
    [("author", "somebody.else"), ("is_person", False), ("comment", "other words"), ("action", 1)]
    + [("happened_us", 1), ("run_number", 380002), ("kind", "run-reported")],
)
def test_a_changed_row_is_found_and_named(told: Registry, column: str, value: object) -> None:
    with told.database.writing() as connection:
        connection.execute(update(journal_table).where(journal_table.c.sequence == 5).values({column: value}))
    with pytest.raises(Broken, match=r"Sequence 5 is not what was recorded"):
        _verified(told)


def test_a_changed_payload_is_found_and_named(told: Registry) -> None:
    with told.database.writing() as connection:
        payload = connection.execute(journal_table.select().where(journal_table.c.sequence == 6)).one().payload
        row = update(journal_table).where(journal_table.c.sequence == 5)
        connection.execute(row.values(payload=payload))
    with pytest.raises(Broken, match="Sequence 5"):
        _verified(told)


def test_a_removed_row_is_found_and_named(told: Registry) -> None:
    with told.database.writing() as connection:
        connection.execute(journal_table.delete().where(journal_table.c.sequence == 4))
    with pytest.raises(Broken, match="from sequence 3 to 5"):
        _verified(told)


def test_a_cut_off_tail_verifies_in_itself_and_shows_against_a_product_made_before(told: Registry) -> None:
    last = world.now(told)
    with told.database.writing() as connection:
        connection.execute(journal_table.delete().where(journal_table.c.sequence == last))
    assert _verified(told) == last - 1
    with told.reading() as connection, pytest.raises(Broken, match=f"before sequence {last}"):
        journal.hash_at(connection, last)


def test_the_journals_time_never_decreases_when_the_clock_jumps_back(
    registry: Registry, clock: SettableClock
) -> None:
    report_run(registry)
    clock.at -= timedelta(hours=5)
    report_run(registry, 380002)
    clock.at += timedelta(hours=10)
    report_run(registry, 380003)
    with registry.reading() as connection:
        times = [entry.recorded_at for entry in journal.entries(connection)]
        journal.verify(connection)
    assert times == sorted(times)
    assert times[-1] > times[0]


def test_a_command_that_fails_half_way_leaves_nothing(told: Registry) -> None:
    before = world.now(told)
    edits = [world.VerdictEdit(RUN, world.PROMPT, (PIXEL,), ((9, 9),), "GOOD")]
    with pytest.raises(RuntimeError, match="power"), told.writing() as tx:
        world.certify(tx, edits, TRACKER, seen=before)
        raise RuntimeError("power failed")
    assert world.now(told) == before
    assert world.said(told, PIXEL) == [(1, 4, "BAD", TRACKER.name), (5, 10, "GOOD", world.RULE.name)]


def test_two_writers_at_once_stand_in_one_order_and_both_are_visible(told: Registry) -> None:
    """Trap 4: the second begins while the first still writes, on another run."""
    report_run(told, 380002)
    create_dataset(told, run_number=380002)
    inside, go = threading.Event(), threading.Event()
    order: list[int] = []

    def first() -> None:
        with told.writing() as tx:
            inside.set()
            go.wait(5)
            edit = world.VerdictEdit(RUN, world.PROMPT, (PIXEL,), ((9, 9),), "STANDBY")
            order.append(world.certify(tx, [edit], TRACKER, seen=tx.head.sequence))

    def second() -> None:
        inside.wait(5)
        threading.Timer(0.2, go.set).start()
        order.append(give(told, DC, PIXEL, [(1, 1)], "GOOD", run_number=380002))

    before = world.now(told)
    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert order == [before + 1, before + 2]
    assert (9, 9, "STANDBY") in world.statuses(told, PIXEL)
    assert world.statuses(told, PIXEL, run_number=380002) == [(1, 1, "GOOD")]
    assert _verified(told) == before + 2


def test_many_writers_at_once_lose_nothing(told: Registry) -> None:
    before = world.now(told)

    def write(number: int) -> None:
        give(told, EXPERT, PIXEL, [(number, number)], "STANDBY")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(1, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert _verified(told) == before + 10
    assert world.said(told, PIXEL) == [(1, 10, "STANDBY", EXPERT.name)]


def _differences(registry: Registry, another: Database) -> list[str]:
    with registry.reading() as source, another.writing() as target:
        assert replay.replay(source, target) == journal.sequence_now(source)
    with registry.reading() as one, another.reading() as other:
        return list(replay.differences(one, other))


@pytest.mark.parametrize("seed", range(3))
def test_every_table_can_be_rebuilt_from_the_journal(
    registry: Registry, clock: SettableClock, another: Database, seed: int
) -> None:
    walk = Walk(registry, clock, seed)
    walk.steps(40)
    assert walk.done["undo"] + walk.done["certify"] + walk.done["rule"] > 5
    assert _differences(registry, another) == []


def test_a_table_that_was_tampered_with_differs_from_its_rebuilt_one(told: Registry, another: Database) -> None:
    with told.database.writing() as connection:
        connection.execute(update(verdict_range).where(verdict_range.c.first == 1).values(status=1))
    assert _differences(told, another) == ["verdict_range"]


def test_a_retried_import_of_a_run_is_one_fact_only(told: Registry) -> None:
    before = world.now(told)
    report_run(told)
    assert world.now(told) == before
    with pytest.raises(Invalid), told.writing() as tx:
        world.certify(tx, [], SHIFTER, seen=before)
    with told.reading() as connection:
        assert [run.run_number for run in runs.runs(connection)] == [RUN]
