"""The report of a shift: runs taken, their luminosity, decisions given, what is open, what was handed over."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import fsum

from sqlalchemy import Connection

from model.queries.datasets import lumisections_of_runs
from model.queries.handover import Note, notes
from model.queries.history import Happening, by_people
from model.queries.luminosities import integrated
from model.queries.runs import Run
from model.ranges import count as how_many
from model.report.open_items import open_items
from model.report.report import LS, Row, Table, count, invpb, percent, share, table, words
from model.report.scope import Scope
from model.sentinel.sentinel import Sentinel
from model.vocabulary import ONLINE

_MOST_DECISIONS = 200
_MOST_NOTES = 20
Said = Callable[[], None]


def tables(
    connection: Connection, sentinel: Sentinel, asked: Scope, found: Sequence[Run], at: int, source: str
) -> Iterator[tuple[Table, ...]]:
    """Yield the tables of a shift, part by part, as of a sequence."""
    begins, ends = (
        asked.begins or datetime.max.replace(tzinfo=UTC),
        asked.ends or datetime.min.replace(tzinfo=UTC),
    )
    lines = [_run(connection, run, at, source) for run in found]
    decided = by_people(connection, begins, ends, at)
    yield _summary(lines, decided, source), _runs(lines, source)
    yield (_decisions(decided),)
    numbers = [run.run_number for run in found]
    yield open_items(connection, sentinel, numbers, at, lambda item: item.dataset == ONLINE)
    yield (_notes(notes(connection, at, _MOST_NOTES), begins, ends),)


def _run(connection: Connection, run: Run, at: int, source: str) -> Row:
    spans = lumisections_of_runs(connection, [run.run_number], at)
    recorded, delivered = integrated(connection, spans, source, at)
    return (
        run.run_number,
        run.fill_number,
        run.run_class,
        str(run.upstream.get("start_time") or "")[:16].replace("T", " "),
        how_many(spans.get(run.run_number, ())),
        delivered,
        recorded,
        share(recorded, delivered),
        run.state,
        str(run.registry.get("stop_reason") or ""),
        _remark(run),
    )


def _remark(run: Run) -> str:
    remarks = [run.replay] if run.replay else []
    if "start_time" in run.assumed:
        remarks.append("time assumed")
    return "; ".join(remarks)


def _runs(lines: Sequence[Row], source: str) -> Table:
    columns = (
        count("run_number", "run"),
        count("fill_number", "fill"),
        words("run_class", "class"),
        words("began", "began, UTC"),
        count("lumisections", "lumisections", LS),
        invpb("delivered", "delivered"),
        invpb("recorded", "recorded"),
        percent("efficiency", "recorded of delivered"),
        words("state", "state"),
        words("stop_reason", "stop reason"),
        words("remark", "remark"),
    )
    note = "" if lines else "No run was taken in these hours."
    return table("runs", "Runs taken", columns, lines, source, note)


def _summary(lines: Sequence[Row], decided: Sequence[tuple[int, Happening]], source: str) -> Table:
    delivered, recorded = (fsum(float(line[place] or 0) for line in lines) for place in (5, 6))
    figures = (
        ("runs taken", len(lines), "", "registry"),
        ("lumisections", sum(int(line[4] or 0) for line in lines), LS, "registry"),
        ("delivered", delivered, "pb⁻¹", source),
        ("recorded", recorded, "pb⁻¹", source),
        ("recorded of delivered", share(recorded, delivered), "%", source),
        ("decisions by people", len(decided), "", "journal"),
        ("people who decided", len({each.author for _, each in decided}), "", "journal"),
    )
    return summary(figures)


def summary(figures: Sequence[tuple[str, float | int | None, str, str]]) -> Table:
    """Return the figures that stand on top: name, value, unit, source of each."""
    columns = (
        words("figure", "figure"),
        count("value", "value"),
        words("unit", "unit"),
        words("source", "source"),
    )
    return table("summary", "Summary", columns, figures, "see each line")


def _decisions(decided: Sequence[tuple[int, Happening]]) -> Table:
    columns = (
        words("at", "happened, UTC"),
        words("author", "author"),
        count("run_number", "run"),
        words("what", "what"),
        words("comment", "comment"),
        count("sequence", "sequence"),
    )
    rows = (
        (each.at, each.author, run_number, each.what, each.comment, each.sequence)
        for run_number, each in decided[:_MOST_DECISIONS]
    )
    more = len(decided) - _MOST_DECISIONS
    note = (
        f"{more:,} more followed."
        if more > 0
        else ("" if decided else "Nobody decided anything in these hours.")
    )
    return table("decisions", "Decisions given", columns, rows, "journal", note)


def _notes(found: Sequence[Note], begins: datetime, ends: datetime) -> Table:
    """Return what the shift was told and what it left; a note is often written a little after the end."""
    columns = (words("at", "written, UTC"), words("author", "author"), words("words", "note"))
    late = ends + timedelta(hours=1)
    told = [(each, datetime.fromisoformat(each.at).replace(tzinfo=UTC)) for each in found]
    before = [each for each, at in told if at < begins][:1]
    during = [each for each, at in reversed(told) if begins <= at < late]
    rows = ((each.at, each.author, each.words) for each in (*before, *during))
    note = "" if during or before else "No note was left."
    return table("notes", "Hand-over notes", columns, rows, "journal", note)
