"""What is missing: lumisections of certifiable columns on which nobody decided."""

from collections.abc import Mapping

from sqlalchemy import Connection

from model.journal import sequence_now
from model.queries import datasets, verdicts
from model.ranges import Ranges, canonical, intersect, subtract, text
from model.vocabulary import ONLINE, SEVERITY, Status


def undecided(
    connection: Connection, run_number: int, dataset: str = ONLINE, workspace: str = "", at: int | None = None
) -> dict[str, Ranges]:
    """Return the lumisections that are NOTSET or EMPTY, per column, where there are any."""
    at = sequence_now(connection) if at is None else at
    lumisections = datasets.lumisections(connection, run_number, at)
    columns = [c for c in datasets.certifiable(connection, dataset, at) if c.startswith(workspace)]
    said = verdicts.of_dataset(connection, run_number, dataset, at, columns)
    found = {}
    for column in columns:
        decided = canonical(v.span for v in said[column] if v.status != Status.NOTSET)
        if missing := subtract(lumisections, decided):
            found[column] = missing
    return found


def sentence(missing: Mapping[str, Ranges]) -> str:
    """Say what is missing: `tracker-pixel LS 1–12; …`."""
    named = [f"{column} LS {text(spans)}" for column, spans in missing.items()]
    more = f"; and {len(named) - 5} more columns" if len(named) > 5 else ""
    return f"nobody decided on {'; '.join(named[:5])}{more}."


def worst_lumisection(connection: Connection, where: tuple[int, str], column: str, at: int) -> int:
    """Return the first lumisection of (run, dataset) with the worst status of a column, 1 where none is."""
    lumisections = datasets.lumisections(connection, where[0], at)
    said = verdicts.of_dataset(connection, *where, at, [column])[column]
    nobody = subtract(lumisections, canonical(v.span for v in said))
    pieces = [(Status.EMPTY, span) for span in nobody]
    pieces += [(v.status, part) for v in said for part in intersect((v.span,), lumisections)]
    ranked = sorted((SEVERITY.index(status), span.first) for status, span in pieces)
    return ranked[0][1] if ranked else 1
