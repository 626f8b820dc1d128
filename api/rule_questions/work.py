"""How much work a rule can be on the data of a request, refused where it is too much."""

from rules.errors import RuleError
from rules.operators import look_up
from rules.plan import Branch, Leaf, Node, Plan
from rules.values import Json, Value
from rules.work import CHARACTER, NUMBER, OPERATION, Bound, Works

#: steps an answer may take; a step is at most an eighth of a microsecond
BUDGET = 600_000
#: a trace evaluates each part twice, and the whole rule is evaluated once more
_TOLD = 3


def bound(rule: Json, data: Json) -> Bound:
    """Return what a rule is at most on data."""
    works = _Data(data)
    return works.of(rule, works.held)


def refuse_evaluation(rule: Json, data: Json) -> None:
    """Refuse a rule that could take too long on data, or give too long an answer.

    Raises:
        RuleError: it could.
    """
    found = bound(rule, data)
    _refuse(found.work + found.size)


def refuse_explanation(plan: Plan, data: Json) -> None:
    """Refuse a plan whose trace on data could take too long to tell, or be too long.

    Raises:
        RuleError: it could.
    """
    works = _Data(data)
    told: dict[int, int] = {}

    def telling(node: Node) -> int:
        # a shared part is told wherever it stands
        if id(node) not in told:
            steps = 2 * OPERATION + works.weight(node.ast) // 2
            if isinstance(node, Leaf):
                found = works.of(node.atom.ast, works.held)
                steps += _TOLD * (found.work + found.size)
            if isinstance(node, Branch):
                steps += sum(telling(child) for child in node.children)
            told[id(node)] = steps
        return told[id(node)]

    _refuse(telling(plan.root))


def _refuse(steps: int) -> None:
    if steps > BUDGET:
        message = "This rule could take too long on this data; give a shorter rule or less data."
        raise RuleError("", "too-costly", message)


class _Data(Works):
    """Bounds of the parts of rules on the same data."""

    def __init__(self, data: Json) -> None:
        super().__init__()
        self._data = data

    def held(self, name: str | None) -> Bound:
        """Return the bound of a variable of the data; None for one whose name is computed."""
        found: Value = self._data
        work = OPERATION
        for part in name.split(".") if name else ():
            work += 1
            if isinstance(found, str):
                return Bound(NUMBER, 0, work + CHARACTER * len(found))
            found = look_up(found, part)
        size = self.weight(found)
        count = size if name is None else len(found) if isinstance(found, list) else 0
        return Bound(size, count, work + (size if name is None else 0))
