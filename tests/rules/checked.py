"""A small schema, and what a check finds in a rule over it."""

from typing import Any

from rules.check import diagnose
from rules.schema import Schema, Variable
from rules.unknown import NullPolicy

SMALL = Schema(
    [
        Variable("bit", "boolean"),
        Variable("sure", "boolean", False),
        Variable("energy", "number", unit="GeV", lowest=0),
        Variable("length", "number", False, lowest=1),
        Variable("key", "text"),
        Variable("name", "text", False),
        Variable("status", "choice", False, ("GOOD", "BAD", "EMPTY")),
        Variable("parts", "list"),
    ]
)
BIT, SURE, ENERGY, LENGTH = {"var": "bit"}, {"var": "sure"}, {"var": "energy"}, {"var": "length"}
KEY, NAME, STATUS, PARTS = {"var": "key"}, {"var": "name"}, {"var": "status"}, {"var": "parts"}


def found(source: Any, null: NullPolicy = NullPolicy.BAD, schema: Schema = SMALL) -> set[tuple[str, str, str]]:
    """Return severity, code and place of each finding."""
    return {(each.severity, each.code, each.pointer) for each in diagnose(source, schema, null)}


def codes(source: Any, null: NullPolicy = NullPolicy.BAD) -> set[str]:
    """Return the codes of what is found."""
    return {code for _, code, _ in found(source, null)}


def said(source: Any) -> str:
    """Return all sentences of a check."""
    return "\n".join(each.message for each in diagnose(source, SMALL))
