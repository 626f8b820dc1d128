"""A plan of verdicts: what would be written, what stands in its way, and a token to apply just that.

It is made from a snapshot, outside the journal's lock; `write.py` makes it again and records it as one action.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection

from model import encoding
from model.authors import Author
from model.bulk.cells import Cells, of_cells
from model.bulk.contradictions import contradictions
from model.bulk.fresh import Asked, decided, news
from model.bulk.lists import Listed, of_list
from model.bulk.rows import Problem, read_rows
from model.bulk.snapshot import Snapshot, the_dataset
from model.commands.verdicts import VerdictEdit, check, conflicts, events
from model.errors import Conflict, Forbidden, RunRegistryError
from model.events import Event
from model.journal import sequence_now
from model.ranges import LumisectionRange, Ranges, canonical, count, intersect, subtract
from model.vocabulary import Stage, Status

#: what is being done, how many of how many
Tell = Callable[[str, int, int], None]

TOLD_EVERY = 500
_NAMED = 5
_FIELDS = [field.name for field in fields(VerdictEdit)]
_OPEN = (Status.EMPTY, Status.NOTSET)


@dataclass(frozen=True)
class Copy:
    """Take over what counts on columns of one stage into another stage of the same runs.

    Args:
        replaces: also where somebody decided already; else only what is open is filled.
    """

    runs: tuple[int, ...]
    source: Stage
    target: Stage
    columns: tuple[str, ...]
    replaces: bool = False


@dataclass(frozen=True)
class Sheet:
    """Rows as pasted, for the dataset of a stage of each run.

    Args:
        replaces: a row without lumisections also replaces what was decided; else it fills what is open.
    """

    text: str
    stage: Stage
    replaces: bool = False


Verdicts = Sheet | Copy | Cells | Listed


@dataclass(frozen=True)
class Plan:
    """What would be written.

    Args:
        recorded_invpb: recorded luminosity of the lumisections that are touched, once each, in 1/pb.
        kept: lumisections × columns that stay: somebody decided, or it is so already.
        token: to write exactly this.
        at: the sequence it was made at.
        given: what would be recorded, of verdicts one fact per dataset.
        denied: the first right that is missing for it.
    """

    edits: tuple[VerdictEdit, ...]
    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]
    datasets: int
    cells: int
    lumisections: int
    recorded_invpb: float
    kept: int
    token: str
    at: int
    given: tuple[Event, ...]
    comment: str = ""
    denied: Forbidden | None = None

    @property
    def is_sound(self) -> bool:
        """Tell whether it can be applied."""
        return not self.problems and not self.conflicts and bool(self.given)


def untold(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def make_plan(
    connection: Connection, wish: Verdicts, by: Author, seen: int | None = None, tell: Tell = untold
) -> Plan:
    """Return what a wish would write, as things stand now; nothing is written.

    Args:
        seen: the sequence the author was looking at; now where not given.
        tell: is told how far it is.

    Raises:
        Invalid: it cannot be read at all.
    """
    at = sequence_now(connection)
    seen = at if seen is None else seen
    now = Snapshot(connection, at)
    planned, problems = _planned(now, wish)
    checked: list[tuple[Asked, Ranges]] = []
    denied = None
    for place, asked in enumerate(planned):
        if place % TOLD_EVERY == 0:
            tell("checking", place, len(planned))
        try:
            checked.append((asked, check(now, asked.edit, by)))
        except RunRegistryError as error:
            denied = denied or denial(error)
            problems.append(Problem(asked.line, str(error)))
    if isinstance(wish, Sheet):
        problems += contradictions(checked)
    checked, kept = news(now, checked)
    found = conflicts(now, [(asked.edit, spans) for asked, spans in checked], by, seen)
    edits = tuple(asked.edit for asked, _ in checked)
    touched: dict[int, list[LumisectionRange]] = {}
    for asked, spans in checked:
        touched.setdefault(asked.edit.run_number, []).extend(spans)
    lumi = {run: canonical(touched[run]) for run in sorted(touched)}
    return Plan(
        edits,
        tuple(sorted(dict.fromkeys(problems), key=lambda p: p.line)),
        tuple(found),
        len({(e.run_number, e.dataset) for e in edits}),
        len({(e.run_number, e.dataset, c) for e in edits for c in e.columns}),
        sum(count(spans) for spans in lumi.values()),
        sum(now.recorded_invpb(run, spans) for run, spans in lumi.items()),
        kept,
        f"{at}.{digest(edits, by)}",
        at,
        tuple(events((asked.edit, spans) for asked, spans in checked)),
        edits[0].comment if edits else "",
        denied,
    )


def denial(error: RunRegistryError) -> Forbidden | None:
    """Return a refusal that is one for want of a right."""
    return error if isinstance(error, Forbidden) else None


def said(problems: Sequence[Problem]) -> str:
    """Name the lines that cannot be written."""
    named = " ".join(f"Line {p.line}: {p.sentence}" if p.line else p.sentence for p in problems[:_NAMED])
    return named + (f" And {len(problems) - _NAMED} more." if len(problems) > _NAMED else "")


def _planned(now: Snapshot, wish: Verdicts) -> tuple[list[Asked], list[Problem]]:
    if isinstance(wish, Sheet):
        return _sheet(now, wish)
    if isinstance(wish, Copy):
        return _copied(now, wish)
    return of_cells(now, wish) if isinstance(wish, Cells) else of_list(now, wish)


def _sheet(now: Snapshot, wish: Sheet) -> tuple[list[Asked], list[Problem]]:
    rows, problems = read_rows(wish.text)
    now.load(row.run_number for row in rows)
    planned = []
    for row in rows:
        try:
            name = the_dataset(now, row.run_number, wish.stage)
        except RunRegistryError as error:
            problems.append(Problem(row.line, str(error)))
            continue
        ranges = row.ranges or tuple((a, b) for a, b in now.lumisections(row.run_number))
        edit = VerdictEdit(row.run_number, name, (row.column,), ranges, row.status, row.cause, row.comment)
        planned.append(Asked(row.line, edit, keeps=not (row.ranges or wish.replaces)))
    return planned, problems


def _copied(now: Snapshot, wish: Copy) -> tuple[list[Asked], list[Problem]]:
    now.load(wish.runs)
    planned: list[Asked] = []
    problems: list[Problem] = []
    for run in wish.runs:
        try:
            source, target = (the_dataset(now, run, stage) for stage in (wish.source, wish.target))
        except RunRegistryError as error:
            problems.append(Problem(0, str(error)))
            continue
        planned += [Asked(0, edit) for edit in _of_run(now, run, source, target, wish)]
    return planned, problems


def _of_run(now: Snapshot, run: int, source: str, target: str, wish: Copy) -> Iterable[VerdictEdit]:
    told = now.said([(run, source), (run, target)], wish.columns)
    for column in wish.columns:
        there = decided(told[run, target].get(column, ()))
        for verdict in told[run, source].get(column, ()):
            spans = intersect((verdict.span,), now.lumisections(run))
            fresh = spans if wish.replaces else subtract(spans, there)
            if fresh and verdict.status not in _OPEN:
                words = verdict.comment or f"copied from {source}"
                ranges = tuple((a, b) for a, b in fresh)
                yield VerdictEdit(run, target, (column,), ranges, verdict.status.name, verdict.cause, words)


def digest(edits: Sequence[VerdictEdit], by: Author) -> str:
    """Return what tells these edits of this author from any others."""
    # the fields themselves: `astuple` would copy each range of each
    told = [[getattr(edit, name) for name in _FIELDS] for edit in edits]
    return hashlib.sha256(encoding.canonical([by.name, told])).hexdigest()
