"""The values a rule reads and returns: JSON, and JavaScript's `undefined`."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, TypeAlias


class Missing(Enum):
    """A value that is not there, which is not the same as null."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

Json: TypeAlias = None | bool | int | float | str | list[Any] | dict[str, Any]
Value: TypeAlias = Json | Missing


class Row(dict[str, Value]):
    """Flat data: a variable is looked up by its whole path."""


def is_operation(node: Value) -> bool:
    """Tell whether JsonLogic evaluates this node, or takes it as it is."""
    return isinstance(node, dict) and len(node) == 1


def operation(node: Value) -> tuple[str, list[Any]]:
    """Split an operation into its operator and its list of operands; ("", []) for anything else."""
    if not isinstance(node, dict) or len(node) != 1:
        return "", []
    ((operator, operands),) = node.items()
    return operator, operands if isinstance(operands, list) else [operands]


def operand(operands: Sequence[Value], index: int) -> Value:
    """Return one operand, MISSING when there are not so many."""
    return operands[index] if index < len(operands) else MISSING


def flat(operands: Sequence[Any]) -> list[Any]:
    """Return operands with those that are lists opened, one level deep: the names `missing` asks for."""
    return [one for each in operands for one in (each if isinstance(each, list) else [each])]


def child_pointers(node: dict[str, Any], pointer: str) -> list[str]:
    """Return the JSON pointer of each operand of an operation that stands at `pointer`."""
    ((operator, operands),) = node.items()
    here = f"{pointer}/{operator.replace('~', '~0').replace('/', '~1')}"
    return [f"{here}/{index}" for index in range(len(operands))] if isinstance(operands, list) else [here]
