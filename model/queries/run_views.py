"""Views of runs, each kept in this process until something is recorded about its run."""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from sqlalchemy import Connection

from model.queries import runs
from model.queries.run_view import RunView, run_view

_MOST_KEPT = 200


def version(connection: Connection, run_number: int, at: int) -> tuple[int, int]:
    """Return what a view is of: the last sequence of the run, and the last one of no run.

    Columns and rules are of no run, and decide what is shown of every one.
    """
    own = runs.sequences(connection, at, {run_number}).get(run_number, 0)
    return own, runs.sequence_of_none(connection, at)


class RunViews:
    """Reads views of runs."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str | None, int, int], RunView] = OrderedDict()
        self._lock = Lock()

    def view(self, connection: Connection, run_number: int, at: int, only: str | None = None) -> RunView:
        """Return what `run_view` returns, from what was read before where nothing was recorded since.

        Raises:
            NotFound: no such run then.
        """
        name = (run_number, only, *version(connection, run_number, at))
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None:
            # which runs are beside it is not the run's own affair
            before, after = runs.neighbours(connection, run_number, at)
            return replace(kept, sequence=at, before=before, after=after)
        found = run_view(connection, run_number, at, only)
        with self._lock:
            self._kept[name] = found
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found
