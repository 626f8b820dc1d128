"""What is known of a rule's truth before it meets data: parts that always or never hold.

Each variable is tried with witnesses: every value of a boolean or a choice; of a number the constants it is
compared with, what lies beside and between them, and its limits; of a text the constants, the empty one and
one nobody wrote; null where it can be. Only plain comparisons of one variable with constants of its own kind
are judged, for which these witnesses are all there is to try.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rules.coercion import truthy
from rules.findings import Notes
from rules.plan import Branch, Constant, Leaf, Node, Plan
from rules.schema import Schema, Variable
from rules.typed_walk import EQUALITY, ORDER
from rules.unknown import Guard, NullPolicy
from rules.values import Json, Row, operation

#: evaluations a rule may cost; a variable that would need more is not judged
BUDGET = 20_000
_KINDS: dict[str, tuple[type, ...]] = {"number": (int, float), "text": (str,)}
_UNLIKELY = "\u2042 nobody wrote this"

#: for each witness of one variable, whether a part holds
Holds: TypeAlias = NDArray[np.bool_]


def judge(plan: Plan, schema: Schema, notes: Notes, null: NullPolicy) -> None:
    """Note parts that always or never hold, contradict each other, say nothing new, or let null pass."""
    judged = _Judge(plan, schema)
    if null is not NullPolicy.UNKNOWN:
        for leaf in _leaves(plan.root):
            _null(leaf, schema, notes)
    verdict = judged.verdict(plan.root)
    if verdict is not None and not isinstance(plan.root, Constant):
        code, said = ("always-true", "always holds") if verdict else ("always-false", "can never hold")
        notes.add("error", code, "", f"This rule {said}, whatever the data.")
    elif isinstance(plan.root, Constant):
        said = "true" if plan.root.value else "false"
        notes.add("error", f"always-{said}", "", f"This rule is always {said}: it reads no data.")
    _parts(judged, plan.root, notes)


def _parts(judged: "_Judge", root: Node, notes: Notes) -> None:
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Constant):
            continue
        verdict = judged.verdict(node)
        if isinstance(node, Branch):
            if node.op == "and":
                _conjunction(judged, node, notes)
            if verdict is None or node is root:
                waiting.extend(_inside(node))
                continue
        if verdict is not None and node is not root and not notes.is_wrong(node.pointer):
            code, said = ("always-true", "always holds") if verdict else ("always-false", "can never hold")
            notes.add("warning", code, node.pointer, f"This part {said}, whatever the data.")


def _inside(node: Branch) -> Iterator[Node]:
    """Yield the parts of a branch; of a choice its conditions and results, which may well be constant."""
    for child in node.children:
        if node.choice and isinstance(child, Branch):
            yield from (each for each in child.children if not isinstance(each, Constant))
        else:
            yield child


def _conjunction(judged: "_Judge", node: Branch, notes: Notes) -> None:
    """Note the conjunct with which a conjunction becomes impossible, and those that others imply."""
    together: dict[str, list[tuple[Node, Holds]]] = defaultdict(list)
    for child in node.children:
        found = judged.holds(child)
        if found is not None and found[1].any() and not found[1].all():
            together[found[0]].append((child, found[1]))
    for name, parts in together.items():
        so_far = np.ones(len(parts[0][1]), np.bool_)
        for place, (child, holds) in enumerate(parts):
            if not (so_far & holds).any():
                message = f"No {name} fulfils this and what stands before it."
                notes.add("error", "contradiction", child.pointer, message)
                break
            others = [each for index, (_, each) in enumerate(parts) if index != place]
            if others and _all(others)[~holds].sum() == 0 and not (place and (so_far & ~holds).any()):
                notes.add("info", "redundant", child.pointer, f"What else is asked of {name} implies this.")
            so_far &= holds


def _all(parts: Sequence[Holds]) -> Holds:
    return np.array(np.logical_and.reduce(parts), np.bool_)


def _null(leaf: Leaf, schema: Schema, notes: Notes) -> None:
    """Note a part that lets pass, or fails without a word, where its only variable is null."""
    atom = leaf.atom
    if len(atom.variables) != 1 or notes.is_wrong(leaf.pointer):
        return
    variable = schema.get(atom.variables[0])
    if variable is None or not variable.nullable or atom.guards[0] is not Guard.NONE:
        return
    if truthy(atom.evaluate(Row({variable.path: None}))) is not leaf.negated:
        if operation(atom.ast)[0] == "in":
            message = f"Nothing is in null: this holds where {variable.path} is not known."
            notes.add("info", "null-contains-nothing", leaf.pointer, message)
            return
        message = f"This holds where {variable.path} is null or missing."
        notes.add("warning", "null-passes", leaf.pointer, message)
    elif variable.kind == "boolean" and _asks_false(leaf):
        message = f"Null is not false: this fails where {variable.path} is not known."
        notes.add("info", "null-not-false", leaf.pointer, message)


def _asks_false(leaf: Leaf) -> bool:
    operator, operands = operation(leaf.atom.ast)
    return operator in ("==", "===") and not leaf.negated and any(each is False for each in operands)


class _Judge:
    """Truth of parts over the witnesses of one variable."""

    def __init__(self, plan: Plan, schema: Schema) -> None:
        leaves = list(_leaves(plan.root))
        constants: dict[str, list[Json]] = defaultdict(list)
        counts: dict[str, int] = defaultdict(int)
        for leaf in leaves:
            if (name := _plain(leaf, schema)) is not None:
                constants[name].extend(_constants(leaf.atom.ast))
                counts[name] += 1
        self._witnesses: dict[str, list[Row]] = {}
        left = BUDGET
        for name, found in constants.items():
            variable = schema.get(name)
            witnesses = _domain(variable, found) if variable else []
            left -= len(witnesses) * (counts[name] + len(found))
            if left >= 0:
                self._witnesses[name] = [Row({name: value}) for value in witnesses]
        self._schema = schema
        self._held: dict[int, tuple[str, Holds] | None] = {}
        self._verdicts: dict[int, bool | None] = {}
        for node in _postorder(plan.root):
            self._held[id(node)] = self._leaf(node) if isinstance(node, Leaf) else self._branch(node)
            self._verdicts[id(node)] = self._verdict(node)

    def holds(self, node: Node) -> tuple[str, Holds] | None:
        """Return where a part on one variable holds; None for any other part."""
        return self._held[id(node)]

    def verdict(self, node: Node) -> bool | None:
        """Return True for a part that always holds, False for one that never does."""
        return self._verdicts[id(node)]

    def _leaf(self, leaf: Leaf) -> tuple[str, Holds] | None:
        name = _plain(leaf, self._schema)
        if name is None or name not in self._witnesses:
            return None
        said = [truthy(leaf.atom.evaluate(row)) for row in self._witnesses[name]]
        return name, np.array(said, np.bool_) != leaf.negated

    def _branch(self, node: Node) -> tuple[str, Holds] | None:
        if not isinstance(node, Branch):
            return None
        found = [self.holds(child) for child in node.children]
        known = [each for each in found if each is not None]
        if len(known) < len(found) or len({name for name, _ in known}) != 1:
            return None
        join = np.logical_and if node.op == "and" else np.logical_or
        return known[0][0], join.reduce([each for _, each in known])

    def _verdict(self, node: Node) -> bool | None:
        if isinstance(node, Constant):
            return node.value
        found = self.holds(node)
        if found is not None:
            return True if found[1].all() else None if found[1].any() else False
        if isinstance(node, Leaf):
            constant = not node.atom.variables
            return truthy(node.atom.evaluate(Row({}))) is not node.negated if constant else None
        settling = node.op != "and"
        verdicts = [self.verdict(child) for child in node.children]
        if settling in verdicts or self._settled(node, settling=settling):
            return settling
        return not settling if all(each is (not settling) for each in verdicts) else None

    def _settled(self, node: Branch, *, settling: bool) -> bool:
        """Tell whether the parts on one variable exclude each other, or leave no value out."""
        together: dict[str, Holds] = {}
        for child in node.children:
            found = self.holds(child)
            if found is not None:
                name, holds = found
                holds = holds if settling else ~holds
                together[name] = together[name] | holds if name in together else holds
        return any(covered.all() for covered in together.values())


def _postorder(root: Node) -> Iterator[Node]:
    """Yield every part once, children first, however deep they are nested."""
    seen: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, ready = waiting.pop()
        if ready:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            if isinstance(node, Branch):
                waiting.extend((child, False) for child in node.children)


def _leaves(node: Node) -> Iterator[Leaf]:
    seen: set[int] = set()
    waiting: list[Node] = [node]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Leaf):
            yield each
        elif isinstance(each, Branch):
            waiting.extend(reversed(each.children))


def _plain(leaf: Leaf, schema: Schema) -> str | None:
    """Return the variable of a plain comparison with constants, None for anything else."""
    operator, operands = operation(leaf.atom.ast)
    variables = [each for each in operands if operation(each)[0] == "var"]
    if operator == "var":
        variables = [leaf.atom.ast]
    elif operator not in EQUALITY | ORDER | {"in"} or len(operands) not in (2, 3):
        return None
    if len(variables) != 1 or len(operation(variables[0])[1]) != 1:
        return None
    name = str(operation(variables[0])[1][0])
    variable = schema.get(name)
    if variable is None or variable.kind == "list" or (operator in ORDER and variable.kind != "number"):
        return None
    if operator == "in" and not isinstance(operands[1], list):
        return None
    kinds = _KINDS.get(variable.kind, (object,))
    constants = _constants(leaf.atom.ast) if operator != "var" else []
    return name if all(each is None or isinstance(each, kinds) for each in constants) else None


def _constants(ast: Json) -> list[Json]:
    """Return what a comparison compares its variable with; a part that is no constant stays as it is."""
    _, operands = operation(ast)
    found = [each for each in operands if operation(each)[0] != "var"]
    return [one for each in found for one in (each if isinstance(each, list) else [each])]


def _domain(variable: Variable, constants: Sequence[Json]) -> list[Json]:
    """Return the witnesses of a variable that is compared with some constants."""
    nulls: list[Json] = [None] if variable.nullable else []
    if variable.kind == "boolean":
        return [*nulls, False, True]
    if variable.kind == "choice":
        return [*nulls, *variable.values]
    if variable.kind == "number":
        return [*nulls, *_numbers(variable, constants)]
    texts = [each for each in constants if isinstance(each, str)]
    return [*nulls, *dict.fromkeys([*texts, "", _UNLIKELY])]


def _numbers(variable: Variable, constants: Sequence[Json]) -> list[Json]:
    numbers = {0.0, *(float(e) for e in constants if isinstance(e, int | float))}
    numbers |= {float(e) for e in (variable.lowest, variable.highest) if e is not None}
    inner = sorted(numbers)
    between = [(a + b) / 2 for a, b in zip(inner, inner[1:], strict=False)]
    every = sorted({*inner, *between, inner[0] - 1.0, inner[-1] + 1.0, 1.0})
    low = -np.inf if variable.lowest is None else variable.lowest
    high = np.inf if variable.highest is None else variable.highest
    return [int(each) if each.is_integer() else each for each in every if low <= each <= high]
