"""Evaluating a plan over a table: each atom once per distinct value, then arrays of 0, 1 and 2."""

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rules.coercion import truthy
from rules.errors import TooManyCombinations, TooMuchWork
from rules.numeric import compared, is_number, is_plain, listed
from rules.plan import Atom, Constant, Leaf, Node, Plan
from rules.table import Column, Table
from rules.unknown import FALSE, TRUE, NullPolicy, is_open, openness
from rules.values import Row, operation
from rules.work import Bound, Works

MAX_COMBINATIONS = 200_000
#: steps that the evaluation of one plan may take, over all its atoms and their values
MAX_WORK = 2_000_000
#: steps of an atom that does not loop: so many to begin, and one for so many characters of it
_BEGIN, _CHARACTERS = 8, 4
_DENSE = 1 << 16
#: from so many values on it pays to look for a shortcut
_MANY, _FEW = 64, 4
_WIDE = 1 << 62

Truth: TypeAlias = NDArray[np.uint8]
_AS_IS = np.array([0, 1, 2, 2], np.uint8)
_NEGATED = np.array([2, 1, 0, 2], np.uint8)

__all__ = [
    "MAX_COMBINATIONS",
    "AtomCache",
    "NullPolicy",
    "Truth",
    "atom_state",
    "leaf_truth",
    "truth",
    "truths",
]


class AtomCache:
    """Truth of atoms over one table, kept between rules; forgets when it meets another table."""

    def __init__(self) -> None:
        self._table: Table | None = None
        self._kept: dict[tuple[str, bool, NullPolicy], Truth] = {}

    def entries(self, table: Table) -> dict[tuple[str, bool, NullPolicy], Truth]:
        """Return what is kept for a table, by canonical atom, negation and policy."""
        if self._table is not table:
            self._table, self._kept = table, {}
        return self._kept

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def nbytes(self) -> int:
        """Return the memory the kept arrays use."""
        return sum(kept.nbytes for kept in self._kept.values())


def truth(plan: Plan, table: Table, null: NullPolicy, cache: AtomCache | None = None) -> Truth:
    """Return for each row whether the rule selects it: 0 no, 1 unknown, 2 yes.

    Raises:
        UnknownVariable: the rule reads a variable that is no column.
        TooManyCombinations: an atom over several columns is too expensive.
        TooMuchWork: an atom with loops is too expensive on so many values.
    """
    return truths(plan, [plan.root], table, null, cache)[0]


def truths(
    plan: Plan, nodes: Sequence[Node], table: Table, null: NullPolicy, cache: AtomCache | None = None
) -> list[Truth]:
    """Return the truth of several nodes of one plan, as `truth` does for its root."""
    table.require(plan.rule.variables)
    evaluation = _Evaluation(table, null, AtomCache() if cache is None else cache)
    return [evaluation.node(node).copy() for node in nodes]


def atom_state(atom: Atom, row: Row, bits: Collection[str], null: NullPolicy) -> int:
    """Return what an atom is on one row: 0 false, 1 unknown, 2 true, 3 excused."""
    if null is not NullPolicy.BAD:
        pairs = zip(atom.variables, atom.guards, strict=True)
        left_open = [name for name, guard in pairs if is_open(row[name], guard)]
        if left_open:
            return openness(left_open, bits, null)
    return TRUE if truthy(atom.evaluate(row)) else FALSE


def leaf_truth(leaf: Leaf, row: Row, bits: Collection[str], null: NullPolicy) -> int:
    """Return the truth of a leaf on one row: 0, 1 or 2."""
    return int((_NEGATED if leaf.negated else _AS_IS)[atom_state(leaf.atom, row, bits, null)])


class _Evaluation:
    """One evaluation over one table under one policy; shared nodes are evaluated once."""

    def __init__(self, table: Table, null: NullPolicy, cache: AtomCache) -> None:
        self._table = table
        self._bits = table.bits
        self._null = null
        self._kept = cache.entries(table)
        self._nodes: dict[int, Truth] = {}
        self._work = 0

    def node(self, node: Node) -> Truth:
        if isinstance(node, Constant):
            return np.full(self._table.rows, TRUE if node.value else FALSE, np.uint8)
        if isinstance(node, Leaf):
            return self._leaf(node)
        if id(node) not in self._nodes:
            combine = np.minimum if node.op == "and" else np.maximum
            result = self.node(node.children[0]).copy()
            for child in node.children[1:]:
                combine(result, self.node(child), out=result)
            if node.results:
                agreed = np.minimum(*(self.node(each) for each in node.results))
                np.maximum(result, agreed, out=result)
            self._nodes[id(node)] = result
        return self._nodes[id(node)]

    def _leaf(self, leaf: Leaf) -> Truth:
        key = (leaf.atom.canonical, leaf.negated, self._null)
        if key not in self._kept:
            self._kept[key] = self._atom(leaf)
            self._kept[key].flags.writeable = False
        return self._kept[key]

    def _atom(self, leaf: Leaf) -> Truth:
        columns = [self._table.columns[name] for name in leaf.atom.variables]
        wanted = _NEGATED if leaf.negated else _AS_IS
        if not columns:
            states = self._states(leaf, columns, np.zeros((1, 0), np.int64))
            return np.full(self._table.rows, wanted[states[0]], np.uint8)
        if len(columns) == 1:
            return _spread(wanted[self._dictionary(leaf, columns[0])], columns[0].codes)
        distinct, inverse = _combinations(columns, leaf.pointer)
        return _spread(wanted[self._states(leaf, columns, distinct)], inverse)

    def _dictionary(self, leaf: Leaf, column: Column) -> NDArray[np.intp]:
        """Return what an atom is for each value of its column."""
        every = np.arange(len(column.values))
        is_list = operation(leaf.atom.ast)[0] == "in"
        takes, shortcut, least = (is_plain, listed, _FEW) if is_list else (is_number, compared, _MANY)
        taken = np.array([takes(value) for value in column.values if len(every) > least], np.bool_)
        found = shortcut(leaf.atom, [column.values[i] for i in np.flatnonzero(taken)]) if taken.any() else None
        if found is None:
            return self._states(leaf, [column], every.reshape(-1, 1))
        states = np.zeros(len(every), np.intp)
        states[taken] = found
        states[~taken] = self._states(leaf, [column], every[~taken].reshape(-1, 1))
        return states

    def _charge(self, leaf: Leaf, columns: list[Column], count: int) -> None:
        """Count what the evaluation of an atom on so many values could take.

        Raises:
            TooMuchWork: more than may be.
        """
        self._work += count * _steps(leaf.atom, columns)
        if self._work > MAX_WORK and count > 1:
            raise TooMuchWork(leaf.pointer, count)

    def _states(self, leaf: Leaf, columns: list[Column], tuples: NDArray[Any]) -> NDArray[np.intp]:
        """Return what an atom is for each tuple of codes."""
        atom = leaf.atom
        self._charge(leaf, columns, len(tuples))
        states = np.zeros(len(tuples), np.intp)
        for index, codes in enumerate(tuples.tolist()):
            held = (column.values[code] for column, code in zip(columns, codes, strict=True))
            row = Row(zip(atom.variables, held, strict=True))
            states[index] = atom_state(atom, row, self._bits, self._null)
        return states


def _steps(atom: Atom, columns: list[Column]) -> int:
    """Return how many steps an atom takes at most, or about, where it does not loop."""
    if not atom.loops:
        return _BEGIN + len(atom.canonical) // _CHARACTERS
    works = Works()
    largest = max((works.weight(value) for column in columns for value in column.values), default=0)
    return works.of(atom.ast, lambda _: Bound(largest, largest // 2, largest)).work


def _spread(table: Truth, codes: NDArray[Any]) -> Truth:
    """Look every code up; a byte translation where codes are bytes, which is faster than indexing."""
    if codes.dtype == np.uint8:
        full = np.zeros(256, np.uint8)
        full[: len(table)] = table[:256]
        return np.frombuffer(bytearray(codes.tobytes().translate(full.tobytes())), np.uint8)
    spread: Truth = np.take(table, codes)
    return spread


def _combinations(columns: list[Column], pointer: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the distinct tuples of codes that occur, and for each row which of them it holds.

    Raises:
        TooManyCombinations: more than can be evaluated.
    """
    keys = columns[0].codes.astype(np.int64)
    span = len(columns[0].values)
    for column in columns[1:]:
        if span * len(column.values) >= _WIDE:
            keys = np.unique(keys, return_inverse=True)[1]
            span = len(keys)
        keys = keys * len(column.values) + column.codes
        span *= len(column.values)
    first, inverse = _occurring(keys, span)
    if len(first) > MAX_COMBINATIONS:
        raise TooManyCombinations(pointer, len(first), MAX_COMBINATIONS)
    return np.stack([column.codes[first] for column in columns], axis=1), inverse


def _occurring(keys: NDArray[np.int64], span: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return one row for each distinct key, and for each row the position of its key."""
    if span > max(_DENSE, len(keys)):
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        return first, inverse
    row_of = np.full(span, -1, np.int64)
    row_of[keys] = np.arange(len(keys))
    present = np.flatnonzero(row_of >= 0)
    position = np.zeros(span, np.int64)
    position[present] = np.arange(len(present))
    return row_of[present], position[keys]
