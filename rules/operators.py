"""The operators that evaluate all their operands first: one function each, over data and operands.

Source: json-logic-js 2.0.5. Members of JavaScript prototypes are missing here; `log` and `method`
do not exist.
"""

import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from rules.coercion import (
    from_utf16,
    join,
    less,
    less_or_equal,
    loose_equal,
    parse_float,
    strict_equal,
    to_number,
    to_string,
    truthy,
    utf16,
)
from rules.errors import NotEvaluable
from rules.values import MISSING, Row, Value, operand

Operator: TypeAlias = Callable[[Any, list[Any]], Value]
_INDEX = re.compile("0|[1-9][0-9]{0,9}")


def _member(data: Value, name: str) -> Value:
    """Return an own property as JavaScript sees it, MISSING when there is none."""
    if isinstance(data, dict):
        own: Value = data.get(name, MISSING)
        return own
    if not isinstance(data, list | str):
        return MISSING
    members = _characters(data) if isinstance(data, str) else data
    if name == "length":
        return len(members)
    found: Value = MISSING
    if _INDEX.fullmatch(name) and int(name) < len(members):
        found = members[int(name)]
    return found


def _characters(text: str) -> list[str]:
    units = utf16(text)
    return [from_utf16(units[i : i + 2]) for i in range(0, len(units), 2)]


def look_up(data: Value, path: str) -> Value:
    """Return what a variable holds, MISSING when it is not there."""
    if isinstance(data, Row):
        return data.get(path, MISSING)
    for name in path.split("."):
        data = _member(data, name)
        if data is MISSING:
            return MISSING
    return data


def variable(data: Value, operands: list[Any]) -> Value:
    """`var`: a variable, or its default when it is not there."""
    name = operand(operands, 0)
    if name is MISSING or name is None or name == "":
        return data
    found = look_up(data, to_string(name))
    if found is not MISSING:
        return found
    default = operand(operands, 1)
    return None if default is MISSING else default


def missing(data: Value, operands: list[Any]) -> list[Any]:
    """`missing`: those of the named variables that are absent, null or an empty text."""
    first = operand(operands, 0)
    names = first if isinstance(first, list) else operands
    held = ((name, variable(data, name if isinstance(name, list) else [name])) for name in names)
    return [name for name, value in held if value is None or value == ""]


def missing_some(data: Value, operands: list[Any]) -> list[Any]:
    """`missing_some`: nothing when enough of the named variables are there, else the missing ones."""
    needed, names = operand(operands, 0), operand(operands, 1)
    if not isinstance(names, list | str):
        raise NotEvaluable("missing_some needs a number and a list of variables.")
    absent = missing(data, names if isinstance(names, list) else [names])
    count = len(names) if isinstance(names, list) else len(utf16(names)) // 2
    return [] if less_or_equal(needed, count - len(absent)) else absent


def _chain(compare: Callable[[Value, Value], bool]) -> Operator:
    def between(data: Value, operands: list[Any]) -> bool:
        a, b, c = (operand(operands, index) for index in range(3))
        return compare(a, b) and (c is MISSING or compare(b, c))

    return between


def _pair(function: Callable[[Any, Any], Value]) -> Operator:
    return lambda data, operands: function(operand(operands, 0), operand(operands, 1))


def contains(needle: Value, haystack: Value) -> bool:
    """`in`: an element of a list, or a part of a text."""
    if isinstance(haystack, str):
        return haystack != "" and to_string(needle) in haystack
    return isinstance(haystack, list) and any(strict_equal(element, needle) for element in haystack)


def _substring(data: Value, operands: list[Any]) -> str:
    units = utf16(to_string(operand(operands, 0)))
    start, length = operand(operands, 1), operand(operands, 2)
    if length is not MISSING and to_number(length) < 0:
        tail = _cut(units, start, MISSING)
        joined = isinstance(length, str | list)  # JavaScript's + writes a text after the number
        return from_utf16(_cut(tail, 0, math.nan if joined else len(tail) / 2 + to_number(length)))
    return from_utf16(_cut(units, start, length))


def _cut(units: bytes, start: Value, length: Value) -> bytes:
    size = len(units) // 2
    first = _whole(start, size)
    first = max(0, size + first) if first < 0 else first
    count = size if length is MISSING else max(0, _whole(length, size))
    return units[2 * first : 2 * (first + count)]


def _whole(value: Value, size: int) -> int:
    """Return a number without its fraction, no further than one beyond ±size."""
    number = to_number(value)
    return 0 if math.isnan(number) else int(max(-size - 1.0, min(size + 1.0, number)))


def _sum(data: Value, operands: list[Any]) -> float:
    total = 0.0
    for value in operands:
        total += parse_float(value)
    return total


def _product(data: Value, operands: list[Any]) -> Value:
    if not operands:
        raise NotEvaluable("A product of nothing has no value.")
    if len(operands) == 1:
        return operand(operands, 0)
    product = parse_float(operands[0])
    for value in operands[1:]:
        product = (product + 0.0) * parse_float(value)
    return product


def _difference(data: Value, operands: list[Any]) -> float:
    a, b = to_number(operand(operands, 0)), operand(operands, 1)
    return -a if b is MISSING else a - to_number(b)


def _divide(a: Value, b: Value) -> float:
    x, y = to_number(a), to_number(b)
    if y != 0:
        return x / y
    return math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x) * math.copysign(1, y)


def _remainder(a: Value, b: Value) -> float:
    x, y = to_number(a), to_number(b)
    return math.nan if y == 0 or math.isinf(x) else math.fmod(x, y)


def _extreme(sign: float) -> Operator:
    def extreme(data: Value, operands: list[Any]) -> float:
        best = -math.inf
        for number in [sign * to_number(value) for value in operands]:
            if math.isnan(number):
                return math.nan
            best = max(best, number, key=lambda n: (n, math.copysign(1, n)))
        return sign * best

    return extreme


def _merge(data: Value, operands: list[Any]) -> list[Any]:
    return [item for value in operands for item in (value if isinstance(value, list) else [value])]


OPERATORS: dict[str, Operator] = {
    "var": variable,
    "missing": missing,
    "missing_some": missing_some,
    "==": _pair(loose_equal),
    "===": _pair(strict_equal),
    "!=": _pair(lambda a, b: not loose_equal(a, b)),
    "!==": _pair(lambda a, b: not strict_equal(a, b)),
    "<": _chain(less),
    "<=": _chain(less_or_equal),
    ">": _pair(lambda a, b: less(b, a)),
    ">=": _pair(lambda a, b: less_or_equal(b, a)),
    "!": lambda data, operands: not truthy(operand(operands, 0)),
    "!!": lambda data, operands: truthy(operand(operands, 0)),
    "in": _pair(contains),
    "cat": lambda data, operands: join(operands, ""),
    "substr": _substring,
    "+": _sum,
    "*": _product,
    "-": _difference,
    "/": _pair(_divide),
    "%": _pair(_remainder),
    "min": _extreme(-1.0),
    "max": _extreme(1.0),
    "merge": _merge,
}
