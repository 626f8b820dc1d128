"""The last significant runs."""

from sqlalchemy import Connection

from model.queries import runs
from model.queries.run_view import RunView
from model.queries.run_views import RunViews
from model.queries.runs import Run
from model.vocabulary import ONLINE


def recent_views(
    connection: Connection, room: RunViews, limit: int, at: int, before: int | None = None
) -> list[RunView]:
    """Return the newest significant runs, newest first; any runs where none is significant."""
    found = newest(connection, limit, at, before)
    return [room.view(connection, run.run_number, at, ONLINE) for run in found]


def newest(connection: Connection, limit: int, at: int, before: int | None = None) -> list[Run]:
    """Return the newest significant runs, newest first; any runs where none is significant."""
    found = runs.last_runs(connection, limit, at, before, significant=True)
    return found or runs.last_runs(connection, limit, at, before)
