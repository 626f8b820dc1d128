"""Summaries say of every dataset and cell what the ranges say, at every sequence."""

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, select

from model import replay
from model.asof import held
from model.authors import IMPORTER
from model.clock import SettableClock
from model.commands.upstream import report_lumisections, report_run
from model.db import Database
from model.queries.run_view import run_view
from model.ranges import LumisectionRange
from model.registry import Registry
from model.tables import cell_summary, dataset, dataset_state, dataset_summary, term
from model.vocabulary import Status
from tests.model import world
from tests.model.walk import RUNS, Walk
from tests.model.world import DC, PROMPT, RUN, TRACKER
from tests.provision.stores import walks


def _cells(connection: Connection, run_number: int, name: str, at: int) -> dict[tuple[str, str], Any]:
    query = (
        select(term.c.text, cell_summary)
        .join(term, term.c.id == cell_summary.c.column_id)
        .join(dataset, dataset.c.id == cell_summary.c.dataset_id)
        .where(dataset.c.run_number == run_number, dataset.c.name == name, held(cell_summary, at))
    )
    return {
        (row.text, Status(row.status).name): (row.lumisections, pytest.approx(row.recorded_invpb, abs=2e-6))
        for row in connection.execute(query)
    }


def _counted(connection: Connection, run_number: int, name: str, at: int) -> dict[tuple[str, str], Any]:
    view = run_view(connection, run_number, at)
    lumi = {
        ls: float(view.lumi.recorded_invpb[ls - 1])
        if view.lumi is not None and ls <= len(view.lumi.recorded_invpb)
        else 0.0
        for first, last in view.lumisections
        for ls in range(first, last + 1)
    }
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for column, said in view.verdicts[name].items():
        if not said:
            continue
        rest = dict(lumi)
        for verdict in said:
            for ls in range(verdict.span.first, verdict.span.last + 1):
                if ls in rest:
                    found[column, verdict.status.name].append(np.nan_to_num(rest.pop(ls)))
        for value in rest.values():
            found[column, "EMPTY"].append(np.nan_to_num(value))
    return {key: (len(values), sum(values)) for key, values in found.items()}


@walks(*range(4))
def test_cells_count_what_the_ranges_hold_at_every_sequence(
    registry: Registry, clock: SettableClock, seed: int
) -> None:
    walk = Walk(registry, clock, seed)
    walk.steps(30)
    with registry.reading() as connection:
        for at in walk.seen:
            for number in RUNS:
                for name in ("online", PROMPT):
                    assert _counted(connection, number, name, at) == _cells(connection, number, name, at)


def _summary(registry: Registry, name: str = PROMPT) -> Any:
    with registry.reading() as connection:
        query = select(dataset_summary).where(dataset_summary.c.name == name, dataset_summary.c.until.is_(None))
        return connection.execute(query).one()


def test_a_dataset_is_summarised_with_what_its_run_says(registry: Registry) -> None:
    world.report_run(registry, lumisections=[(1, 4), (6, 10)])
    world.create_dataset(registry, states={"global": "OPEN", "tracker": "SIGNOFF"})
    found = _summary(registry)
    assert (found.run_number, found.stage, found.era, found.fill_number) == (RUN, "prompt", "2024C", 9600)
    assert (found.lumisections, found.recorded_invpb) == (9, pytest.approx(0.9))
    # delivered on lumisection 5 counts as little as recorded: it does not exist
    world.report_luminosity(registry, [0.2] * 10)
    assert _summary(registry).delivered_invpb == pytest.approx(9 * 0.22)
    with registry.reading() as connection:
        query = select(term.c.text, dataset_state.c.state).join(term, term.c.id == dataset_state.c.workspace_id)
        states = {row.text: row.state for row in connection.execute(query)}
    assert states == {"global": "OPEN", "tracker": "SIGNOFF"}


def test_a_run_without_luminosity_has_none_in_its_summary(registry: Registry) -> None:
    world.report_run(registry)
    world.report_luminosity(registry, [float("nan")] * 10)
    for _ in range(2):
        found = _summary(registry, "online")
        assert (found.recorded_invpb, found.delivered_invpb) == (0, 0)
        world.report_luminosity(registry, [7.0] * 10, source="normtag")


def test_of_a_run_whose_luminosity_nobody_told_nothing_is_summed(registry: Registry) -> None:
    with registry.writing() as tx:
        report_run(tx, RUN, {"era": "2024C"}, IMPORTER)
        report_lumisections(tx, RUN, (LumisectionRange(1, 4),), {}, IMPORTER)
    found = _summary(registry, "online")
    assert (found.lumisections, found.recorded_invpb, found.delivered_invpb) == (4, None, None)


def test_tables_that_are_new_are_filled_from_the_journal(registry: Registry, database: Database) -> None:
    world.report_run(registry)
    world.create_dataset(registry)
    world.give(registry, TRACKER, "tracker-pixel", [(1, 4)], "GOOD")
    with database.writing() as connection:
        before = sorted(map(repr, connection.execute(select(cell_summary))))
        summaries = sorted(map(repr, connection.execute(select(dataset_summary))))
        for table in (cell_summary, dataset_summary, dataset_state):
            connection.execute(table.delete())
    assert replay.upgrade(database)
    assert not replay.upgrade(database)
    with database.reading() as connection:
        assert sorted(map(repr, connection.execute(select(cell_summary)))) == before
        assert sorted(map(repr, connection.execute(select(dataset_summary)))) == summaries
    world.give(registry, DC, "tracker-pixel", [(5, 10)], "BAD")
