"""Which parts of a rule are to blame for each row that it refuses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rules.engine import AtomCache, Truth, truths
from rules.parts import postorder
from rules.plan import Branch, Constant, Leaf, Plan
from rules.table import Table
from rules.unknown import FALSE, NullPolicy

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Blamed:
    """A leaf of a rule, and the rows that it is to blame for."""

    leaf: Leaf | Constant
    rows: Rows


def blamed(
    plan: Plan, table: Table, null: NullPolicy, cache: AtomCache | None = None
) -> tuple[Truth, list[Blamed]]:
    """Return the truth of a rule, and the rows each of its leaves is to blame for, in the rule's order.

    A leaf is to blame where it and all that it stands in are false; where the rule is unknown, nothing is.
    These are the leaves that `explain.blame` names on one row.

    Raises:
        UnknownVariable: the rule reads a variable that is no column.
    """
    nodes = list(postorder(plan.root))
    found = truths(plan, nodes, table, null, cache)
    guilty = {id(node): np.zeros(table.rows, np.bool_) for node in nodes}
    guilty[id(plan.root)] |= True
    # in reverse, whatever a part stands in comes before it
    for node, truth in zip(reversed(nodes), reversed(found), strict=True):
        guilty[id(node)] &= truth == FALSE
        for child in node.children if isinstance(node, Branch) else ():
            guilty[id(child)] |= guilty[id(node)]
    leaves = [Blamed(node, guilty[id(node)]) for node in nodes if not isinstance(node, Branch)]
    return found[-1], leaves
