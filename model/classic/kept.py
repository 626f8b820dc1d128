"""Runs and datasets as the published client reads them, kept until something is recorded about their run."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeAlias

import orjson
from sqlalchemy import Connection

from model.classic import objects
from model.classic.sql import Row
from model.queries import runs

_Make: TypeAlias = Callable[[Connection, Sequence[Row], int], list[objects.Object]]
#: about 5 kB each
_KEPT = 8_000


class ClientRoom:
    """What was told to clients; told again where nothing changed.

    An object is what was recorded of its run, and of no run: rules, workspaces.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[_Make, int], tuple[tuple[int, int], bytes]] = {}
        self._lock = Lock()

    def runs(self, connection: Connection, rows: Sequence[Row], at: int) -> list[orjson.Fragment]:
        """Return the runs that online datasets stand for, in the order given."""
        return self._objects(connection, rows, at, objects.run_objects)

    def datasets(self, connection: Connection, rows: Sequence[Row], at: int) -> list[orjson.Fragment]:
        """Return datasets with their runs, in the order given."""
        return self._objects(connection, rows, at, objects.dataset_objects)

    def _objects(
        self, connection: Connection, rows: Sequence[Row], at: int, make: _Make
    ) -> list[orjson.Fragment]:
        versions = runs.sequences(connection, at, {row.run_number for row in rows})
        everywhere = runs.sequence_of_none(connection, at)
        found: dict[int, bytes] = {}
        for row in rows:
            version, told = self._told.get((make, row.dataset_id), (None, b""))
            if version == (versions[row.run_number], everywhere):
                found[row.dataset_id] = told
        missing = [row for row in rows if row.dataset_id not in found]
        for row, each in zip(missing, make(connection, missing, at) if missing else (), strict=True):
            found[row.dataset_id] = told = orjson.dumps(each)
            self._keep((make, row.dataset_id), ((versions[row.run_number], everywhere), told))
        return [orjson.Fragment(found[row.dataset_id]) for row in rows]

    def _keep(self, key: tuple[_Make, int], told: tuple[tuple[int, int], bytes]) -> None:
        with self._lock:
            while len(self._told) >= _KEPT:
                del self._told[next(iter(self._told))]
            self._told[key] = told
