"""The clauses of a rule as rows that nobody has to write JSON for, and back.

Both ways nothing is lost: a clause that has no row of its own stays as the JSON it is.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Json = Any
HOLDS, KNOWN, UNKNOWN = "holds", "is known", "is unknown"
ONE_OF, CONTAINS, WITHOUT = "is one of", "contains", "does not contain"
_SIGN = {"=": "==", "≠": "!=", "<": "<", "≤": "<=", ">": ">", "≥": ">="}
_WORDS = {operator: sign for sign, operator in _SIGN.items()}
OPERATORS = (*_SIGN, ONE_OF, CONTAINS, WITHOUT, KNOWN, UNKNOWN, HOLDS)
#: operators that want no value
ALONE = (HOLDS, KNOWN, UNKNOWN)


@dataclass(frozen=True)
class Row:
    """One clause: a variable, an operator and a value as it is typed; or any other JSON as text."""

    variable: str = ""
    operator: str = "="
    value: str = ""
    json: str = ""


@dataclass(frozen=True)
class Rows:
    """The clauses of a rule.

    Args:
        root: `and` for a conjunction, `one` for a rule that is a single clause.
    """

    rows: tuple[Row, ...]
    root: Literal["and", "one"] = "and"


def rows_of(logic: Json) -> Rows:
    """Return the clauses of a rule."""
    if isinstance(logic, dict) and list(logic) == ["and"] and isinstance(logic["and"], list):
        return Rows(tuple(_row(each) for each in logic["and"]))
    return Rows((_row(logic),), "one")


def logic_of(rows: Rows) -> Json:
    """Return the rule of some clauses.

    Raises:
        ValueError: a clause kept as JSON is none.
    """
    clauses = [_clause(row) for row in rows.rows]
    return clauses[0] if rows.root == "one" and len(clauses) == 1 else {"and": clauses}


def text_of(logic: Json) -> str:
    """Return a rule as it is shown: one clause a line, as far as a line goes."""
    if isinstance(logic, dict) and list(logic) == ["and"] and isinstance(logic["and"], list):
        inner = ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in logic["and"])
        return f'{{"and": [\n{inner}\n]}}'
    return json.dumps(logic, ensure_ascii=False, indent=2)


def _row(clause: Json) -> Row:
    row = _simple(clause)
    # what a row could not give back exactly, it must not show
    if row is not None and _same(_clause(row), clause):
        return row
    return Row(json=json.dumps(clause, ensure_ascii=False))


def _same(a: Json, b: Json) -> bool:
    return json.dumps(a) == json.dumps(b)


def _simple(clause: Json) -> Row | None:
    if not isinstance(clause, dict) or len(clause) != 1:
        return None
    ((operator, operands),) = clause.items()
    if operator == "var" and isinstance(operands, str):
        return Row(operands, HOLDS)
    if operator == "!" and isinstance(operands, list) and len(operands) == 1:
        inner = _simple(operands[0])
        return Row(inner.variable, WITHOUT, inner.value) if inner and inner.operator == CONTAINS else None
    if not isinstance(operands, list) or len(operands) != 2:
        return None
    variable, other = _variable(operands[0]), operands[1]
    if operator == "in":
        if variable is not None and isinstance(other, list):
            return Row(variable, ONE_OF, json.dumps(other, ensure_ascii=False)[1:-1])
        name = _variable(other)
        return Row(name, CONTAINS, operands[0]) if name is not None and isinstance(operands[0], str) else None
    if variable is None or operator not in _WORDS or isinstance(other, dict | list):
        return None
    if other is None and operator in ("==", "!="):
        return Row(variable, UNKNOWN if operator == "==" else KNOWN)
    return Row(variable, _WORDS[operator], _typed(other))


def _variable(node: Json) -> str | None:
    found = node.get("var") if isinstance(node, dict) and len(node) == 1 else None
    return found if isinstance(found, str) else None


def _typed(value: Json) -> str:
    """Return a constant as somebody types it; a text in quotes only where it reads as something else."""
    if isinstance(value, str) and value and _read(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Json:
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return text
    return text if isinstance(found, dict | list) else found


def _clause(row: Row) -> Json:
    if row.json:
        return json.loads(row.json)
    variable = {"var": row.variable}
    if row.operator == HOLDS:
        return variable
    if row.operator in (KNOWN, UNKNOWN):
        return {"==" if row.operator == UNKNOWN else "!=": [variable, None]}
    if row.operator == ONE_OF:
        return {"in": [variable, _several(row.value)]}
    if row.operator in (CONTAINS, WITHOUT):
        found = {"in": [row.value, variable]}
        return {"!": [found]} if row.operator == WITHOUT else found
    return {_SIGN[row.operator]: [variable, _read(row.value)]}


def _several(text: str) -> list[Json]:
    """Return a list as JSON without its brackets, or as words between commas."""
    try:
        found = json.loads(f"[{text}]")
    except json.JSONDecodeError:
        return [_read(word.strip()) for word in text.split(",") if word.strip()]
    return list(found)


def rows_from(values: Sequence[tuple[str, str, str, str]], root: str) -> Rows:
    """Return rows as a form holds them: variable, operator, value and JSON of each."""
    found = tuple(Row(v or "", o or "=", "" if w is None else str(w), j or "") for v, o, w, j in values)
    return Rows(found, "one" if root == "one" and len(found) == 1 else "and")
