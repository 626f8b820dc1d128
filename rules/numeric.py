"""Shortcuts for many values at once: a variable compared with a number, or looked up in a list of constants."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.coercion import as_double
from rules.plan import Atom
from rules.unknown import FALSE, TRUE
from rules.values import Value, operation

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "===": np.equal,
    "!=": np.not_equal,
    "!==": np.not_equal,
}


def is_number(value: Value) -> bool:
    """Tell whether a value is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_plain(value: Value) -> bool:
    """Tell whether a value is a number, a text, true or false, which no policy leaves open."""
    return isinstance(value, str | int | float)


def listed(atom: Atom, values: list[Any]) -> NDArray[np.intp] | None:
    """Return what an atom is for each of many plain values, or None when it is no variable `in` a list.

    Equal in JavaScript's strict sense, as the scalar one: a text is no number, true is no 1.
    """
    operator, operands = operation(atom.ast)
    if operator != "in" or len(operands) != 2 or len(atom.variables) != 1:
        return None
    needle, constants = operands
    if operation(needle)[0] != "var" or not isinstance(constants, list):
        return None
    if len(operation(needle)[1]) > 1 or any(isinstance(each, dict) for each in constants):
        return None
    known = {_strictly(each) for each in constants if is_plain(each)}
    return np.array([TRUE if _strictly(each) in known else FALSE for each in values], np.intp)


def _strictly(value: Any) -> tuple[str, Any]:
    return ("number", as_double(value)) if is_number(value) else (type(value).__name__, value)


def compared(atom: Atom, numbers: list[Any]) -> NDArray[np.intp] | None:
    """Return what an atom is for each of many numbers, or None when it is no simple comparison.

    Doubles compare in numpy as they do in JavaScript, so the answer is the scalar one.
    """
    operator, operands = operation(atom.ast)
    if operator not in _COMPARE or len(operands) != 2 or len(atom.variables) != 1:
        return None
    is_variable = [operation(each)[0] == "var" for each in operands]
    constants = [each for each in operands if is_number(each)]
    if sum(is_variable) != 1 or len(constants) != 1:
        return None
    held = np.array([as_double(number) for number in numbers], np.float64)
    sides = [held if variable else as_double(constants[0]) for variable in is_variable]
    return np.where(_COMPARE[operator](*sides), TRUE, FALSE).astype(np.intp)
