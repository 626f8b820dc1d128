"""The typed reading of a rule: operators, operands, types, and variables nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rules.findings import Notes
from rules.schema import Schema, Variable
from rules.semantics import LOOPS
from rules.syntax import suggest
from rules.values import Json, child_pointers, is_operation, operation

EQUALITY = frozenset(["==", "===", "!=", "!=="])
ORDER = frozenset(["<", "<=", ">", ">="])
_ARITHMETIC = frozenset(["+", "-", "*", "/", "%", "min", "max"])
_BOOLEAN = EQUALITY | ORDER | {"!", "!!", "in", "all", "none", "some"}
_KINDS = {"+": "number", "cat": "text", "substr": "text", "map": "list", "filter": "list", "merge": "list"}
#: least and most operands
_ARITY = {
    "!": (1, 1), "!!": (1, 1), "in": (2, 2), "%": (2, 2), "/": (2, 2), "-": (1, 2), "substr": (2, 3),
    "<": (2, 3), "<=": (2, 3), "all": (2, 2), "none": (2, 2), "some": (2, 2), "map": (2, 2), "filter": (2, 2),
    "reduce": (3, 3), "if": (2, None), "?:": (3, 3), "and": (1, None), "or": (1, None),
    **dict.fromkeys(("==", "===", "!=", "!==", ">", ">="), (2, 2)),
}  # fmt: skip
_MOST_SUGGESTED = 8


@dataclass(frozen=True)
class _Part:
    """One operand: where it stands, and the kinds it can have; no kinds where nothing is known."""

    ast: Json
    pointer: str
    kinds: frozenset[str]
    variable: Variable | None


def walk(ast: Json, schema: Schema, notes: Notes) -> None:
    """Note what is wrong or doubtful in a rule that was parsed."""
    _Walk(schema, notes).condition(ast, "")


class _Walk:
    def __init__(self, schema: Schema, notes: Notes) -> None:
        self.schema, self.notes = schema, notes
        self._suggested: set[str] = set()

    def condition(self, node: Json, pointer: str) -> None:
        """Read a part of which only the truth counts."""
        part = self.value(node, pointer)
        wrong = part.kinds - {"boolean", "null"}
        operator, _ = operation(node)
        if wrong and operator not in ("and", "or", "if", "?:"):
            what = part.variable.path if part.variable else f"A {sorted(wrong)[0]}"
            message = f"{what} is no condition: any {sorted(wrong)[0]} that is not empty counts as true."
            self.notes.add("error", "non-boolean-condition", pointer, message)

    def value(self, node: Json, pointer: str) -> _Part:
        self.notes.visit(pointer)
        if isinstance(node, list):
            for index, each in enumerate(node):
                self.value(each, f"{pointer}/{index}")
            return _Part(node, pointer, frozenset(["list"]), None)
        if not isinstance(node, dict) or not is_operation(node):
            return _Part(node, pointer, frozenset([_literal(node)]), None)
        operator, operands = operation(node)
        inner = list(zip(operands, child_pointers(node, pointer), strict=True))
        self._arity(operator, len(operands), pointer)
        if operator == "var":
            return self._variable(node, operands, pointer)
        if operator in ("missing", "missing_some"):
            for name in _flat(operands[operator == "missing_some" :]):
                self._known(str(name), pointer)
            # a list, which as a condition asks what everybody means: whether anything is missing
            return _Part(node, pointer, frozenset(), None)
        if operator in LOOPS:
            return self._loop(node, operator, inner, pointer)
        if operator in ("and", "or", "!", "!!"):
            for each in inner:
                self.condition(*each)
            return _Part(node, pointer, frozenset(["boolean"]), None)
        if operator in ("if", "?:"):
            return self._choice(node, inner, pointer)
        parts = [self.value(*each) for each in inner]
        self._operation(operator, parts, pointer)
        kind = "boolean" if operator in _BOOLEAN else "number" if operator in _ARITHMETIC else ""
        kind = kind or _KINDS.get(operator, "")
        return _Part(node, pointer, frozenset([kind] if kind else []), None)

    def _arity(self, operator: str, count: int, pointer: str) -> None:
        least, most = _ARITY.get(operator, (0, None))
        if count < least:
            wanted = f"{least} or more" if most is None else f"{least}"
            plural = "s" * (wanted != "1")
            message = f"{operator} needs {wanted} operand{plural}; it has {count or 'none'}."
            self.notes.add("error", "arity", pointer, message)
        elif most is not None and count > most:
            rest = f"the other {count - most} would be ignored"
            message = f"{operator} takes {most} operand{'s' * (most != 1)}; {rest}."
            self.notes.add("error", "arity", pointer, message)

    def _known(self, path: str, pointer: str) -> Variable | None:
        found = self.schema.get(path)
        if found is None:
            hint = ""
            if path in self._suggested or len(self._suggested) < _MOST_SUGGESTED:
                self._suggested.add(path)
                near = self.schema.suggest(path)
                hint = f" Did you mean {' or '.join(near)}?" if near else ""
            message = f"There is no variable called {path}.{hint}"
            self.notes.add("error", "unknown-variable", pointer, message)
        return found

    def _variable(self, node: Json, operands: Sequence[Any], pointer: str) -> _Part:
        found = self._known(str(operands[0]), pointer) if operands else None
        if found is None:
            return _Part(node, pointer, frozenset(), None)
        if len(operands) > 1 and found.nullable:
            message = f"The default counts where {found.path} is absent, not where it is null."
            self.notes.add("info", "default-only-when-absent", pointer, message)
        kind = "text" if found.kind == "choice" else found.kind
        return _Part(node, pointer, frozenset([kind]), found)

    def _loop(self, node: Json, operator: str, inner: Sequence[tuple[Any, str]], pointer: str) -> _Part:
        for place in (0, 2):
            if place < len(inner):
                listed = self.value(*inner[place])
                if place == 0 and listed.kinds and not listed.kinds & {"list"}:
                    self.notes.add("error", "type-mismatch", inner[0][1], f"{operator} goes through a list.")
        if len(inner) > 1:
            self._inside_loop(*inner[1])
        if operator == "all":
            self.notes.add("info", "empty-list", pointer, "all of an empty list is false.")
        if operator == "none":
            self.notes.add("info", "empty-list", pointer, "none of an empty list is true.")
        kind = _KINDS.get(operator, "" if operator == "reduce" else "boolean")
        return _Part(node, pointer, frozenset([kind] if kind else []), None)

    def _inside_loop(self, node: Json, pointer: str) -> None:
        self.notes.visit(pointer)
        operator, operands = operation(node)
        if operator == "var" and operands and str(operands[0]) in self.schema:
            message = f"Inside a loop {operands[0]} is looked up in the element, not in the data."
            self.notes.add("warning", "outer-variable", pointer, message)
        if isinstance(node, list):
            for index, each in enumerate(node):
                self._inside_loop(each, f"{pointer}/{index}")
        elif isinstance(node, dict) and is_operation(node):
            for each, where in zip(operands, child_pointers(node, pointer), strict=True):
                self._inside_loop(each, where)

    def _choice(self, node: Json, inner: Sequence[tuple[Any, str]], pointer: str) -> _Part:
        last = len(inner) - 1
        parts = []
        for index, each in enumerate(inner):
            if index % 2 == 0 and index < last:
                self.condition(*each)
            else:
                parts.append(self.value(*each))
        if inner and last % 2 == 1:
            message = "Where no condition holds this gives null: say what else."
            self.notes.add("warning", "no-else", pointer, message)
        kinds = frozenset().union(*(part.kinds for part in parts)) if parts else frozenset()
        return _Part(node, pointer, kinds, None)

    def _operation(self, operator: str, parts: Sequence[_Part], pointer: str) -> None:
        if operator in EQUALITY | ORDER:
            for a, b in zip(parts, parts[1:], strict=False):
                self._compared(operator, a, b, pointer)
        elif operator == "in" and len(parts) == 2:
            self._membership(parts[0], parts[1], pointer)
        elif operator in _ARITHMETIC:
            self._arithmetic(operator, parts, pointer)

    def _compared(self, operator: str, a: _Part, b: _Part, pointer: str) -> None:
        for part, other in ((a, b), (b, a)):
            self._of_values(part, other, pointer)
        if "null" in a.kinds | b.kinds:
            if operator in ORDER:
                self.notes.add("error", "type-mismatch", pointer, "Nothing is larger or smaller than null.")
            return
        if a.kinds and b.kinds and not a.kinds & b.kinds:
            message = f"A {_one(a.kinds)} is compared with a {_one(b.kinds)}: {_said(a)} and {_said(b)}."
            self.notes.add("error", "type-mismatch", pointer, message)
        elif operator in ORDER and "text" in a.kinds & b.kinds:
            self.notes.add(
                "warning", "string-order", pointer, 'Texts are ordered letter by letter: "10" < "9".'
            )
        elif operator in ORDER and (a.kinds | b.kinds) & {"boolean", "list"}:
            self.notes.add("error", "type-mismatch", pointer, "Only numbers are larger or smaller.")
        elif operator in EQUALITY and "number" in a.kinds & b.kinds and (_inexact(a.ast) or _inexact(b.ast)):
            message = "Numbers with a fraction are seldom equal: use a range."
            self.notes.add("warning", "float-equality", pointer, message)

    def _of_values(self, part: _Part, other: _Part, pointer: str) -> None:
        """Note a constant that a choice can never be."""
        if part.variable is None or not part.variable.values:
            return
        wanted = other.ast if isinstance(other.ast, list) else [other.ast]
        for each in wanted:
            if isinstance(each, str) and each not in part.variable.values:
                near = suggest(each, part.variable.values)
                hint = f" Did you mean {' or '.join(near)}?" if near else ""
                known = ", ".join(part.variable.values)
                message = f"{part.variable.path} is never “{each}”; it is one of {known}.{hint}"
                self.notes.add("error", "not-in-enum", pointer, message)

    def _membership(self, needle: _Part, haystack: _Part, pointer: str) -> None:
        if isinstance(haystack.ast, str) and needle.variable is not None:
            name = needle.variable.path
            message = (
                f"This asks whether {name} is a part of “{haystack.ast}”. To ask whether {name} contains it, "
                f'write {{"in": ["{haystack.ast}", {{"var": "{name}"}}]}}.'
            )
            self.notes.add("error", "in-reversed", pointer, message)
            return
        if needle.ast == "":
            self.notes.add("warning", "empty-text", pointer, "The empty text is in every text.")
        if haystack.kinds and not haystack.kinds & {"text", "list"}:
            message = f"Nothing is in a {_one(haystack.kinds)}; a text or a list is wanted."
            self.notes.add("error", "type-mismatch", pointer, message)
        self._of_values(needle, haystack, pointer)
        if isinstance(haystack.ast, list) and needle.kinds:
            strange = [
                e for e in haystack.ast if not is_operation(e) and _literal(e) not in needle.kinds | {"null"}
            ]
            if strange:
                message = f"{_said(needle)} is a {_one(needle.kinds)} and never {strange[0]!r}."
                self.notes.add("error", "type-mismatch", pointer, message)

    def _arithmetic(self, operator: str, parts: Sequence[_Part], pointer: str) -> None:
        for part in parts:
            if part.kinds and not part.kinds & {"number"}:
                message = f"{operator} works on numbers, not on a {_one(part.kinds)}."
                self.notes.add("error", "type-mismatch", pointer, message)
            elif part.variable is not None and part.variable.nullable:
                becomes = "no number at all" if operator in ("+", "*") else "0"
                message = f"Where {part.variable.path} is null it counts as {becomes} here."
                self.notes.add("warning", "null-nan", pointer, message)
        if operator in ("/", "%") and len(parts) == 2 and not isinstance(parts[1].ast, int | float):
            self.notes.add("info", "division", pointer, "Division by 0 gives infinity, not an error.")


def _literal(node: Any) -> str:
    if node is None:
        return "null"
    if isinstance(node, bool):
        return "boolean"
    if isinstance(node, int | float):
        return "number"
    return "text" if isinstance(node, str) else "list"


def _inexact(node: Any) -> bool:
    if isinstance(node, float):
        return not node.is_integer()
    return operation(node)[0] in ("/", "*", "+", "-") and any(isinstance(e, float) for e in operation(node)[1])


def _one(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds))


def _said(part: _Part) -> str:
    return part.variable.path if part.variable else repr(part.ast)[:60]


def _flat(operands: Sequence[Any]) -> list[Any]:
    return [name for each in operands for name in (each if isinstance(each, list) else [each])]
