"""A shortcut: a variable compared with a number, for many numbers at once."""

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
