"""Where null lets a rule pass, or fail, without anybody having meant it."""

from collections.abc import Iterator
from itertools import islice, product

from rules.coercion import truthy
from rules.findings import Notes
from rules.parts import is_costly, leaves
from rules.plan import Leaf, Plan
from rules.schema import Schema, Variable
from rules.unknown import Guard
from rules.values import Json, Row, operation
from rules.witnesses import witnesses

#: rows tried where a part reads several variables
_ROWS = 8
_KEPT_OUT = " Another condition keeps such rows out, as long as it stands."


def look_for_null(plan: Plan, schema: Schema, notes: Notes) -> None:
    """Note parts that hold where a variable is null, and those that fail there though null is not false."""
    guarded = {
        name for clause in plan.clauses if isinstance(clause, Leaf) for name in _kept_out(clause, schema)
    }
    for leaf in leaves(plan.root):
        if not notes.is_wrong(leaf.pointer) and len(leaf.atom.variables) <= 3 and not is_costly(leaf.ast):
            for variable in _nullable(leaf, schema):
                _look(leaf, variable, schema, notes, guarded=variable.path in guarded)


def _look(leaf: Leaf, variable: Variable, schema: Schema, notes: Notes, *, guarded: bool) -> None:
    operator, operands = operation(leaf.ast)
    alone = len(leaf.atom.variables) == 1
    if _passes(leaf, variable, schema):
        verb = "holds" if alone else "can hold"
        if operator == "in":
            message = f"Nothing is in null: this {verb} where {variable.path} is not known."
            notes.add("info", "null-contains-nothing", leaf.pointer, message)
        else:
            message = f"This {verb} where {variable.path} is null or missing.{_KEPT_OUT * guarded}"
            notes.add("warning", "null-passes", leaf.pointer, message)
    elif alone and variable.kind == "boolean" and _asks_false(operator, operands) and not leaf.negated:
        message = f"Null is not false: this fails where {variable.path} is not known."
        notes.add("warning", "null-not-false", leaf.pointer, message)


def _asks_false(operator: str, operands: list[Json]) -> bool:
    return operator in ("==", "===") and any(each is False for each in operands)


def _nullable(leaf: Leaf, schema: Schema) -> Iterator[Variable]:
    """Yield the variables of a leaf that can be null, and that it does not ask about being null."""
    for name, guard in zip(leaf.atom.variables, leaf.atom.guards, strict=True):
        variable = schema.get(name)
        if variable is not None and variable.nullable and guard is Guard.NONE:
            yield variable


def _passes(leaf: Leaf, variable: Variable, schema: Schema) -> bool:
    """Tell whether a leaf holds on some row where a variable is null."""
    others = [name for name in leaf.atom.variables if name != variable.path]
    choices = [_sample(schema.get(name)) for name in others]
    rows = (
        Row({variable.path: None, **dict(zip(others, held, strict=True))})
        for held in islice(product(*choices), _ROWS)
    )
    return any(truthy(leaf.atom.evaluate(row)) is not leaf.negated for row in rows)


def _sample(variable: Variable | None) -> list[Json]:
    """Return a first and a last value that a variable can hold."""
    values = witnesses(variable, []) if variable and variable.kind != "list" else []
    return [values[0], values[-1]] if values else []


def _kept_out(clause: Leaf, schema: Schema) -> list[str]:
    """Return the variable that cannot be null where a clause of the whole rule holds."""
    if len(clause.atom.variables) != 1 or is_costly(clause.ast):
        return []
    return [each.path for each in _nullable(clause, schema) if not _passes(clause, each, schema)]
