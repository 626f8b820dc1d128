"""Reading a rule: text or JSON in, a checked and canonical rule out."""

import difflib
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rules.coercion import to_string
from rules.errors import RuleError
from rules.semantics import KNOWN_OPERATORS, LOOPS
from rules.values import Json, child_pointers
from rules.work import Bound, Works

_REFUSED = {"log": "prints while it evaluates", "method": "can run arbitrary code"}
_GROWING = frozenset(["merge", "cat", "map"])
_SAFE_INTEGER = 2**53
_NAMED = 5
_LONGEST_NAME = 40
#: what a variable of a loop is assumed to hold: a list of a hundred numbers
_ASSUMED = Bound(600, 100, 20)


@dataclass(frozen=True)
class Limits:
    """How large a rule may be: operations deep, nodes, characters, elements, and steps where it loops."""

    nodes: int = 2000
    depth: int = 32
    string: int = 1000
    list_len: int = 1000
    text: int = 200_000
    loops: int = 2
    work: int = 2_000_000


@dataclass(frozen=True)
class Rule:
    """A rule that was read; equal when the canonical text is.

    Args:
        digest: SHA-256 of `canonical`, the minimal JSON with sorted keys.
        variables: whole paths of the variables it reads.
    """

    ast: Json = field(compare=False, repr=False)
    canonical: str
    digest: str
    variables: frozenset[str]
    nodes: int
    depth: int


DEFAULT_LIMITS = Limits()


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it stood in the text, duplicate keys kept."""


def canonical_text(ast: Json) -> str:
    """Return the minimal JSON of a rule, keys sorted."""
    return json.dumps(ast, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def suggest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known names that look like this one, nearest first."""
    by_folded = {each.casefold(): each for each in sorted(known)}
    near = difflib.get_close_matches(name.casefold(), list(by_folded), n=3, cutoff=0.6)
    return tuple(by_folded[each] for each in near)


def parse(source: Json, limits: Limits = DEFAULT_LIMITS) -> Rule:
    """Read a rule.

    Args:
        source: JSON text, or the same already loaded.

    Raises:
        RuleError: the rule is malformed, unsafe or too large.
    """
    reader = _Reader(limits)
    loaded = _load(source, limits) if isinstance(source, str) else source
    ast = reader.read(loaded, "", _Place())
    canonical = canonical_text(ast)
    if len(canonical) > limits.text:
        raise RuleError("", "too-long", f"The rule is longer than {limits.text:,} characters.")
    if reader.loops and Works().of(ast, lambda _: _ASSUMED).work > limits.work:
        raise RuleError("", "too-costly", "The loops of this rule could take too long, or grow too large.")
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    return Rule(ast, canonical, digest, frozenset(reader.variables), reader.nodes, reader.depth)


def _load(text: str, limits: Limits) -> Any:
    if len(text) > limits.text:
        raise RuleError("", "too-long", f"The rule is longer than {limits.text:,} characters.")
    if _nesting(text) > 2 * limits.depth + 2:
        raise RuleError("", "too-deep", f"The rule is nested deeper than {limits.depth} operations.")
    try:
        return json.loads(text, object_pairs_hook=_Pairs, parse_int=_integer)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RuleError("", "not-json", f"This is not JSON: {error.msg} ({where}).") from error


def _integer(text: str) -> int | float:
    return int(text) if len(text) < 17 and text != "-0" else float(text)


def _nesting(text: str) -> int:
    """Return how deep brackets nest, those inside quotes apart."""
    deepest = level = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            level += 1
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest


@dataclass(frozen=True)
class _Place:
    """What surrounds a node: nested operations, nested lists, loops, and whether a reduction is one."""

    depth: int = 0
    level: int = 0
    loops: int = 0
    reducing: bool = False

    def inside(self, *, operation: bool = False) -> "_Place":
        return _Place(self.depth + operation, self.level + 1, self.loops, self.reducing)

    def loop(self, *, reducing: bool) -> "_Place":
        return _Place(self.depth, self.level, self.loops + 1, self.reducing or reducing)


class _Reader:
    """One reading of one rule: normalises values, refuses what is not allowed, notes the variables."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.variables: set[str] = set()
        self.nodes = 0
        self.depth = 0
        self.loops = False

    def read(self, node: Any, pointer: str, place: _Place) -> Json:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise RuleError("", "too-large", f"The rule has more than {self.limits.nodes:,} parts.")
        if place.depth > self.limits.depth or place.level > 2 * self.limits.depth + 2:
            message = f"The rule is nested deeper than {self.limits.depth} operations."
            raise RuleError(pointer, "too-deep", message)
        self.depth = max(self.depth, place.depth)
        if isinstance(node, dict | _Pairs):
            return self._operation(node, pointer, place)
        if isinstance(node, list):
            return self._list(node, pointer, place)
        return self._scalar(node, pointer)

    def _scalar(self, node: Any, pointer: str) -> Json:
        if isinstance(node, str):
            if len(node) > self.limits.string:
                message = f"A text is longer than {self.limits.string:,} characters."
                raise RuleError(pointer, "string-too-long", message)
            return node
        if node is None or isinstance(node, bool):
            return node
        if isinstance(node, int | float):
            return _number(node, pointer)
        raise RuleError(pointer, "not-json", f"A {type(node).__name__} is not a JSON value.")

    def _list(self, node: list[Any], pointer: str, place: _Place) -> list[Any]:
        if len(node) > self.limits.list_len:
            message = f"A list has more than {self.limits.list_len:,} elements."
            raise RuleError(pointer, "list-too-long", message)
        if place.reducing and any(isinstance(each, dict | list) for each in node):
            message = "Inside reduce, a list may hold constants only; it could grow without bound."
            raise RuleError(pointer, "unbounded-growth", message)
        return [self.read(each, f"{pointer}/{i}", place.inside()) for i, each in enumerate(node)]

    def _operation(self, node: Any, pointer: str, place: _Place) -> dict[str, Any]:
        if len(node) > self.limits.list_len:
            raise RuleError(
                pointer, "two-keys", f"An object must hold one operator; this one holds {len(node):,}."
            )
        pairs: list[tuple[Any, Any]] = list(node.items()) if isinstance(node, dict) else node
        names = [name for name, _ in pairs]
        _refuse_misshapen(names, pointer)
        ((name, operands),) = pairs
        _refuse_operator(name, pointer, place)
        parts = operands if isinstance(operands, list) and not isinstance(operands, _Pairs) else [operands]
        if len(parts) > self.limits.list_len:
            message = f"{name} has more than {self.limits.list_len:,} operands."
            raise RuleError(pointer, "list-too-long", message)
        self._note_variables(name, parts, pointer, place)
        pointers = child_pointers({name: parts if parts is operands else None}, pointer)
        places = self._places(name, len(parts), pointer, place.inside(operation=True))
        read = [self.read(*each) for each in zip(parts, pointers, places, strict=True)]
        return {name: read if parts is operands else read[0]}

    def _places(self, name: str, count: int, pointer: str, inner: _Place) -> list[_Place]:
        places = [inner] * count
        if name in LOOPS and count > 1:
            self.loops = True
            places[1] = inner.loop(reducing=name == "reduce")
            if places[1].loops > self.limits.loops:
                message = f"Loops are nested more than {self.limits.loops} deep."
                raise RuleError(pointer, "too-many-loops", message)
        return places

    def _note_variables(self, name: str, parts: list[Any], pointer: str, place: _Place) -> None:
        if name == "*" and not parts:
            raise RuleError(pointer, "no-operands", "A product needs at least one factor.")
        names = _named(name, parts, pointer)
        if place.loops:
            return
        if name == "var" and (not names or names[0] in (None, "")):
            raise RuleError(pointer, "whole-row", "A variable needs a name; all the data at once is refused.")
        self.variables.update(to_string(each) for each in names)


def _number(number: int | float, pointer: str) -> int | float:
    if isinstance(number, float) and not math.isfinite(number):
        raise RuleError(pointer, "not-finite", "NaN, Infinity and numbers too large for a double are refused.")
    if isinstance(number, int) and abs(number) >= _SAFE_INTEGER:
        if abs(number) > 10**308:
            raise RuleError(pointer, "not-finite", "A number is too large for a double.")
        return float(number)
    whole = number == int(number) and abs(number) < _SAFE_INTEGER
    return int(number) if whole and math.copysign(1, number) == (-1 if number < 0 else 1) else number


def _refuse_misshapen(names: list[Any], pointer: str) -> None:
    if not all(isinstance(name, str) for name in names):
        raise RuleError(pointer, "not-json", "The keys of an object must be texts.")
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise RuleError(pointer, "duplicate-key", f'The key "{twice}" appears twice in one object.')
    if not names:
        raise RuleError(pointer, "empty-object", "An empty object is not an operation.")
    if len(names) > 1:
        listed = ", ".join(f'"{name}"' for name in names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
        raise RuleError(pointer, "two-keys", f"An object must hold one operator; this one holds {listed}.")


def _refuse_operator(name: str, pointer: str, place: _Place) -> None:
    if name in _REFUSED:
        raise RuleError(pointer, "refused-operator", f"The operator {name} is refused: it {_REFUSED[name]}.")
    if name not in KNOWN_OPERATORS:
        # a name that long resembles none, and takes seconds to compare
        near = suggest(name, KNOWN_OPERATORS) if len(name) <= _LONGEST_NAME else ()
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        raise RuleError(pointer, "unknown-operator", f'There is no operator called "{shown}".{hint}')
    if place.reducing and name in _GROWING:
        message = f"Inside reduce, {name} is refused; its result could grow without bound."
        raise RuleError(pointer, "unbounded-growth", message)


def _named(name: str, parts: list[Any], pointer: str) -> list[Any]:
    """Return the variables an operation names, all of them literally."""
    if name == "var":
        names = parts[:1]
    elif name == "missing":
        names = parts[0] if parts and isinstance(parts[0], list) and len(parts) == 1 else parts
    elif name == "missing_some":
        if len(parts) != 2 or not isinstance(parts[1], list):
            message = "missing_some needs a number and a list of variables."
            raise RuleError(pointer, "missing-some-operands", message)
        names = parts[1]
    else:
        return []
    literal = (str, int, float, type(None)) if name == "var" else (str, int, float)
    if not all(isinstance(each, literal) and not isinstance(each, bool) for each in names):
        raise RuleError(
            pointer, "computed-variable", "The name of a variable must be written out, not computed."
        )
    return list(names)
