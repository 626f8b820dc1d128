"""What operands have to be: the types on both sides of a comparison, of `in`, and in arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rules.findings import Notes, short
from rules.schema import Variable
from rules.syntax import suggest
from rules.values import Json, is_operation, operation
from rules.wording import say

EQUALITY = frozenset(["==", "===", "!=", "!=="])
ORDER = frozenset(["<", "<=", ">", ">="])
ARITHMETIC = frozenset(["+", "-", "*", "/", "%", "min", "max"])
#: a part with more operands is named by its operator
_SAID = 4
#: so many texts that a choice never is are compared with what it can be, one by one
_COMPARED = 10


@dataclass(frozen=True)
class Part:
    """One operand: where it stands, and the kinds it can have; no kinds where nothing is known."""

    ast: Json
    pointer: str
    kinds: frozenset[str]
    variable: Variable | None = None


def kind_of(node: Any) -> str:
    """Return the kind of a constant."""
    if node is None:
        return "null"
    if isinstance(node, bool):
        return "boolean"
    if isinstance(node, int | float):
        return "number"
    return "text" if isinstance(node, str) else "list"


def look_at(operator: str, parts: Sequence[Part], pointer: str, notes: Notes) -> None:
    """Note operands that an operation cannot mean."""
    if operator in EQUALITY | ORDER:
        for a, b in zip(parts, parts[1:], strict=False):
            _compared(operator, a, b, pointer, notes)
    elif operator == "in" and len(parts) == 2:
        _membership(parts[0], parts[1], pointer, notes)
    elif operator in ARITHMETIC:
        _arithmetic(operator, parts, pointer, notes)


def _compared(operator: str, a: Part, b: Part, pointer: str, notes: Notes) -> None:
    for part, other in ((a, b), (b, a)):
        _outside_values(part, [other.ast], pointer, notes)
    both, either = a.kinds & b.kinds, a.kinds | b.kinds
    if "null" in either:
        if operator in ORDER:
            notes.add("error", "type-mismatch", pointer, "Nothing is larger or smaller than null.")
    elif a.kinds and b.kinds and not both:
        message = f"A {_one(a.kinds)} is compared with a {_one(b.kinds)}: {_said(a)} and {_said(b)}."
        notes.add("error", "type-mismatch", pointer, message)
    elif operator in ORDER and either & {"boolean", "list"}:
        notes.add("error", "type-mismatch", pointer, "Only numbers are larger or smaller.")
    elif operator in ORDER and "text" in both:
        notes.add("warning", "string-order", pointer, 'Texts are ordered letter by letter: "10" < "9".')
    elif both == {"list"}:
        notes.add("error", "type-mismatch", pointer, "Two lists are never equal, not even with equal elements.")
    elif operator in EQUALITY and "number" in both and (_inexact(a.ast) or _inexact(b.ast)):
        message = "Numbers with a fraction are seldom equal: use a range."
        notes.add("warning", "float-equality", pointer, message)


def _outside_values(part: Part, wanted: Sequence[Any], pointer: str, notes: Notes) -> None:
    """Note constants that a choice can never be."""
    if part.variable is None or not part.variable.values:
        return
    path, values = part.variable.path, part.variable.values
    outside = [each for each in wanted if isinstance(each, str) and each not in values]
    for each in outside[:_COMPARED]:
        near = suggest(short(each), values)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        message = f"{path} is never “{short(each)}”; it is one of {', '.join(values)}.{hint}"
        notes.add("error", "not-in-enum", pointer, message)
    if len(outside) > _COMPARED:
        message = f"{path} is never any of {len(outside) - _COMPARED} further texts of this list either."
        notes.add("error", "not-in-enum", pointer, message)


def _membership(needle: Part, haystack: Part, pointer: str, notes: Notes) -> None:
    if _is_reversed(needle, haystack):
        notes.add("error", "in-reversed", pointer, _turned(needle, haystack))
        return
    if needle.ast == "":
        notes.add("warning", "empty-text", pointer, "The empty text is in every text.")
    if haystack.kinds and not haystack.kinds & {"text", "list"}:
        message = f"Nothing is in a {_one(haystack.kinds)}; a text or a list is wanted."
        notes.add("error", "type-mismatch", pointer, message)
    if haystack.kinds == {"text"} and needle.variable is not None and needle.variable.nullable:
        message = f'Where {needle.variable.path} is null, this looks for the text "null".'
        notes.add("warning", "null-text", pointer, message)
    if isinstance(haystack.ast, list):
        _outside_values(needle, haystack.ast, pointer, notes)
        strange = [each for each in haystack.ast if needle.kinds and _is_strange(each, needle.kinds)]
        if strange:
            message = f"{_said(needle)} is a {_one(needle.kinds)} and never {short(say(strange[0]))}."
            notes.add("error", "type-mismatch", pointer, message)


def _is_reversed(needle: Part, haystack: Part) -> bool:
    """Tell whether what is looked for stands where it is looked for in."""
    constant = isinstance(haystack.ast, str) and is_operation(needle.ast)
    return constant or (isinstance(needle.ast, list) and haystack.kinds == {"text"})


def _turned(needle: Part, haystack: Part) -> str:
    a, b = _said(needle), _said(haystack)
    if needle.variable is None:
        return f"This asks whether {a} is a part of {b}; its operands have to change places."
    text, name = short(str(haystack.ast)), needle.variable.path
    if needle.variable.kind == "choice":
        return f'This looks for {name} inside a text: write {{"in": [{{"var": "{name}"}}, ["{text}"]]}}.'
    return (
        f"This asks whether {name} is a part of “{text}”. To ask whether {name} contains it, "
        f'write {{"in": ["{text}", {{"var": "{name}"}}]}}.'
    )


def _is_strange(each: Any, kinds: frozenset[str]) -> bool:
    return not is_operation(each) and kind_of(each) not in kinds | {"null"}


def _arithmetic(operator: str, parts: Sequence[Part], pointer: str, notes: Notes) -> None:
    for part in parts:
        if part.kinds and not part.kinds & {"number"}:
            message = f"{operator} works on numbers, not on a {_one(part.kinds)}."
            notes.add("error", "type-mismatch", pointer, message)
        elif part.variable is not None and part.variable.nullable:
            becomes = "no number at all" if operator in ("+", "*") else "0"
            message = f"Where {part.variable.path} is null it counts as {becomes} here."
            notes.add("warning", "null-nan", pointer, message)
    if operator in ("/", "%") and len(parts) == 2:
        gives = "infinity" if operator == "/" else "no number"
        if parts[1].ast == 0:
            notes.add("warning", "division", pointer, f"Division by 0 gives {gives}, and is no error.")
        elif _can_be_zero(parts[1]):
            message = f"Where {_said(parts[1])} is 0 this gives {gives}, and is no error."
            notes.add("info", "division", pointer, message)


def _can_be_zero(part: Part) -> bool:
    if part.variable is None:
        return not isinstance(part.ast, int | float)
    low, high = part.variable.lowest, part.variable.highest
    return part.variable.nullable or not ((low or 0) > 0 or (high or 0) < 0)


def _inexact(node: Any) -> bool:
    """Tell whether a number was rounded, in its writing or by what made it."""
    if isinstance(node, float):
        return not node.is_integer()
    operator, operands = operation(node)
    return operator == "/" or (operator in ARITHMETIC and any(_inexact(each) for each in operands))


def _one(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds))


def _said(part: Part) -> str:
    if part.variable is not None:
        return part.variable.path
    operator, operands = operation(part.ast)
    compound = any(operation(inner)[0] for each in operands for inner in operation(each)[1])
    return f"what {operator} gives" if compound or len(operands) > _SAID else short(say(part.ast))
