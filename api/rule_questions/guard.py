"""What a rule or data may look like: how deep, how large, which operators, and what may stand inside a loop."""

import math
from dataclasses import dataclass, replace
from typing import Any

from rules.errors import RuleError
from rules.findings import short
from rules.semantics import KNOWN_OPERATORS, LOOPS
from rules.syntax import DEFAULT_LIMITS, suggest
from rules.values import Json, child_pointers, is_operation, operation

DEPTH = 70
DATA_NODES = 20_000
#: lists of operands count here
RULE_NODES = 2 * DEFAULT_LIMITS.nodes
_LONGEST_NAME = 40
_GROWING = frozenset(["merge", "cat", "map"])
_NOT_FINITE = "NaN, Infinity and numbers too large for a double are refused."


class Twice(dict[str, Any]):
    """An object whose text had one key twice; `key` is the first of them, cut to a length that can be shown."""

    key = ""

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> "Twice":
        """Return the object of these keys and values, of which two share a key."""
        found = cls()
        for key, value in pairs:
            if key in found and not found.key:
                found.key = short(key)
            found[key] = value
        return found


@dataclass(frozen=True)
class _Place:
    """What surrounds a part of a rule: how many operations, how many loops, and whether one is a reduce."""

    depth: int = 0
    loops: int = 0
    reducing: bool = False


def refuse_unsafe(value: Json, nodes: int) -> None:
    """Refuse a value of too many parts, nested too deep, too long, or no JSON value.

    Raises:
        RuleError: it is one of these; with the place.
    """
    waiting: list[tuple[Any, tuple[Any, ...], int]] = [(value, (), 0)]
    seen = 1
    while waiting:
        node, path, depth = waiting.pop()
        if depth > DEPTH:
            raise RuleError("", "too-deep", f"This is nested deeper than {DEPTH} levels.")
        if isinstance(node, list | dict):
            seen += len(node)
            if seen > nodes:
                raise RuleError("", "too-large", f"This has more than {nodes:,} parts.")
            held = node.items() if isinstance(node, dict) else enumerate(node)
            waiting.extend((each, (path, key), depth + 1) for key, each in held)
        complaint = _complaint(node)
        if complaint is not None:
            raise RuleError(_pointer(path), *complaint)


def refuse_operators(rule: Json) -> None:
    """Refuse operators that do not exist, and loops that are too deep or in which something could grow.

    Raises:
        RuleError: the rule holds one of these; with the place.
    """
    _check(rule, "", _Place())


def _complaint(node: Any) -> tuple[str, str] | None:
    if isinstance(node, Twice):
        return "duplicate-key", f'The key "{node.key}" appears twice in one object.'
    if isinstance(node, str) and len(node) > DEFAULT_LIMITS.string:
        return "string-too-long", f"A text is longer than {DEFAULT_LIMITS.string:,} characters."
    if isinstance(node, float) and not math.isfinite(node):
        return "not-finite", _NOT_FINITE
    return None


def _pointer(path: tuple[Any, ...]) -> str:
    said = ""
    while path:
        path, key = path
        said = "/" + str(key).replace("~", "~0").replace("/", "~1") + said
    return said


def _check(node: Json, pointer: str, place: _Place) -> None:
    if isinstance(node, list):
        if place.reducing and any(isinstance(each, dict | list) for each in node):
            raise RuleError(pointer, "unbounded-growth", "Inside reduce, a list may hold constants only.")
        for index, each in enumerate(node):
            _check(each, f"{pointer}/{index}", place)
    if not isinstance(node, dict) or not is_operation(node):
        return
    name, operands = operation(node)
    _refuse_operation(name, operands, pointer, place)
    inner = replace(place, depth=place.depth + 1)
    looped = replace(inner, loops=place.loops + 1, reducing=place.reducing or name == "reduce")
    for index, (each, where) in enumerate(zip(operands, child_pointers(node, pointer), strict=True)):
        _check(each, where, looped if name in LOOPS and index == 1 else inner)


def _refuse_operation(name: str, operands: list[Any], pointer: str, place: _Place) -> None:
    if name not in KNOWN_OPERATORS:
        # a name that long resembles none, and takes long to compare
        near = suggest(name, KNOWN_OPERATORS) if len(name) <= _LONGEST_NAME else ()
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        message = f'There is no operator called "{short(name, _LONGEST_NAME)}".{hint}'
        raise RuleError(pointer, "unknown-operator", message)
    if place.depth >= DEFAULT_LIMITS.depth:
        message = f"The rule is nested deeper than {DEFAULT_LIMITS.depth} operations."
        raise RuleError(pointer, "too-deep", message)
    if name in LOOPS and len(operands) > 1 and place.loops >= DEFAULT_LIMITS.loops:
        message = f"Loops are nested more than {DEFAULT_LIMITS.loops} deep."
        raise RuleError(pointer, "too-many-loops", message)
    computed = name.startswith("missing") and any(isinstance(each, dict) for each in operands)
    if place.reducing and (name in _GROWING or computed):
        message = f"Inside reduce, this {name} is refused; its result could grow without bound."
        raise RuleError(pointer, "unbounded-growth", message)
