"""Decision lists: of several rules the strongest that holds gives each row its value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rules.engine import AtomCache, Truth, truth
from rules.plan import Plan
from rules.table import Table
from rules.unknown import TRUE, UNKNOWN, NullPolicy

NO_VALUE = "NO VALUE FOUND"
OPEN = "UNKNOWN"


@dataclass(frozen=True)
class Choice:
    """One line of a decision list.

    Args:
        value: what a row gets when the rule holds there.
        priority: its own; a smaller number is stronger, and of equals the one listed first.
        enabled: whether the line is evaluated at all.
        null: what a missing bit counts as in this line; None for what the list says.
    """

    value: str
    plan: Plan
    priority: int
    enabled: bool = True
    null: NullPolicy | None = None


@dataclass(frozen=True, eq=False)
class Decisions:
    """What a decision list gives each row.

    Args:
        values: the distinct values; `NO_VALUE` where no line holds, `OPEN` where missing data decides.
        codes: one per row; row i holds `values[codes[i]]`.
        deciders: one per row, the place in the list of the line that decided, -1 where none did.
    """

    values: tuple[str, ...]
    codes: NDArray[np.int32]
    deciders: NDArray[np.int32]

    def __getitem__(self, row: int) -> str:
        """Return the value of one row."""
        return self.values[int(self.codes[row])]


def decide(
    choices: Sequence[Choice], table: Table, null: NullPolicy, cache: AtomCache | None = None
) -> Decisions:
    """Evaluate a decision list over a table.

    A line left open by missing data leaves the row open, unless what would follow gives the same value.

    Raises:
        UnknownVariable: an enabled line reads a variable that is no column.
        TooManyCombinations: a clause over several columns is too expensive.
    """
    values = tuple(dict.fromkeys((NO_VALUE, OPEN, *(choice.value for choice in choices))))
    kept = AtomCache() if cache is None else cache
    codes = np.zeros(table.rows, np.int32)
    deciders = np.full(table.rows, -1, np.int32)
    enabled = [place for place, choice in enumerate(choices) if choice.enabled]
    for place in sorted(enabled, key=lambda place: (choices[place].priority, place), reverse=True):
        choice = choices[place]
        said = truth(choice.plan, table, choice.null or null, kept)
        _lay_over(codes, deciders, said, values.index(choice.value), place)
    return Decisions(values, codes, deciders)


def _lay_over(
    codes: NDArray[np.int32], deciders: NDArray[np.int32], said: Truth, code: int, place: int
) -> None:
    """Lay a stronger line over what the weaker ones gave, in place."""
    left_open = said == UNKNOWN
    if left_open.any():
        left_open &= codes != code
        np.copyto(codes, 1, where=left_open)
        np.copyto(deciders, -1, where=left_open)
    holds = said == TRUE
    np.copyto(codes, code, where=holds)
    np.copyto(deciders, place, where=holds)
