"""Lines that say different things of one lumisection: neither is silently the last word."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from model.bulk.fresh import Asked
from model.bulk.rows import Problem
from model.ranges import LumisectionRange, Ranges, canonical, text


class _Line(NamedTuple):
    first: int
    last: int
    asked: Asked


def contradictions(checked: Iterable[tuple[Asked, Ranges]]) -> list[Problem]:
    """Return every line that another one contradicts, each with one that does."""
    cells: dict[tuple[int, str, str], list[tuple[LumisectionRange, Asked]]] = {}
    for asked, spans in checked:
        for column in asked.edit.columns:
            where = (asked.edit.run_number, asked.edit.dataset, column)
            cells.setdefault(where, []).extend((span, asked) for span in spans)
    found: dict[int, Problem] = {}
    for (run, _, column), said in cells.items():
        lines = sorted((_Line(a, b, asked) for (a, b), asked in said), key=_place)
        for mine, other in (*_with_one_before(lines), *_with_one_after(lines)):
            both = canonical([(max(mine.first, other.first), min(mine.last, other.last))])
            sentence = f"Line {other.asked.line} says something else of run {run} {column} LS {text(both)}."
            found.setdefault(mine.asked.line, Problem(mine.asked.line, sentence))
    return list(found.values())


def _with_one_before(lines: Sequence[_Line]) -> Iterator[tuple[_Line, _Line]]:
    """Yield lines on which one that begins no later says something else.

    It is enough to know the two that reach furthest and say different things.
    """
    reach: list[_Line] = []
    for line in lines:
        for before in reach:
            if before.last >= line.first and _words(before) != _words(line):
                yield line, before
        furthest, *others = sorted([*reach, line], key=lambda each: -each.last)
        reach = [furthest, *[each for each in others if _words(each) != _words(furthest)][:1]]


def _with_one_after(lines: Sequence[_Line]) -> Iterator[tuple[_Line, _Line]]:
    """Yield lines on which one that begins no earlier says something else: the next that says it."""
    after: _Line | None = None
    for line, following in zip(reversed(lines[:-1]), reversed(lines[1:]), strict=True):
        if _words(following) != _words(line):
            after = following
        if after is not None and after.first <= line.last:
            yield line, after


def _place(line: _Line) -> tuple[int, int, int]:
    return line.first, line.last, line.asked.line


def _words(line: _Line) -> tuple[object, ...]:
    edit = line.asked.edit
    return edit.status, edit.cause, edit.comment
