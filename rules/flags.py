"""Flags: named rules that other rules read as `{"var": "flag.NAME"}`, true or false on every row."""

import hashlib
from collections.abc import Mapping
from typing import Any

from rules.errors import FlagCycle, RuleError, UnknownFlag
from rules.semantics import LOOPS
from rules.syntax import Limits, Rule, canonical_text, parse, suggest
from rules.values import Json, operation

PREFIX = "flag."
DEEPEST = 32
EXPANDED = Limits(nodes=20_000, depth=96, text=2_000_000)


def used(rule: Rule) -> frozenset[str]:
    """Return the names of the flags a rule reads directly."""
    return frozenset(name.removeprefix(PREFIX) for name in rule.variables if name.startswith(PREFIX))


class Flags:
    """Named rules that may read each other.

    Args:
        rules: each rule by its name.

    Raises:
        UnknownFlag: one of them reads a flag that is not there.
        FlagCycle: one of them reads itself, directly or through others; the path is named.
        RuleError: they read each other through too many others.
    """

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = dict(sorted(rules.items()))
        self._closed: dict[str, frozenset[str]] = {}
        for name in self._rules:
            self._close(name, ())

    def closure(self, rule: Rule) -> frozenset[str]:
        """Return the names of all flags a rule reads, directly or through others.

        Raises:
            UnknownFlag: it reads a flag that is not there.
        """
        return frozenset().union(*({name} | self._close(name, ()) for name in sorted(used(rule))))

    def dependents(self, name: str) -> frozenset[str]:
        """Return the flags whose meaning changes with this one, itself not among them."""
        return frozenset(each for each, closed in self._closed.items() if name in closed)

    def digest(self, rule: Rule) -> str:
        """Return the SHA-256 of what a rule means: its own text and that of every flag in its closure.

        Raises:
            UnknownFlag: it reads a flag that is not there.
        """
        closure = sorted(self.closure(rule))
        if not closure:
            return rule.digest
        text = canonical_text([rule.digest, [[name, self._rules[name].digest] for name in closure]])
        return hashlib.sha256(text.encode()).hexdigest()

    def expand(self, rule: Rule) -> Rule:
        """Return the rule with every flag replaced by the rule it names, as true or false.

        Raises:
            UnknownFlag: it reads a flag that is not there.
            RuleError: the expanded rule is too large, or asks whether a flag is missing.
        """
        names = self.closure(rule)
        if not names and f'"{PREFIX}' not in rule.canonical:
            return rule
        self._refuse_growth(rule)
        expanded: dict[str, Json] = {}
        for name in sorted(names, key=lambda each: (len(self._closed[each]), each)):
            expanded[name] = _expanded(self._rules[name].ast, expanded, "")
        return parse(_expanded(rule.ast, expanded, ""), EXPANDED)

    def locate(self, rule: Rule, pointer: str) -> tuple[str, str]:
        """Return where a part of an expanded rule was written: flag ("" is the rule itself) and pointer.

        Args:
            pointer: JSON pointer into what `expand` returns for the rule.
        """
        if not self.closure(rule):
            return "", pointer
        name, here = "", ""
        node: Any = rule.ast
        tokens = iter(pointer.split("/")[1:])
        for token in tokens:
            operator, operands = operation(node)
            # expanded, every operation has a list of operands, and a flag is {"!!": [its rule]}
            index = next(tokens, "") if operator else token
            if not index:
                break
            if operator == "var" and str(operands[0]).startswith(PREFIX):
                name, here = str(operands[0]).removeprefix(PREFIX), ""
                node = self._rules[name].ast
            elif operator:
                here += f"/{token}/{index}" if isinstance(node[operator], list) else f"/{token}"
                node = operands[int(index)]
            else:
                here, node = f"{here}/{index}", node[int(index)]
        return name, here

    def _close(self, name: str, path: tuple[str, ...]) -> frozenset[str]:
        if name in path:
            raise FlagCycle((*path[path.index(name) :], name))
        if len(path) > DEEPEST:
            raise RuleError("", "too-deep", f"Flags read each other through more than {DEEPEST} others.")
        if name not in self._rules:
            raise UnknownFlag(name, suggest(name, self._rules))
        if name not in self._closed:
            reached = ({each} | self._close(each, (*path, name)) for each in sorted(used(self._rules[name])))
            self._closed[name] = frozenset().union(*reached)
        return self._closed[name]

    def _refuse_growth(self, rule: Rule) -> None:
        """Refuse a rule that would be too large, before it is built."""
        sizes: dict[str, int] = {}

        def size(each: Rule) -> int:
            return each.nodes + sum(_reads(each.ast, name) * sizes[name] for name in used(each))

        for name in sorted(self.closure(rule), key=lambda each: (len(self._closed[each]), each)):
            sizes[name] = size(self._rules[name])
        if size(rule) > EXPANDED.nodes:
            message = (
                f"With its flags written out this rule has {size(rule):,} nodes; {EXPANDED.nodes:,} is most."
            )
            raise RuleError("", "too-large", message)


def _reads(node: Json, name: str) -> int:
    """Count how often a part of a rule reads a flag."""
    if isinstance(node, list):
        return sum(_reads(each, name) for each in node)
    operator, operands = operation(node)
    if operator == "var":
        return int(operands[0] == PREFIX + name)
    return sum(_reads(each, name) for each in operands)


def _expanded(node: Json, flags: Mapping[str, Json], pointer: str) -> Json:
    if isinstance(node, list):
        return [_expanded(each, flags, f"{pointer}/{index}") for index, each in enumerate(node)]
    operator, operands = operation(node)
    if not operator:
        return node
    here = f"{pointer}/{operator}"
    if operator == "var":
        name = str(operands[0])
        return {"!!": [flags[name.removeprefix(PREFIX)]]} if name.startswith(PREFIX) else node
    if operator in ("missing", "missing_some"):
        if PREFIX in canonical_text(operands):
            raise RuleError(here, "flag-missing", "A flag is never missing; ask whether it is true instead.")
        return node
    if operator in LOOPS:
        if f'"{PREFIX}' in canonical_text(operands[1:2]):
            message = "Inside a loop a variable is part of the element; read the flag outside of it."
            raise RuleError(here, "flag-in-loop", message)
        within = [_expanded(each, flags, f"{here}/0") for each in operands[:1]]
        return {operator: [*within, *operands[1:2], *(_expanded(e, flags, here) for e in operands[2:])]}
    return {operator: [_expanded(each, flags, f"{here}/{i}") for i, each in enumerate(operands)]}
