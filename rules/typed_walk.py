"""The typed reading of a rule: operators, operands, types, and variables nobody knows."""

from collections.abc import Sequence
from typing import Any

from rules.coercion import to_string
from rules.findings import Notes, short
from rules.operands import ARITHMETIC, EQUALITY, ORDER, Part, kind_of, look_at
from rules.schema import Schema, Variable
from rules.semantics import LOOPS
from rules.values import Json, child_pointers, flat, is_operation, operation

_BOOLEAN = EQUALITY | ORDER | {"!", "!!", "in", "all", "none", "some"}
_KIND = {
    **dict.fromkeys(_BOOLEAN, "boolean"),
    **dict.fromkeys(ARITHMETIC, "number"),
    **dict.fromkeys(("cat", "substr"), "text"),
    **dict.fromkeys(("map", "filter", "merge", "missing", "missing_some"), "list"),
}
#: least and most operands
_ARITY = {
    "!": (1, 1), "!!": (1, 1), "in": (2, 2), "%": (2, 2), "/": (2, 2), "-": (1, 2), "substr": (2, 3),
    "<": (2, 3), "<=": (2, 3), "all": (2, 2), "none": (2, 2), "some": (2, 2), "map": (2, 2), "filter": (2, 2),
    "reduce": (3, 3), "if": (2, None), "?:": (3, 3), "var": (1, 2), "missing_some": (2, 2),
    **dict.fromkeys(("==", "===", "!=", "!==", ">", ">="), (2, 2)),
    **dict.fromkeys(("and", "or", "missing", "+", "*", "min", "max", "cat"), (1, None)),
}  # fmt: skip
_TRUE = {"number": "any number but 0", "text": "any text but the empty one", "list": "any list with elements"}
#: names looked for among the known ones; a rule with more wrong ones has another problem
_MOST_SUGGESTED = 20


def walk(ast: Json, schema: Schema, notes: Notes) -> None:
    """Note what is wrong or doubtful in a rule that was parsed."""
    _Walk(schema, notes).condition(ast, "")


class _Walk:
    def __init__(self, schema: Schema, notes: Notes) -> None:
        self.schema, self.notes = schema, notes
        self._hints: dict[str, str] = {}

    def condition(self, node: Json, pointer: str) -> None:
        """Read a part of which only the truth counts."""
        operator, _ = operation(node)
        if isinstance(node, dict) and operator in ("if", "?:"):
            self._choice(node, pointer, truth=True)
            return
        part = self.value(node, pointer)
        wrong = sorted(part.kinds - {"boolean", "null"})
        # a list of what is missing asks what everybody means: whether there is any
        if wrong and operator not in ("missing", "missing_some"):
            what = part.variable.path if part.variable else f"A {wrong[0]}"
            message = f"{what} is no condition: {_TRUE[wrong[0]]} counts as true."
            self.notes.add("error", "non-boolean-condition", pointer, message)

    def value(self, node: Json, pointer: str) -> Part:
        self.notes.visit(pointer)
        if isinstance(node, list):
            for index, each in enumerate(node):
                self.value(each, f"{pointer}/{index}")
        if not isinstance(node, dict) or not is_operation(node):
            return Part(node, pointer, frozenset([kind_of(node)]))
        operator, operands = operation(node)
        if operator in ("if", "?:"):
            return self._choice(node, pointer, truth=False)
        self._arity(operator, len(operands), pointer)
        if operator == "var":
            return self._variable(node, operands, pointer)
        inner = list(zip(operands, child_pointers(node, pointer), strict=True))
        if operator in ("missing", "missing_some"):
            for name in flat(operands[operator == "missing_some" :]):
                self._known(to_string(name), pointer)
        elif operator in LOOPS:
            self._loop(operator, inner, pointer)
        elif operator in ("and", "or", "!", "!!"):
            for each in inner:
                self.condition(*each)
            return Part(node, pointer, frozenset(["boolean"]))
        else:
            look_at(operator, [self.value(*each) for each in inner], pointer, self.notes)
        return Part(node, pointer, frozenset([_KIND[operator]] if operator in _KIND else []))

    def _arity(self, operator: str, count: int, pointer: str) -> None:
        least, most = _ARITY.get(operator, (0, None))
        if count < least:
            wanted = f"{least} or more operands" if most is None else _operands(least)
            self.notes.add("error", "arity", pointer, f"{operator} needs {wanted}; it has {count or 'none'}.")
        elif most is not None and count > most:
            message = f"{operator} takes {_operands(most)}; the other {count - most} would be ignored."
            self.notes.add("error", "arity", pointer, message)

    def _known(self, path: str, pointer: str) -> Variable | None:
        found = self.schema.get(path)
        if found is None:
            if path not in self._hints and len(self._hints) < _MOST_SUGGESTED:
                near = self.schema.suggest(path)
                self._hints[path] = f" Did you mean {' or '.join(near)}?" if near else ""
            message = f"There is no variable called {short(path)}.{self._hints.get(path, '')}"
            self.notes.add("error", "unknown-variable", pointer, message)
        return found

    def _variable(self, node: Json, operands: Sequence[Any], pointer: str) -> Part:
        found = self._known(str(operands[0]), pointer) if operands else None
        if len(operands) > 1:
            self.value(operands[1], f"{pointer}/var/1")
        if found is None:
            return Part(node, pointer, frozenset())
        if len(operands) > 1 and found.nullable:
            message = f"The default counts where {found.path} is absent, not where it is null."
            self.notes.add("info", "default-only-when-absent", pointer, message)
        return Part(node, pointer, frozenset(["text" if found.kind == "choice" else found.kind]), found)

    def _loop(self, operator: str, inner: Sequence[tuple[Any, str]], pointer: str) -> None:
        for place, each in enumerate(inner):
            if place == 1:
                self._inside_loop(*each)
                continue
            part = self.value(*each)
            if place == 0 and part.kinds and not part.kinds & {"list"}:
                self.notes.add("error", "type-mismatch", each[1], f"{operator} goes through a list.")
        if operator in ("all", "none"):
            said = "false" if operator == "all" else "true"
            self.notes.add(
                "warning", "empty-list", pointer, f"{operator} of an empty list, or of null, is {said}."
            )

    def _inside_loop(self, node: Json, pointer: str) -> None:
        self.notes.visit(pointer)
        operator, operands = operation(node)
        if operator:
            self._arity(operator, len(operands), pointer)
        if operator == "var" and operands and str(operands[0]) in self.schema:
            message = f"Inside a loop {operands[0]} is looked up in the element, not in the data."
            self.notes.add("warning", "outer-variable", pointer, message)
        if isinstance(node, list):
            for index, each in enumerate(node):
                self._inside_loop(each, f"{pointer}/{index}")
        elif isinstance(node, dict) and is_operation(node):
            for each, where in zip(operands, child_pointers(node, pointer), strict=True):
                self._inside_loop(each, where)

    def _choice(self, node: dict[str, Any], pointer: str, *, truth: bool) -> Part:
        """Read an `if`; where only its truth counts, only that of its results does."""
        self.notes.visit(pointer)
        operator, operands = operation(node)
        self._arity(operator, len(operands), pointer)
        last = len(operands) - 1
        kinds: frozenset[str] = frozenset()
        for index, each in enumerate(zip(operands, child_pointers(node, pointer), strict=True)):
            if truth or (index % 2 == 0 and index < last):
                self.condition(*each)
            else:
                kinds |= self.value(*each).kinds
        if last % 2 == 1:
            message = "Where no condition holds this gives null: say what else."
            self.notes.add("warning", "no-else", pointer, message)
        return Part(node, pointer, kinds)


def _operands(count: int) -> str:
    return f"{count} operand{'s' * (count != 1)}"
