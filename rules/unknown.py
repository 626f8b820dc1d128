"""Missing data: null policies, and which parts of a rule test for null on purpose."""

from collections.abc import Collection, Iterable
from enum import Enum, IntEnum

from rules.coercion import to_string
from rules.semantics import LOOPS
from rules.values import MISSING, Json, Value, flat, operation

FALSE, UNKNOWN, TRUE, EXCUSED = 0, 1, 2, 3
"""What an atom can be; excused counts as true even where the atom is negated."""


class NullPolicy(Enum):
    """What a missing fact means: it fails (exact JsonLogic), it is excused, or it leaves the answer open."""

    BAD = "bad"
    GOOD = "good"
    UNKNOWN = "unknown"


class Guard(IntEnum):
    """How a part of a rule takes null: not at all, by a default where nothing is there, or as its question."""

    NONE = 0
    DEFAULT = 1
    NULL_TEST = 2


def guards(ast: Json) -> dict[str, Guard]:
    """Return the variables a part of a rule reads; one read in two ways has the weaker guard."""
    found: dict[str, Guard] = {}
    for name, guard in _reads(ast):
        found[name] = min(guard, found.get(name, Guard.NULL_TEST))
    return found


def _reads(node: Json) -> Iterable[tuple[str, Guard]]:
    if isinstance(node, list):
        return [read for each in node for read in _reads(each)]
    operator, operands = operation(node)
    if operator == "var":
        guard = Guard.DEFAULT if len(operands) > 1 and operands[1] is not None else Guard.NONE
        return [(to_string(operands[0]), guard), *_reads(operands[1:])]
    if operator in ("missing", "missing_some"):
        return [(to_string(name), Guard.NULL_TEST) for name in flat(operands[operator == "missing_some" :])]
    if operator in ("==", "!=", "===", "!==") and len(operands) == 2 and None in operands:
        return [
            (name, Guard.NULL_TEST if _is_variable(operands) else guard) for name, guard in _reads(operands)
        ]
    return _reads(operands[:1] + operands[2:] if operator in LOOPS else operands)


def _is_variable(operands: list[Json]) -> bool:
    return any(operation(each)[0] == "var" for each in operands)


def is_open(value: Value, guard: Guard) -> bool:
    """Tell whether a value leaves open what a part of a rule says."""
    if value is MISSING:
        return guard is Guard.NONE
    return value is None and guard is not Guard.NULL_TEST


def openness(open_names: Collection[str], bits: Collection[str], null: NullPolicy) -> int:
    """Return what an atom is when variables leave it open: excused only when all of them are bits."""
    excused = null is NullPolicy.GOOD and all(name in bits for name in open_names)
    return EXCUSED if excused else UNKNOWN
