"""How much work a rule can be, found without evaluating it.

Loops feed each other: each `map` over the result of another can double every element, so that a rule of a
kilobyte would fill any memory. Sizes and steps are therefore bounded from below upwards, part by part. A loop
is bounded by its body over all elements at once, plus its body over nothing for each element; that holds
because no bound grows slower than what it is a bound of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from rules.coercion import to_string
from rules.errors import RuleError
from rules.semantics import LOOPS
from rules.values import MISSING, Value, is_operation, operation

#: steps to read a variable or to start an operation
OPERATION = 10
#: steps to look for something in a text, per character
CHARACTER = 6
#: characters of a number, of a whole one and of a word such as false, written out
NUMBER, WHOLE, WORD = 40, 4, 5
#: so often a bound on an accumulator is raised before it counts as boundless
_RAISED = 4
_NUMBERS = frozenset(["+", "-", "*", "/", "%", "min", "max"])
_JOINED = frozenset(["cat", "merge", "missing", "missing_some"])
_CHOSEN = frozenset(["and", "or", "if", "?:"])


@dataclass(frozen=True)
class Bound:
    """What a part of a rule is at most.

    Args:
        size: length of its value, written out.
        count: number of elements, if its value is a list.
        work: steps to evaluate it.
    """

    size: int
    count: int = 0
    work: int = 1


Read: TypeAlias = Callable[[str | None], Bound]
"""Gives the bound of a variable by name; None is one whose name is computed."""
_NOTHING = Bound(WORD)


class Works:
    """Bounds of the parts of rules; how long a value is, is found once."""

    def __init__(self) -> None:
        self._weights: dict[int, int] = {}

    def weight(self, value: Value) -> int:
        """Return about how long a value is, written out."""
        if isinstance(value, str):
            return len(value) + 2
        if not isinstance(value, list | dict):
            return NUMBER if isinstance(value, float) else WHOLE if value is not MISSING else WORD
        if id(value) not in self._weights:
            # as text an object is [object Object]
            empty, within = (2, value) if isinstance(value, list) else (15, [*value, *value.values()])
            self._weights[id(value)] = empty + sum(2 + self.weight(each) for each in within)
        return self._weights[id(value)]

    def of(self, node: Value, read: Read) -> Bound:
        """Return the bound of a part of a rule.

        Args:
            read: gives the bound of a variable where the part stands.
        """
        if isinstance(node, list):
            parts = [self.of(each, read) for each in node]
            size = 2 + sum(2 + each.size for each in parts)
            return Bound(size, len(parts), 1 + sum(each.work for each in parts))
        if not is_operation(node):
            return Bound(self.weight(node))
        name, operands = operation(node)
        if name == "var":
            return self._variable(operands, read)
        if name in LOOPS:
            return self._loop(name, operands, read)
        parts = [self.of(each, read) for each in operands]
        sizes = sum(each.size for each in parts)
        work = OPERATION + sizes + sum(each.work for each in parts)
        if name.startswith("missing"):
            work += sum(_looking(*each, read) for each in zip(operands, parts, strict=True))
        return _result(name, parts, sizes, work)

    def _variable(self, operands: list[Any], read: Read) -> Bound:
        first = operands[0] if operands else ""
        literal = not isinstance(first, dict | list)
        named = self.of(first, read)
        found = read("" if first is None else to_string(first) if literal else None)
        default = self.of(operands[1], read) if len(operands) > 1 else _NOTHING
        work = OPERATION + named.work + named.size + found.work + default.work
        return Bound(max(found.size, default.size), max(found.count, default.count), work)

    def _loop(self, name: str, operands: list[Any], read: Read) -> Bound:
        items, body, start = ([*operands, MISSING, MISSING, MISSING])[:3]
        over = self.of(items, read)
        if name == "reduce":
            return self._reduced(over, body, self.of(start, read))
        together, alone = self.of(body, _element(over.size)), self.of(body, _element(0))
        count = over.count
        work = OPERATION + over.work + together.work + count * (alone.work + 1)
        if name == "map":
            return Bound(2 + together.size + count * (2 + alone.size), count, work)
        return Bound(over.size, count, work) if name == "filter" else Bound(WORD, 0, work)

    def _reduced(self, over: Bound, body: Value, start: Bound) -> Bound:
        kept = Bound(max(start.size, WORD), start.count)
        for _ in range(_RAISED):
            together = self.of(body, _reduction(over, kept))
            if together.size <= kept.size and together.count <= kept.count:
                alone = self.of(body, _reduction(Bound(0), kept))
                work = over.work + start.work + together.work + over.count * (alone.work + 1)
                return Bound(kept.size, kept.count, OPERATION + work)
            kept = Bound(max(kept.size, together.size), max(kept.count, together.count))
        message = "Inside reduce, this could grow with every element; read current and accumulator by name."
        raise RuleError("", "unbounded-growth", message)


def _looking(operand: Any, found: Bound, read: Read) -> int:
    """Return the steps `missing` needs to look up what an operand names."""
    names = operand if isinstance(operand, list) else [operand]
    if any(isinstance(each, dict | list) for each in names):
        return max(1, found.size // 2) * read(None).work
    return sum(read(to_string(each)).work for each in names)


def _result(name: str, parts: list[Bound], sizes: int, work: int) -> Bound:
    if name in _JOINED:
        # a list of names may stand in a list of names
        names = sizes if name.startswith("missing") else 0
        count = names + sum(max(1, each.count) for each in parts)
        return Bound(2 + sizes + 2 * count, count, work)
    # a product of one factor is that factor, whatever it is
    if name in _CHOSEN or name == "substr" or (name == "*" and len(parts) == 1):
        largest = max((each.size for each in parts), default=WORD)
        return Bound(max(largest, WORD), max((each.count for each in parts), default=0), work)
    return Bound(NUMBER if name in _NUMBERS else WORD, 0, work)


def _element(size: int) -> Read:
    """Return how variables read an element, or elements, of which only the size is known."""
    return lambda name: Bound(max(size, WORD), size // 2, OPERATION + _walk(size, inside=name != ""))


def _reduction(current: Bound, kept: Bound) -> Read:
    """Return how variables read an element and what has been accumulated."""

    def read(name: str | None) -> Bound:
        first, _, rest = (name or "").partition(".")
        if first in ("current", "accumulator"):
            size = (current if first == "current" else kept).size
            return Bound(max(size, WORD), size // 2, OPERATION + _walk(size, inside=rest != ""))
        whole = current.size + kept.size
        return Bound(2 * NUMBER + whole, whole, OPERATION + _walk(whole, inside=name != ""))

    return read


def _walk(size: int, *, inside: bool) -> int:
    """Return the steps to find something inside a value: where it is a text, each character is one."""
    return CHARACTER * size if inside else 0
