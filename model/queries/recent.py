"""The last significant runs."""

from sqlalchemy import Connection

from model.queries import runs
from model.queries.run_view import RunView
from model.queries.run_views import RunViews
from model.vocabulary import ONLINE


def recent_views(
    connection: Connection, room: RunViews, limit: int, at: int, before: int | None = None
) -> list[RunView]:
    """Return the newest significant runs, newest first; any runs where none is significant."""
    newest = runs.last_runs(connection, limit, at, before, significant=True)
    newest = newest or runs.last_runs(connection, limit, at, before)
    return [room.view(connection, run.run_number, at, ONLINE) for run in newest]
