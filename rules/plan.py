"""A rule as a boolean skeleton over atoms, in negation-normal form.

A node says when a row counts; negation stands only at the leaves. Every node keeps the pointer and the
source it came from, so that an explanation can name it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from rules.coercion import truthy
from rules.errors import RuleError
from rules.semantics import LOOPS, Compiled, compile_rule
from rules.syntax import Rule, canonical_text
from rules.unknown import Guard, guards
from rules.values import Json, child_pointers, is_operation, operation

_UNFOLDED = 20_000
#: how deep conditions may stand inside each other, those of one `if` counted one after the other
_DEEPEST = 120
_BOOLEAN = frozenset(["==", "===", "!=", "!==", "<", "<=", ">", ">=", "!", "!!", "in", "all", "none", "some"])
_EQUALITY = {"==": False, "===": False, "!=": True, "!==": True}


@dataclass(frozen=True)
class Atom:
    """A part of a rule evaluated as a whole, once however often it stands in the rule.

    Args:
        guards: for each variable, how the atom takes it being null or missing.
        loops: a loop is part of it.
    """

    ast: Json = field(compare=False, repr=False)
    canonical: str
    variables: tuple[str, ...]
    guards: tuple[Guard, ...]
    loops: bool
    evaluate: Compiled = field(compare=False, repr=False)


@dataclass(frozen=True, eq=False)
class Leaf:
    """One atom, or its negation."""

    atom: Atom
    negated: bool
    pointer: str
    ast: Json = field(repr=False)


@dataclass(frozen=True, eq=False)
class Constant:
    """A part that does not depend on the data."""

    value: bool
    negated: bool
    pointer: str
    ast: Json = field(repr=False)


@dataclass(frozen=True, eq=False)
class Branch:
    """All of the children (`and`) or any of them (`or`).

    Args:
        choice: this is an `if`: condition and result, or its negation and the other result. Where the
            condition is open, it has the value on which both results agree.
    """

    op: str
    children: tuple["Node", ...]
    negated: bool
    pointer: str
    ast: Json = field(repr=False)
    choice: bool = False

    @property
    def results(self) -> tuple["Node", ...]:
        """Return what a choice can give; nothing for any other branch."""
        inner = [child for child in self.children if self.choice and isinstance(child, Branch)]
        return tuple(child.children[1] for child in inner)


Node: TypeAlias = Leaf | Constant | Branch


@dataclass(frozen=True, eq=False)
class Plan:
    """A rule ready for evaluation.

    Args:
        clauses: the top-level conjuncts, in the order of the rule; a flag among them is opened.
        parts: the top-level conjuncts as the rule was written: a flag among them is one part.
    """

    rule: Rule
    root: Node
    atoms: tuple[Atom, ...]
    clauses: tuple[Node, ...]
    parts: tuple[Node, ...]


def build(rule: Rule) -> Plan:
    """Split a rule into its boolean skeleton and its atoms.

    Raises:
        RuleError: conditions inside conditions unfold into too many nodes.
    """
    builder = _Builder()
    root = builder.node(rule.ast, "", negated=False)
    _refuse_unfolding(root)
    parts = () if isinstance(root, Constant) and root.value else tuple(_written(root, ""))
    return Plan(rule, root, tuple(builder.atoms.values()), tuple(_conjuncts(root)), parts)


def _conjuncts(node: Node) -> list[Node]:
    if isinstance(node, Branch) and node.op == "and":
        return [each for child in node.children for each in _conjuncts(child)]
    return [] if isinstance(node, Constant) and node.value else [node]


def _written(node: Node, pointer: str) -> list[Node]:
    """Return the conjuncts of an `and` that stands at this place itself, not inside another operation."""
    if not (isinstance(node, Branch) and isinstance(node.ast, dict)):
        return [node]
    if node.op != "and" or node.negated or node.pointer != pointer:
        return [node]
    places = child_pointers(node.ast, pointer)
    return [each for child, place in zip(node.children, places, strict=True) for each in _written(child, place)]


def _refuse_unfolding(root: Node) -> None:
    sizes: dict[int, int] = {}

    def size(node: Node) -> int:
        if not isinstance(node, Branch):
            return 1
        if id(node) not in sizes:
            sizes[id(node)] = 1 + sum(size(child) for child in node.children)
        return sizes[id(node)]

    if size(root) > _UNFOLDED:
        raise RuleError("", "too-large", "Conditions inside conditions make this rule too large to explain.")


def _is_boolean(node: Json) -> bool:
    """Tell whether a part always gives true or false, and nothing that only counts as such."""
    operator, operands = operation(node)
    if operator in ("and", "or"):
        return bool(operands) and all(_is_boolean(each) for each in operands)
    if operator in ("if", "?:"):
        return len(operands) % 2 == 1 and all(_is_boolean(each) for each in [*operands[1::2], operands[-1]])
    return isinstance(node, bool) or operator in _BOOLEAN


@lru_cache(maxsize=4096)
def _atom(canonical: str) -> Atom:
    """Compile an atom; a rule whose threshold moves compiles that one anew."""
    ast = json.loads(canonical)
    found = guards(ast)
    names = tuple(sorted(found))
    is_looping = any(f'"{name}":' in canonical for name in LOOPS)
    return Atom(ast, canonical, names, tuple(found[name] for name in names), is_looping, compile_rule(ast))


class _Builder:
    """Builds nodes, sharing equal ones: a condition used twice is one node."""

    def __init__(self) -> None:
        self.atoms: dict[str, Atom] = {}
        self._built: dict[tuple[str, bool], Node] = {}
        self._depth = 0

    def node(self, ast: Json, pointer: str, *, negated: bool) -> Node:
        key = (pointer, negated)
        if key not in self._built:
            with self._deeper(pointer):
                self._built[key] = self._node(ast, pointer, negated=negated)
        return self._built[key]

    @contextmanager
    def _deeper(self, pointer: str) -> Iterator[None]:
        """Go one condition deeper; refuse what no explanation could follow."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RuleError(pointer, "too-deep", f"More than {_DEEPEST} conditions stand inside each other.")
        yield
        self._depth -= 1

    def _node(self, ast: Json, pointer: str, *, negated: bool) -> Node:
        if not isinstance(ast, dict) or not is_operation(ast):
            return Constant(truthy(ast) is not negated, negated, pointer, ast)
        operator, operands = operation(ast)
        inner = list(zip(operands, child_pointers(ast, pointer), strict=True))
        if operator in ("and", "or") and inner:
            op = operator if not negated else "or" if operator == "and" else "and"
            children = tuple(self.node(*each, negated=negated) for each in inner)
            return Branch(op, children, negated, pointer, ast)
        if operator in ("!", "!!") and inner:
            return self.node(*inner[0], negated=negated is not (operator == "!"))
        if operator in ("if", "?:"):
            return self._choice(ast, inner, pointer, negated=negated)
        unwrapped = self._unwrapped(operator, inner, negated=negated)
        return unwrapped or self._leaf(ast, pointer, negated=negated)

    def _unwrapped(self, operator: str, inner: list[tuple[Any, str]], *, negated: bool) -> Node | None:
        """Return the boolean part of a comparison between it and true or false."""
        if operator not in _EQUALITY or len(inner) != 2:
            return None
        for part, other in (inner, inner[::-1]):
            if isinstance(other[0], bool) and is_operation(part[0]) and _is_boolean(part[0]):
                flipped = _EQUALITY[operator] is other[0]
                return self.node(*part, negated=negated is not flipped)
        return None

    def _choice(self, ast: Json, inner: list[tuple[Any, str]], pointer: str, *, negated: bool) -> Node:
        if not inner:
            return Constant(negated, negated, pointer, ast)
        if len(inner) == 1:
            return self.node(*inner[0], negated=negated)
        condition, then, rest = inner[0], inner[1], inner[2:]
        taken = (self.node(*condition, negated=False), self.node(*then, negated=negated))
        with self._deeper(pointer):
            otherwise = self._choice(ast, rest, pointer, negated=negated)
        passed = (self.node(*condition, negated=True), otherwise)
        branches = (Branch("and", taken, negated, then[1], ast), Branch("and", passed, negated, pointer, ast))
        return Branch("or", branches, negated, pointer, ast, choice=True)

    def _leaf(self, ast: Json, pointer: str, *, negated: bool) -> Node:
        canonical = canonical_text(ast)
        if canonical not in self.atoms:
            self.atoms[canonical] = _atom(canonical)
        return Leaf(self.atoms[canonical], negated, pointer, ast)
