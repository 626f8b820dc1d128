"""Reading a filter: JSON in, a checked tree out.

{"and": […]}  {"or": […]}  {"not": …}
["run_number", ">=", 378000]      run_number fill_number lumisections recorded_invpb delivered_invpb duration_s;
                                  = != < <= > >=
["undecided", ">", 0]             lumisections to decide, over its columns; the same orders
["runs", "379415-379420, 379430"]
["era", "=", "2024C"]             era run_class run_state stop_reason stage name; = != contains
["started", ">=", "2024-04-15"]   when the run began; < <= > >=, a day begins at 0:00 UTC
["significant"]                   the run was marked so
["state", "tracker", "OPEN"]      the state in a workspace
["cell", "tracker-pixel", "BAD", "any"]              any all none
["cell", "tracker-pixel", "BAD", "lumisections", 5]  at least so many
["cell", "tracker-pixel", "BAD", "invpb", 3.1]       at least so much
["bit", "bpix_ready", "tracker-pixel", "GOOD"]       GOOD somewhere although the bit is false there
["says", "HV trip"]               in a cause or comment
["by", "t.certifier"]             whose word counts somewhere
["since", 18000]                  a verdict that counts was recorded at this sequence or later;
["since", "2024-05-20T12:00:00Z"]                    or after this time; a day begins at 0:00 UTC
["disagrees", "tracker-pixel", "express"]            with that stage of the same run, somewhere
["proposed"]                      a program's proposal waits
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from model.clock import moment
from model.errors import Invalid
from model.vocabulary import BITS, Stage, State, Status

#: lumisections to decide, over all columns; 0 of a run that is signed off
UNDECIDED = "undecided"
NUMBERS = (
    "run_number",
    "fill_number",
    "lumisections",
    "recorded_invpb",
    "delivered_invpb",
    "duration_s",
    UNDECIDED,
)
TEXTS = ("era", "run_class", "run_state", "stop_reason", "stage", "name")
ORDERS = ("=", "!=", "<", "<=", ">", ">=")
SIDES = ("<", "<=", ">", ">=")
_DEEPEST, _MOST, _LONGEST = 12, 100, 6_000
_RUNS = re.compile(r"\s*(\d{1,9})(?:\s*[-\u2013]\s*(\d{1,9}))?\s*")


@dataclass(frozen=True)
class Every:
    """Every part holds; true of no parts."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds; false of no parts."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Filter"


@dataclass(frozen=True)
class Leaf:
    """One condition: its word, and what stands behind it, checked."""

    word: str
    operands: tuple[Any, ...]


Filter: TypeAlias = Every | Either | Not | Leaf


def parse(source: str) -> Filter:
    """Read a filter.

    Raises:
        Invalid: it is no JSON, too long or too deep, or a part of it is not understood; the part is named.
    """
    if len(source) > _LONGEST:
        raise Invalid(f"A filter has at most {_LONGEST:,} characters.")
    try:
        loaded = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This filter is no JSON: {error}.") from error
    return _Reader().read(loaded, 0)


class _Reader:
    """One reading; counts the parts."""

    def __init__(self) -> None:
        self.parts = 0

    def read(self, node: Any, depth: int) -> Filter:
        self.parts += 1
        if depth > _DEEPEST or self.parts > _MOST:
            raise Invalid(f"A filter has at most {_MOST} parts, {_DEEPEST} deep.")
        if isinstance(node, dict) and len(node) == 1:
            ((word, inner),) = node.items()
            if word == "not":
                return Not(self.read(inner, depth + 1))
            if word in ("and", "or") and isinstance(inner, list):
                parts = tuple(self.read(each, depth + 1) for each in inner)
                return Every(parts) if word == "and" else Either(parts)
        if isinstance(node, list) and node and isinstance(node[0], str):
            return Leaf(node[0], _checked(node[0], node[1:], node))
        raise _strange(node)


def _checked(word: str, operands: list[Any], node: list[Any]) -> tuple[Any, ...]:
    if not all(isinstance(each, str | int | float) and not isinstance(each, bool) for each in operands):
        raise _strange(node)
    if word not in _FITS or not _FITS[word](operands):
        raise _strange(node)
    return tuple(operands)


def _strange(node: Any) -> Invalid:
    said = json.dumps(node, ensure_ascii=False)
    return Invalid(f"{said[:120]}{'…' if len(said) > 120 else ''} is no condition of a filter.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _number(given: list[Any]) -> bool:
    return len(given) == 2 and given[0] in ORDERS and _is_number(given[1])


def _text(given: list[Any]) -> bool:
    return len(given) == 2 and given[0] in ("=", "!=", "contains") and isinstance(given[1], str)


def _cell(given: list[Any]) -> bool:
    if len(given) not in (3, 4) or not isinstance(given[0], str) or given[1] not in Status.__members__:
        return False
    if len(given) == 3:
        return given[2] in ("any", "all", "none")
    return given[2] in ("lumisections", "invpb") and _is_number(given[3]) and given[3] > 0


def _bit(given: list[Any]) -> bool:
    return (
        len(given) == 3
        and given[0] in BITS
        and isinstance(given[1], str)
        and given[2] in Status.__members__
        and given[2] != Status.EMPTY.name
    )


def _since(given: list[Any]) -> bool:
    if len(given) != 1 or isinstance(given[0], float):
        return False
    return 0 <= given[0] < 2**31 if isinstance(given[0], int) else moment(given[0]) is not None


def runs(text: str) -> list[tuple[int, int]]:
    """Return the ranges of runs that a text names, both ends included; none where it cannot be read."""
    matches = [_RUNS.fullmatch(part) for part in text.split(",")]
    found = [(int(m[1]), int(m[2] or m[1])) for m in matches if m]
    return found if len(found) == len(matches) and all(a <= b for a, b in found) else []


def _started(given: list[Any]) -> bool:
    return len(given) == 2 and given[0] in SIDES and isinstance(given[1], str) and moment(given[1]) is not None


def _words(given: list[Any]) -> bool:
    return len(given) == 1 and isinstance(given[0], str) and len(given[0].strip()) >= 2


_FITS: Mapping[str, Callable[[list[Any]], bool]] = {
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(TEXTS, _text),
    "state": lambda g: len(g) == 2 and isinstance(g[0], str) and g[1] in {s.value for s in State},
    "cell": _cell,
    "bit": _bit,
    "says": _words,
    "by": _words,
    "since": _since,
    "runs": lambda g: len(g) == 1 and isinstance(g[0], str) and bool(runs(g[0])),
    "disagrees": lambda g: len(g) == 2 and isinstance(g[0], str) and g[1] in {s.value for s in Stage},
    "proposed": lambda g: not g,
    "started": _started,
    "significant": lambda g: not g,
}
