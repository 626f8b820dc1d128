"""What is known of a rule's truth before it meets data: parts that always or never hold.

Each variable is tried with its witnesses, and with null where it can be null. Only parts that read one variable
are judged, and what follows from them; nothing is said of any other.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rules.coercion import truthy
from rules.findings import Notes
from rules.flags import PREFIX
from rules.parts import is_costly, leaves, postorder
from rules.plan import Branch, Constant, Leaf, Node, Plan
from rules.schema import Schema, Variable
from rules.unknown import NullPolicy, is_open
from rules.values import MISSING, Json, Row, child_pointers, operation
from rules.witnesses import constants, judged, steps, tried, witnesses

#: evaluations a rule may cost; a variable that would need more is not judged
BUDGET = 20_000

#: for each witness of one variable, whether a part holds
Holds: TypeAlias = NDArray[np.bool_]
_SAID = {True: ("always-true", "always holds"), False: ("always-false", "can never hold")}


def judge(plan: Plan, schema: Schema, notes: Notes, null: NullPolicy) -> None:
    """Note parts that always or never hold, that contradict each other, or that say nothing new."""
    judgement = Judgement(plan, schema, null)
    for name in judgement.left_out:
        message = f"{name} is compared too often to tell whether that can always or never hold."
        notes.add("info", "not-judged", "", message)
    verdict = judgement.verdict(plan.root)
    if verdict is not None:
        code, said = _SAID[verdict]
        why = "it reads no data" if isinstance(plan.root, Constant) else "whatever the data"
        notes.add("error", code, "", f"This rule {said}, {why}.")
    _parts(judgement, plan.root, notes)


class Judgement:
    """Truth of the parts of a plan over the witnesses of one variable each.

    Args:
        null: what null counts as. Unless it is what JsonLogic says, a part may hold there or not.
    """

    def __init__(self, plan: Plan, schema: Schema, null: NullPolicy) -> None:
        self.steps = 0
        self.left_out: list[str] = []
        self._null = null
        self._schema = schema
        self._witnesses = self._affordable(plan)
        self._held: dict[int, tuple[str, Holds] | None] = {}
        self._verdicts: dict[int, bool | None] = {}
        for node in postorder(plan.root):
            self._held[id(node)] = self._leaf(node) if isinstance(node, Leaf) else self._branch(node)
            self._verdicts[id(node)] = self._verdict(node)

    def holds(self, node: Node) -> tuple[str, Holds] | None:
        """Return the variable of a part that reads one, and where the part holds; None for any other part."""
        return self._held[id(node)]

    def verdict(self, node: Node) -> bool | None:
        """Return True for a part that always holds, False for one that never does."""
        return self._verdicts[id(node)]

    def _affordable(self, plan: Plan) -> dict[str, list[Json]]:
        together: dict[str, dict[str, Leaf]] = defaultdict(dict)
        for leaf in leaves(plan.root):
            if (variable := judged(leaf.atom, self._schema)) is not None:
                together[variable.path][leaf.atom.canonical] = leaf
        kept: dict[str, list[Json]] = {}
        for path, found in together.items():
            atoms = [leaf.atom for leaf in found.values()]
            variable = self._schema.get(path)
            values = (
                witnesses(variable, [each for atom in atoms for each in constants(atom)]) if variable else []
            )
            needed = 2 * sum(steps(atom, len(values)) for atom in atoms)
            if self.steps + needed > BUDGET:
                self.left_out.append(path)
            elif values:
                self.steps += needed
                kept[path] = values
        return kept

    def _leaf(self, leaf: Leaf) -> tuple[str, Holds] | None:
        variable = judged(leaf.atom, self._schema)
        if variable is None or variable.path not in self._witnesses:
            return None
        held = tried(leaf.atom, variable.path, self._witnesses[variable.path]) != leaf.negated
        return variable.path, np.concatenate([self._at_null(leaf, variable), held])

    def _at_null(self, leaf: Leaf, variable: Variable) -> Holds:
        """Return whether a leaf holds at null and where nothing is there, twice each.

        Where the answer is left open, it may hold and it may not.
        """
        judging = self._null is not NullPolicy.BAD
        # what a flag reads may be null; it then leaves open what it leaves open
        if not variable.nullable and not (judging and variable.path.startswith(PREFIX)):
            return np.empty(0, np.bool_)
        found: list[bool] = []
        for absent in (None, MISSING):
            said = truthy(leaf.atom.evaluate(Row({variable.path: absent}))) is not leaf.negated
            is_left_open = judging and is_open(absent, leaf.atom.guards[0])
            found.extend((True, False) if is_left_open else (said, said))
        return np.array(found, np.bool_)

    def _branch(self, node: Node) -> tuple[str, Holds] | None:
        """Join the children of a branch that reads one variable only."""
        if not isinstance(node, Branch):
            return None
        varying = [child for child in node.children if not isinstance(child, Constant)]
        found = [each for each in map(self.holds, varying) if each is not None]
        if len(found) < len(varying) or len({name for name, _ in found}) != 1:
            return None
        join = np.logical_and if node.op == "and" else np.logical_or
        settled = any(
            isinstance(child, Constant) and child.value is not (node.op == "and") for child in node.children
        )
        held = [each for _, each in found]
        return found[0][0], np.full(len(held[0]), node.op != "and") if settled else join.reduce(held)

    def _verdict(self, node: Node) -> bool | None:
        if isinstance(node, Constant):
            return node.value
        found = self.holds(node)
        if found is not None:
            return True if found[1].all() else None if found[1].any() else False
        if isinstance(node, Leaf):
            if node.atom.variables or is_costly(node.ast):
                return None
            return truthy(node.atom.evaluate(Row({}))) is not node.negated
        settling = node.op != "and"
        verdicts = [self.verdict(child) for child in node.children]
        if settling in verdicts or self._settled(node, settling=settling):
            return settling
        return not settling if all(each is (not settling) for each in verdicts) else None

    def _settled(self, node: Branch, *, settling: bool) -> bool:
        """Tell whether the parts on one variable exclude each other, or leave no value out."""
        together: dict[str, Holds] = {}
        for child in _joined(node):
            found = self.holds(child)
            if found is not None:
                name, holds = found
                holds = holds if settling else ~holds
                together[name] = together[name] | holds if name in together else holds
        return any(covered.all() for covered in together.values())


def _joined(node: Branch) -> Iterator[Node]:
    """Yield what a branch joins, through branches inside it that join in the same way."""
    for child in node.children:
        if isinstance(child, Branch) and child.op == node.op and not child.choice:
            yield from _joined(child)
        else:
            yield child


def _parts(judgement: Judgement, root: Node, notes: Notes) -> None:
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Branch) and not node.choice:
            _together(judgement, node, notes)
        verdict = None if isinstance(node, Constant) or node is root else judgement.verdict(node)
        if verdict is None and isinstance(node, Branch):
            waiting.extend(each for _, each in _written(node))
        if verdict is not None and not notes.is_wrong(node.pointer):
            code, said = _SAID[verdict is not node.negated]
            notes.add("warning", code, node.pointer, f"This part {said}, whatever the data.")


def _written(node: Branch) -> Iterator[tuple[str, Node]]:
    """Yield the operands of a branch as they stand in the rule, with their places.

    Those of an `and` inside an `and` are its own. Of a choice they are its conditions and results.
    """
    if node.choice:
        for each in (each for child in node.children if isinstance(child, Branch) for each in child.children):
            further = isinstance(each, Branch) and each.choice and each.pointer == node.pointer
            yield from _written(each) if isinstance(each, Branch) and further else [(each.pointer, each)]
        return
    pointers = child_pointers(node.ast, node.pointer) if isinstance(node.ast, dict) else []
    for pointer, child in zip(pointers, node.children, strict=True):
        same = isinstance(child, Branch) and not child.choice and child.pointer == pointer
        if isinstance(child, Branch) and same and operation(child.ast)[0] == operation(node.ast)[0]:
            yield from _written(child)
        else:
            yield pointer, child


def _together(judgement: Judgement, node: Branch, notes: Notes) -> None:
    """Note the operand with which an `and` becomes impossible, and operands of which others leave nothing."""
    together: dict[str, list[tuple[str, Holds]]] = defaultdict(list)
    for pointer, child in _written(node):
        found = judgement.holds(child)
        if found is not None:
            # what is written inside a negation holds where its negation does not
            holds = found[1] != node.negated
            if holds.any() and not holds.all():
                together[found[0]].append((pointer, holds))
    joins_all = operation(node.ast)[0] == "and"
    for name, parts in together.items():
        if joins_all and _contradiction(name, parts, notes):
            continue
        said = (
            f"What else is asked of {name} implies this."
            if joins_all
            else f"What else is said of {name} covers this."
        )
        for pointer in _redundant([(pointer, holds == joins_all) for pointer, holds in parts]):
            notes.add("info", "redundant", pointer, said)


def _contradiction(name: str, parts: Sequence[tuple[str, Holds]], notes: Notes) -> bool:
    left = np.ones(len(parts[0][1]), np.bool_)
    for pointer, holds in parts:
        left &= holds
        if not left.any():
            message = f"No {name} fulfils this and what stands before it."
            notes.add("error", "contradiction", pointer, message)
            return True
    return False


def _redundant(parts: Sequence[tuple[str, Holds]]) -> list[str]:
    """Return the places of parts that exclude nothing alone; without all of them the rest says the same."""
    excluded_by = np.add.reduce([~holds for _, holds in parts], dtype=np.int64)
    found: list[str] = []
    for pointer, holds in reversed(parts):
        if (excluded_by[~holds] > 1).all():
            found.append(pointer)
            excluded_by = excluded_by - ~holds
    return found
