"""Why a rule says what it says: clauses in words, a trace of one row, and the leaves to blame."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from rules.engine import leaf_truth
from rules.plan import Branch, Constant, Leaf, Node, Plan, build
from rules.syntax import Rule
from rules.table import Table, require
from rules.unknown import FALSE, TRUE, UNKNOWN, NullPolicy
from rules.values import MISSING, Row, Value
from rules.wording import say


@dataclass(frozen=True)
class Clause:
    """A top-level conjunct of a rule: its JSON pointer and its words."""

    pointer: str
    text: str


@dataclass(frozen=True)
class Trace:
    """What one part of a rule says about one row.

    Args:
        op: `and`, `or`, `atom` or `constant`; negation is already inside the text.
        value: what JsonLogic gives for an atom, before negation; MISSING for branches.
        truth: 0 false, 1 unknown, 2 true, after negation.
        inputs: the variables an atom reads, with what they hold.
    """

    pointer: str
    op: str
    text: str
    value: Value
    truth: int
    negated: bool = False
    children: tuple["Trace", ...] = ()
    inputs: Mapping[str, Value] = field(default_factory=dict)

    @property
    def claim(self) -> bool | None:
        """Return the truth in JSON's words; None where it is unknown."""
        return {FALSE: False, UNKNOWN: None, TRUE: True}[self.truth]


def clause(node: Node) -> Clause:
    """Return a node of a plan as pointer and words."""
    if isinstance(node, Branch | Leaf) or not isinstance(node.ast, bool):
        return Clause(node.pointer, say(node.ast, negated=node.negated))
    return Clause(node.pointer, "true" if node.value else "false")


def clauses(rule: Rule) -> tuple[Clause, ...]:
    """Return the top-level conjuncts of a rule, in its order."""
    return tuple(clause(node) for node in build(rule).clauses)


def explain(plan: Plan, values: Mapping[str, Value], null: NullPolicy, *, bits: Collection[str]) -> Trace:
    """Trace a rule on one row.

    Args:
        values: what each variable holds, by its whole path; MISSING for one that is not there.
        bits: the variables that are true/false facts with a null policy.

    Raises:
        UnknownVariable: the rule reads a variable that is not among the values.
    """
    require(plan.rule.variables, values)
    return _trace(plan.root, Row(values), bits, null)


def explain_row(plan: Plan, table: Table, row: int, null: NullPolicy) -> Trace:
    """Trace a rule on one row of a table.

    Raises:
        UnknownVariable: the rule reads a variable that is no column.
    """
    table.require(plan.rule.variables)
    return _trace(plan.root, table.row(row, plan.rule.variables), table.bits, null)


def _trace(node: Node, row: Row, bits: Collection[str], null: NullPolicy) -> Trace:
    named = clause(node)
    if isinstance(node, Constant):
        truth = TRUE if node.value else FALSE
        return Trace(node.pointer, "constant", named.text, node.ast, truth, node.negated)
    if isinstance(node, Leaf):
        inputs = {name: row[name] for name in node.atom.variables}
        value = node.atom.evaluate(row)
        truth = leaf_truth(node, row, bits, null)
        return Trace(node.pointer, "atom", named.text, value, truth, node.negated, inputs=inputs)
    children = tuple(_trace(child, row, bits, null) for child in node.children)
    if node.choice:
        children = _agreed(node, children)
    found = (min if node.op == "and" else max)(child.truth for child in children)
    return Trace(node.pointer, node.op, named.text, MISSING, found, node.negated, children)


def _agreed(node: Branch, children: tuple[Trace, ...]) -> tuple[Trace, ...]:
    """Add both results of a choice where they hold although its condition is open."""
    results = tuple(child.children[1] for child in children)
    held = any(child.truth == TRUE for child in children)
    if held or any(result.truth != TRUE for result in results):
        return children
    both = Trace(node.pointer, "and", clause(node).text, MISSING, TRUE, node.negated, results)
    return (*children, both)


def blame(trace: Trace) -> tuple[Trace, ...]:
    """Return the leaves that decide: they alone force the answer, and none can be left out of a reason.

    A failed `and` is decided by those of its parts that failed, a true `or` by those that hold; a true
    `and` and a failed `or` by all their parts.
    """
    return tuple(_decisive(trace))


def _decisive(trace: Trace) -> Iterator[Trace]:
    if not trace.children:
        yield trace
    for child in trace.children:
        if child.truth == trace.truth:
            yield from _decisive(child)
