"""The last significant runs, and the runs of a fill or an era."""

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


def found_views(connection: Connection, room: RunViews, words: str, limit: int, at: int) -> list[RunView]:
    """Return the newest runs whose number, fill, era or class is what somebody typed."""
    asked = words.strip().lower()
    found = [
        run
        for run in reversed(runs.runs(connection, at))
        if asked in (str(run.run_number), str(run.fill_number), run.era.lower(), run.run_class.lower())
    ]
    return [room.view(connection, run.run_number, at, ONLINE) for run in found[:limit]]
