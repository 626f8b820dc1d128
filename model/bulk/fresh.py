"""What of a wish is new: decisions are kept unless replacing is asked for, and nothing is said twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from model.bulk.snapshot import Snapshot
from model.commands.verdicts import VerdictEdit
from model.queries.verdicts import Verdict
from model.ranges import Ranges, canonical, count, subtract
from model.vocabulary import Status

_OPEN = (Status.EMPTY, Status.NOTSET)


@dataclass(frozen=True)
class Asked:
    """One edit that a wish asks for.

    Args:
        line: of the sheet; 0 where there is none.
        keeps: only where nobody decided yet.
    """

    line: int
    edit: VerdictEdit
    keeps: bool = False


def decided(said: Iterable[Verdict]) -> Ranges:
    """Return the lumisections on which somebody, or a rule, decided."""
    return canonical(v.span for v in said if v.status not in _OPEN)


def news(now: Snapshot, checked: Sequence[tuple[Asked, Ranges]]) -> tuple[list[tuple[Asked, Ranges]], int]:
    """Return what is left to write, and on how many lumisections × columns it stays as it is."""
    pairs = {(asked.edit.run_number, asked.edit.dataset) for asked, _ in checked}
    said = now.said(pairs, {column for asked, _ in checked for column in asked.edit.columns})
    found: list[tuple[Asked, Ranges]] = []
    kept = 0
    for asked, spans in checked:
        there = said[asked.edit.run_number, asked.edit.dataset]
        left: dict[Ranges, list[str]] = defaultdict(list)
        for column in asked.edit.columns:
            fresh = subtract(spans, _stays(asked, there.get(column, ())))
            kept += count(spans) - count(fresh)
            if fresh:
                left[fresh].append(column)
        found += [(_of(asked, columns, fresh), fresh) for fresh, columns in left.items()]
    return found, kept


def _stays(asked: Asked, there: Iterable[Verdict]) -> Ranges:
    edit = asked.edit
    words = (edit.status, edit.cause.strip(), edit.comment.strip())
    # what a rule says is not yet a person's word, although it may be the same
    same = [v for v in there if v.is_person and (v.status.name, v.cause, v.comment) == words]
    is_open = [v for v in there if asked.keeps and v.status not in _OPEN]
    return canonical(v.span for v in (*same, *is_open))


def _of(asked: Asked, columns: Sequence[str], spans: Ranges) -> Asked:
    ranges = tuple((first, last) for first, last in spans)
    return replace(asked, edit=replace(asked.edit, columns=tuple(columns), ranges=ranges))
