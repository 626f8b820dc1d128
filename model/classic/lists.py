"""Cycles and accepted datasets as the published client reads them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from model.accepted import KIND as ACCEPTED
from model.accepted import accepted
from model.asof import recorded_us
from model.classic.keys import STATE, workspaces
from model.classic.objects import plain_datasets, rows_of
from model.clock import rfc3339
from model.queries.cycles import KIND as CYCLE
from model.queries.cycles import Cycle, cycles
from model.tables import registry_document

_PENDING, _COMPLETED = "pending", "completed"


def cycle_objects(connection: Connection, at: int) -> list[dict[str, Any]]:
    """Return every cycle with its datasets, the next deadline first."""
    found = sorted(cycles(connection, at), key=lambda cycle: (cycle.deadline, cycle.name))
    rows = rows_of(connection, {each for cycle in found for each in cycle.datasets}, at)
    plain = plain_datasets(connection, rows, at)
    known = {(each["run_number"], each["name"]): each for each in plain}
    kept, everywhere = _kept(connection, CYCLE), workspaces(connection, at)
    return [_cycle(cycle, kept[cycle.name], known, everywhere) for cycle in found]


def _cycle(
    cycle: Cycle, kept: tuple[int, str, str], known: Mapping[tuple[int, str], Any], everywhere: tuple[str, ...]
) -> dict[str, Any]:
    number, created, updated = kept
    times = {"createdAt": created, "updatedAt": updated}
    found = [known[each] for each in cycle.datasets if each in known and not known[each]["deleted"]]
    state = {
        f"{workspace}{STATE}": _COMPLETED if cycle.is_closed or workspace in cycle.completed else _PENDING
        for workspace in everywhere
    }
    named = {"id_cycle": number, "cycle_name": cycle.name}
    members = [
        {
            "id_cycle": number,
            "run_number": each["run_number"],
            "name": each["name"],
            **times,
            "Datasets": [each],
        }
        for each in found
    ]
    return {
        **named,
        "cycle_attributes": state,
        "deadline": f"{cycle.deadline}T00:00:00.000Z" if "T" not in cycle.deadline else cycle.deadline,
        "deleted": False,
        **times,
        "CycleDataset": members,
        "datasets": found,
    }


def accepted_rows(connection: Connection, at: int) -> list[dict[str, Any]]:
    """Return one row per pattern of an accepted dataset, numbered in the order of their names."""
    kept = _kept(connection, ACCEPTED)
    rows = [(row, pattern) for row in accepted(connection, at) for pattern in row.patterns]
    return [
        {
            "id": number,
            "name": row.name,
            "regexp": pattern,
            "enabled": row.enabled,
            "class": row.run_class,
            "run_from": row.run_from,
            "run_to": row.run_to,
            "createdAt": kept[row.name][1],
            "DatasetsAcceptedLists": [],
        }
        for number, (row, pattern) in enumerate(rows, 1)
    ]


def _kept(connection: Connection, kind: str) -> dict[str, tuple[int, str, str]]:
    """Return, of each document of a kind, the sequence and time it was first kept at, and its latest time."""
    kept = registry_document
    first, last = func.min(kept.c.since), func.max(kept.c.since)
    spans = select(kept.c.name, first.label("first"), last.label("last")).where(kept.c.kind == kind)
    rows = connection.execute(spans.group_by(kept.c.name)).all()
    wanted = {each for row in rows for each in row[1:]}
    times = {sequence: rfc3339(us) for sequence, us in recorded_us(connection, wanted).items()}
    return {row.name: (row.first, times[row.first], times[row.last]) for row in rows}
