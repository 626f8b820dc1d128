"""Stories told once: what a fixture has the registry live through, kept per process and laid out again."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from sqlalchemy import Table, select

from model.clock import SettableClock
from model.registry import Registry
from model.tables import metadata

_Rows = list[tuple[Table, list[dict[str, Any]]]]
_KEPT: dict[tuple[str, str, bool], tuple[_Rows, datetime | None]] = {}


def once(story: Callable[[Registry], Registry]) -> Callable[[Registry], Registry]:
    """Tell a story by its commands the first time, once for each kind of store; later lay its rows out.

    The story begins with empty tables, reads nothing but its registry, and keeps nothing outside of it.
    """

    @wraps(story)
    def told(registry: Registry) -> Registry:
        key = (story.__module__, story.__qualname__, registry.database.is_sqlite)
        if key not in _KEPT:
            story(registry)
            _KEPT[key] = _rows(registry), _time(registry)
        else:
            _lay_out(registry, *_KEPT[key])
        return registry

    return told


def _time(registry: Registry) -> datetime | None:
    return registry.clock.at if isinstance(registry.clock, SettableClock) else None


def _rows(registry: Registry) -> _Rows:
    with registry.reading() as connection:
        found = [
            (table, connection.execute(select(table)).mappings().all()) for table in metadata.sorted_tables
        ]
    return [(table, [_plain(row) for row in rows]) for table, rows in found if rows]


def _plain(row: Any) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def _lay_out(registry: Registry, rows: _Rows, at: datetime | None) -> None:
    with registry.database.writing() as connection:
        for table, kept in rows:
            connection.execute(table.insert(), kept)
    if at is not None and isinstance(registry.clock, SettableClock):
        registry.clock.at = at
