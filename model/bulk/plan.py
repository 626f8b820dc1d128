"""A plan of verdicts: what would be written, what stands in its way, and a token to apply just that.

It is made from a snapshot, outside the journal's lock; `write.py` makes it again and records it as one action.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import Connection

from model import encoding
from model.authors import Author
from model.bulk.rows import Problem, read_rows
from model.bulk.snapshot import Snapshot
from model.commands.verdicts import VerdictEdit, check, conflicts, events
from model.errors import Conflict, RunRegistryError
from model.events import VerdictsGiven
from model.journal import sequence_now
from model.ranges import LumisectionRange, Ranges, canonical, count, intersect, subtract, text
from model.vocabulary import Stage, Status

#: what is being done, how many of how many
Tell = Callable[[str, int, int], None]

_TOLD_EVERY = 500
_NAMED = 5
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
    """Rows as pasted, for the dataset of a stage of each run."""

    text: str
    stage: Stage


Wish = Sheet | Copy


@dataclass(frozen=True)
class Plan:
    """What would be written.

    Args:
        recorded_invpb: recorded luminosity of the lumisections that are touched, once each, in 1/pb.
        token: to write exactly this.
        at: the sequence it was made at.
        given: what would be recorded, one fact per dataset.
    """

    edits: tuple[VerdictEdit, ...]
    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]
    datasets: int
    cells: int
    lumisections: int
    recorded_invpb: float
    token: str
    at: int
    given: tuple[VerdictsGiven, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether it can be applied."""
        return not self.problems and not self.conflicts and bool(self.edits)


def untold(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def make_plan(
    connection: Connection, wish: Wish, by: Author, seen: int | None = None, tell: Tell = untold
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
    planned, problems = _sheet(now, wish) if isinstance(wish, Sheet) else _copied(now, wish)
    checked: list[tuple[int, VerdictEdit, Ranges]] = []
    for place, (line, edit) in enumerate(planned):
        if place % _TOLD_EVERY == 0:
            tell("checking", place, len(planned))
        try:
            checked.append((line, edit, check(now, edit, by)))
        except RunRegistryError as error:
            problems.append(Problem(line, str(error)))
    problems += _contradictions(checked)
    found = conflicts(now, [(edit, spans) for _, edit, spans in checked], by, seen)
    edits = tuple(edit for _, edit, _ in checked)
    touched: dict[int, list[LumisectionRange]] = {}
    for _, edit, spans in checked:
        touched.setdefault(edit.run_number, []).extend(spans)
    lumi = {run: canonical(touched[run]) for run in sorted(touched)}
    return Plan(
        edits,
        tuple(sorted(problems, key=lambda p: p.line)),
        tuple(found),
        len({(e.run_number, e.dataset) for e in edits}),
        len({(e.run_number, e.dataset, c) for e in edits for c in e.columns}),
        sum(count(spans) for spans in lumi.values()),
        sum(now.recorded_invpb(run, spans) for run, spans in lumi.items()),
        f"{at}.{digest(edits, by)}",
        at,
        tuple(events((edit, spans) for _, edit, spans in checked)),
    )


def said(problems: Sequence[Problem]) -> str:
    """Name the lines that cannot be written."""
    named = " ".join(f"Line {p.line}: {p.sentence}" for p in problems[:_NAMED])
    return named + (f" And {len(problems) - _NAMED} more." if len(problems) > _NAMED else "")


def _sheet(now: Snapshot, wish: Sheet) -> tuple[list[tuple[int, VerdictEdit]], list[Problem]]:
    rows, problems = read_rows(wish.text)
    now.load(row.run_number for row in rows)
    planned = []
    for row in rows:
        names = [d.name for d in now.of_run(row.run_number) if d.stage is wish.stage and not d.is_hidden]
        if len(names) != 1:
            have = ", ".join(names) or "none"
            sentence = f"Run {row.run_number} needs one {wish.stage} dataset; it has {have}."
            problems.append(Problem(row.line, sentence))
            continue
        ranges = row.ranges or tuple((a, b) for a, b in now.lumisections(row.run_number))
        words = (row.status, row.cause, row.comment)
        planned.append((row.line, VerdictEdit(row.run_number, names[0], (row.column,), ranges, *words)))
    return planned, problems


def _copied(now: Snapshot, wish: Copy) -> tuple[list[tuple[int, VerdictEdit]], list[Problem]]:
    now.load(wish.runs)
    planned: list[tuple[int, VerdictEdit]] = []
    problems: list[Problem] = []
    for line, run in enumerate(wish.runs, 1):
        there = {d.stage: d.name for d in now.of_run(run) if not d.is_hidden}
        lacking = [stage.value for stage in (wish.source, wish.target) if stage not in there]
        if lacking:
            problems.append(Problem(line, f"Run {run} has no {' and no '.join(lacking)} dataset."))
            continue
        planned += [(line, edit) for edit in _of_run(now, run, there[wish.source], there[wish.target], wish)]
    return planned, problems


def _of_run(now: Snapshot, run: int, source: str, target: str, wish: Copy) -> Iterable[VerdictEdit]:
    told = now.said([(run, source), (run, target)], wish.columns)
    for column in wish.columns:
        decided = canonical(v.span for v in told[run, target].get(column, ()) if v.status not in _OPEN)
        for verdict in told[run, source].get(column, ()):
            spans = intersect((verdict.span,), now.lumisections(run))
            fresh = spans if wish.replaces else subtract(spans, decided)
            if fresh and verdict.status not in _OPEN:
                words = verdict.comment or f"copied from {source}"
                ranges = tuple((a, b) for a, b in fresh)
                yield VerdictEdit(run, target, (column,), ranges, verdict.status.name, verdict.cause, words)


def _contradictions(checked: Sequence[tuple[int, VerdictEdit, Ranges]]) -> list[Problem]:
    """Two lines that say different things of one lumisection: neither is silently the last word."""
    seen: dict[tuple[int, str, str], list[tuple[int, VerdictEdit, Ranges]]] = {}
    found = []
    for line, edit, spans in checked:
        for column in edit.columns:
            before = seen.setdefault((edit.run_number, edit.dataset, column), [])
            for other, said_, there in before:
                both = intersect(spans, there)
                if both and astuple(said_)[4:] != astuple(edit)[4:]:
                    words = (
                        f"Line {other} says something else of run {edit.run_number} {column} LS {text(both)}."
                    )
                    found.append(Problem(line, words))
                    break
            before.append((line, edit, spans))
    return found


def digest(edits: Sequence[VerdictEdit], by: Author) -> str:
    """Return what tells these edits of this author from any others."""
    return hashlib.sha256(encoding.canonical([by.name, [astuple(edit) for edit in edits]])).hexdigest()
