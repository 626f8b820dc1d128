"""Any certification list, in whatever layout it was published, as ranges by run."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from model.errors import Invalid
from model.ranges import Ranges, canonical

#: the longest list ever published has 200,000 characters
LONGEST = 4_000_000
MOST_RUNS = 20_000
_LAST = 100_000
_SHOWN = 40
_LOOKS = 'A certification list looks like {"381543": [[1, 100]]}.'


@dataclass(frozen=True)
class Read:
    """A list as it was understood, and what its writer should know of how it was written."""

    lists: dict[int, Ranges]
    notes: tuple[str, ...] = ()


def read(data: str | bytes) -> Read:
    """Read the text of a list.

    Raises:
        Invalid: it is none, with the first place that is wrong and what to do.
    """
    if len(data) > LONGEST:
        raise Invalid(f"A certification list has at most {LONGEST:,} characters; this has {len(data):,}.")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        loaded = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=tuple, parse_constant=_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Invalid(f"This is no JSON: {error.msg} ({where}). {_LOOKS}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"This file is not text in UTF-8. {_LOOKS}") from error
    except (ValueError, RecursionError) as error:
        raise Invalid(
            f"This is no certification list: nested too deep, or a number too long. {_LOOKS}"
        ) from error
    if not isinstance(loaded, tuple):
        raise Invalid(f"This is JSON, but no certification list. {_LOOKS}")
    return _of_pairs(loaded)


def of_object(given: Mapping[str, Any]) -> Read:
    """Read a list that was given as a JSON object, its keys known to be different.

    Raises:
        Invalid: it is none.
    """
    return _of_pairs(given.items())


def run_of(key: str, found: Mapping[int, Any]) -> int:
    """Return the run of a key.

    Raises:
        Invalid: it is no run, or one that was found before.
    """
    if not (key.isascii() and key.isdigit() and len(key) <= 9):
        raise Invalid(f"“{key[:_SHOWN]}” is no run.")
    if int(key) in found:
        raise Invalid(f"Run {key} is listed twice.")
    return int(key)


def ranges_of(key: str, ranges: Any) -> Ranges:
    """Return the ranges of a run; those that touch or overlap are joined.

    Raises:
        Invalid: something in it is no range [first, last] from 1 on.
    """
    if not isinstance(ranges, list):
        raise Invalid(f"Run {key} needs a list of [first, last] ranges.")
    for given in ranges:
        if not _is_range(given):
            is_flat = isinstance(given, list) and all(isinstance(n, int | float | str) for n in given)
            said = f"{given}"[:_SHOWN] if is_flat else "something else"
            raise Invalid(f"Run {key} has {said} where a range [first, last] from 1 is wanted.")
    return canonical((first, last) for first, last in ranges)


def _of_pairs(pairs: Iterable[tuple[str, Any]]) -> Read:
    found: dict[int, Ranges] = {}
    unsorted, empty = [], []
    for key, given in pairs:
        run = run_of(key, found)
        if len(found) == MOST_RUNS:
            raise Invalid(f"A certification list has at most {MOST_RUNS:,} runs.")
        found[run] = ranges_of(key, given)
        _refuse_overlap(run, given)
        if given != sorted(given):
            unsorted.append(run)
        if not given:
            empty.append(run)
    if not found:
        raise Invalid(f"This list is empty: it names no run. {_LOOKS}")
    return Read({run: spans for run, spans in found.items() if spans}, tuple(_notes(unsorted, empty)))


def _refuse_overlap(run: int, given: list[list[int]]) -> None:
    ordered = sorted(given)
    for (_, last), (first, end) in zip(ordered, ordered[1:], strict=False):
        if first <= last:
            twice = f"{first}–{min(last, end)}" if min(last, end) > first else f"{first}"
            raise Invalid(
                f"Run {run} lists lumisection {twice} twice: its ranges overlap. "
                "Which of them is meant cannot be told; join or cut them and try again."
            )


def _notes(unsorted: list[int], empty: list[int]) -> Iterable[str]:
    if unsorted:
        yield f"The ranges of {_runs(unsorted)} are not in order; they were read as if they were."
    if empty:
        yield f"{_runs(empty)}: no lumisection is listed, which is the same as leaving it out.".capitalize()


def _runs(found: list[int]) -> str:
    return f"run {found[0]}" if len(found) == 1 else f"{len(found):,} runs ({found[0]}, …)"


def _is_range(given: Any) -> bool:
    return (
        isinstance(given, list)
        and len(given) == 2
        and all(type(n) is int for n in given)
        and 1 <= given[0] <= given[1] <= _LAST
    )


def _constant(name: str) -> NoReturn:
    raise Invalid(f"{name} is no number of JSON: a lumisection is a whole number from 1 on.")
