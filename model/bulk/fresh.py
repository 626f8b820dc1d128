"""What of a wish is new: decisions are kept unless replacing is asked for, and nothing is said twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from model.bulk.snapshot import Snapshot
from model.commands.verdicts import VerdictEdit
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges, canonical, count, subtract, union
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


class _There:
    """What counts on a cell, by what is said: each line of a sheet asks only for its own words."""

    def __init__(self, said: Sequence[Verdict]) -> None:
        self._decided = decided(said)
        self._by_words: dict[tuple[str, str, str], list[LumisectionRange]] = defaultdict(list)
        for v in said:
            # what a rule says is not yet a person's word, although it may be the same
            if v.is_person:
                self._by_words[v.status.name, v.cause, v.comment].append(v.span)

    def stays(self, asked: Asked) -> Ranges:
        """Return the lumisections on which a line says nothing new, or keeps what was decided."""
        edit = asked.edit
        words = (edit.status, edit.cause.strip(), edit.comment.strip())
        same = canonical(self._by_words.get(words, ()))
        return union(same, self._decided) if asked.keeps else same


def news(now: Snapshot, checked: Sequence[tuple[Asked, Ranges]]) -> tuple[list[tuple[Asked, Ranges]], int]:
    """Return what is left to write, and on how many lumisections × columns it stays as it is."""
    checked = _joined(checked)
    pairs = {(asked.edit.run_number, asked.edit.dataset) for asked, _ in checked}
    said = now.said(pairs, {column for asked, _ in checked for column in asked.edit.columns})
    there = {(pair, column): _There(cell) for pair, of in said.items() for column, cell in of.items()}
    found: list[tuple[Asked, Ranges]] = []
    kept = 0
    for asked, spans in checked:
        pair = asked.edit.run_number, asked.edit.dataset
        left: dict[Ranges, list[str]] = defaultdict(list)
        for column in asked.edit.columns:
            cell = there.get((pair, column))
            fresh = subtract(spans, cell.stays(asked)) if cell else spans
            kept += count(spans) - count(fresh)
            if fresh:
                left[fresh].append(column)
        found += [(_of(asked, columns, fresh), fresh) for fresh, columns in left.items()]
    return found, kept


def _joined(checked: Sequence[tuple[Asked, Ranges]]) -> list[tuple[Asked, Ranges]]:
    """Join lines that say the same of one cell: a sheet may have a line per lumisection."""
    found: dict[tuple[object, ...], tuple[Asked, list[LumisectionRange]]] = {}
    for asked, spans in checked:
        edit = asked.edit
        words = (edit.status, edit.cause.strip(), edit.comment.strip())
        key = (edit.run_number, edit.dataset, edit.columns, *words, asked.keeps)
        found.setdefault(key, (asked, []))[1].extend(spans)
    return [(asked, canonical(spans)) for asked, spans in found.values()]


def _of(asked: Asked, columns: Sequence[str], spans: Ranges) -> Asked:
    ranges = tuple((first, last) for first, last in spans)
    return replace(asked, edit=replace(asked.edit, columns=tuple(columns), ranges=ranges))
