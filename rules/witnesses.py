"""Witnesses: the values of one variable that are enough to know where comparisons of it hold.

Of a boolean and a choice these are all values. Of a number they are the constants it is compared with, one
number between each two of them and one beyond each end, within its limits; of a text the constants, the
empty one and one nobody wrote. Between two witnesses no comparison with those constants changes.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rules.coercion import truthy
from rules.numeric import compared, is_number
from rules.operands import EQUALITY, ORDER
from rules.parts import is_costly
from rules.plan import Atom
from rules.schema import Schema, Variable
from rules.unknown import TRUE
from rules.values import Json, Row, flat, operation

#: how many numbers the shortcut compares in the time of one evaluation
_AT_ONCE = 8
_CHARACTERS = 40


def judged(atom: Atom, schema: Schema) -> Variable | None:
    """Return the variable of which witnesses are enough for an atom, None where they would not be."""
    variable = schema.get(atom.variables[0]) if len(atom.variables) == 1 else None
    if variable is None or is_costly(atom.ast):
        return None
    if variable.kind == "boolean" or variable.values:
        return variable
    return variable if variable.kind in ("number", "text") and _is_plain(atom.ast, variable) else None


def constants(atom: Atom) -> list[Json]:
    """Return what an atom compares its variable with."""
    _, operands = operation(atom.ast)
    return flat([each for each in operands if operation(each)[0] != "var"])


def witnesses(variable: Variable, compared_with: Sequence[Json]) -> list[Json]:
    """Return the witnesses of a variable, null not among them; nothing where it can hold nothing."""
    if variable.kind == "boolean":
        return [False, True]
    if variable.values:
        return list(variable.values)
    if variable.kind == "number":
        return _numbers(variable, [float(each) for each in compared_with if isinstance(each, int | float)])
    texts = {each for each in compared_with if isinstance(each, str)}
    return [*sorted({*texts, ""}), max(texts, key=len, default="") + "…"]


def steps(atom: Atom, count: int) -> int:
    """Return what trying an atom on so many witnesses costs, in evaluations."""
    if _is_quick(atom):
        return 1 + count // _AT_ONCE
    return count * (1 + len(atom.canonical) // _CHARACTERS)


def tried(atom: Atom, path: str, values: Sequence[Json]) -> NDArray[np.bool_]:
    """Return for each value whether an atom holds."""
    if _is_quick(atom):
        operator, operands = operation(atom.ast)
        if operator == "in":
            # to Python, true is 1
            listed = {(isinstance(each, bool), each) for each in operands[1]}
            return np.array([(isinstance(each, bool), each) in listed for each in values], np.bool_)
        found = compared(atom, list(values)) if all(is_number(each) for each in values) else None
        if found is not None:
            return np.array(found == TRUE, np.bool_)
    return np.array([truthy(atom.evaluate(Row({path: each}))) for each in values], np.bool_)


def _is_plain(ast: Json, variable: Variable) -> bool:
    """Tell whether an atom is a variable alone, or compares it with constants of its kind."""
    operator, operands = operation(ast)
    if operator == "var":
        return True
    if operator == "in":
        if len(operands) != 2 or operation(operands[0])[0] != "var" or not isinstance(operands[1], list):
            return False
        return all(_fits(each, variable) for each in operands[1])
    ordered = operator in ORDER and variable.kind == "number"
    if not (ordered or operator in EQUALITY) or len(operands) not in (2, 3):
        return False
    others = [each for each in operands if operation(each)[0] != "var"]
    return len(others) == len(operands) - 1 and all(_fits(each, variable) for each in others)


def _fits(constant: Json, variable: Variable) -> bool:
    return constant is None or (isinstance(constant, str) if variable.kind == "text" else is_number(constant))


def _is_quick(atom: Atom) -> bool:
    operator, operands = operation(atom.ast)
    if len(operands) != 2 or not any(operation(each)[0] == "var" for each in operands):
        return False
    if operator == "in":
        plain = isinstance(operands[1], list) and not any(isinstance(each, list | dict) for each in operands[1])
        return plain and operation(operands[0])[0] == "var"
    return operator in EQUALITY | ORDER and any(is_number(each) for each in operands)


def _numbers(variable: Variable, compared_with: Sequence[float]) -> list[Json]:
    low = -math.inf if variable.lowest is None else variable.lowest
    high = math.inf if variable.highest is None else variable.highest
    known = sorted({0.0, *compared_with, *(each for each in (low, high) if math.isfinite(each))})
    between = [a / 2 + b / 2 for a, b in pairwise(known)]
    beyond = [math.nextafter(known[0], -math.inf), math.nextafter(known[-1], math.inf)]
    return [each for each in sorted({*known, *between, *beyond}) if low <= each <= high and math.isfinite(each)]
