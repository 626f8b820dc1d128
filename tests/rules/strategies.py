"""Random rules and random tables for them."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from rules.table import Column, Table
from rules.values import MISSING, Row

VALUES: dict[str, list[Any]] = {
    "oms.bit_a": [True, False, None],
    "oms.bit_b": [True, False, None, MISSING],
    "rr.status": ["GOOD", "BAD", "STANDBY", "", None, MISSING],
    "oms.number": [0, -0.0, 1, 3.8, 6500, -1, "3.8", None, MISSING],
    "oms.text": ["/cdaq/WMass/v1", "10", "9", "null", None],
    "oms.list": [[], [1, 2], ["GOOD"], None, MISSING],
}
BITS = ("oms.bit_a", "oms.bit_b")
_names = st.sampled_from(sorted(VALUES))
_constants = st.sampled_from(
    [True, False, None, 0, 1, 3.8, 6500, "GOOD", "BAD", "", "10", "WMass", ["GOOD", 1], []]
)
_variables = st.one_of(
    _names.map(lambda name: {"var": name}),
    _names.map(lambda name: {"var": [name]}),
    st.tuples(_names, _constants).map(lambda pair: {"var": list(pair)}),
)
_terms = st.one_of(_variables, _variables, _constants)
_arithmetic = st.builds(
    lambda operator, operands: {operator: operands},
    st.sampled_from(["+", "-", "*", "/", "%", "min", "max", "cat"]),
    st.lists(_terms, min_size=1, max_size=2),
)
_compared = st.builds(
    lambda operator, operands: {operator: list(operands)},
    st.sampled_from(["==", "!=", "===", "!==", "<", "<=", ">", ">=", "in"]),
    st.tuples(st.one_of(_terms, _arithmetic), _terms),
)
_others = st.one_of(
    st.builds(lambda a, b, c: {"<": [a, b, c]}, _terms, _terms, _terms),
    st.lists(_names, min_size=1, max_size=2).map(lambda names: {"missing": names}),
    st.lists(_names, min_size=1, max_size=3).map(lambda names: {"missing_some": [1, names]}),
    st.sampled_from(["some", "all", "none"]).map(
        lambda op: {op: [{"var": "oms.list"}, {">": [{"var": ""}, 1]}]}
    ),
)
_atoms = st.one_of(_compared, _compared, _compared, _terms, _arithmetic, _others)


def _grown(inner: Any) -> Any:
    return st.one_of(
        st.builds(lambda op, parts: {op: parts}, st.sampled_from(["and", "or"]), st.lists(inner, max_size=4)),
        st.builds(lambda op, part: {op: [part]}, st.sampled_from(["!", "!!"]), inner),
        st.builds(lambda op, parts: {op: parts}, st.sampled_from(["if", "?:"]), st.lists(inner, max_size=5)),
        st.builds(
            lambda op, part, other, swap: {op: [other, part] if swap else [part, other]},
            st.sampled_from(["==", "!=", "===", "!=="]),
            inner,
            st.booleans(),
            st.booleans(),
        ),
    )


rules = st.recursive(_atoms, _grown, max_leaves=12)


def tables(keep: Callable[[Any], bool] = lambda value: True) -> Any:
    """Draw tables of the columns above, with the values to keep."""
    kept = {name: [value for value in values if keep(value)] for name, values in VALUES.items()}
    row = st.tuples(*(st.sampled_from(kept[name]) for name in sorted(kept)))
    return st.lists(row, min_size=1, max_size=25).map(_table)


def _table(rows: list[tuple[Any, ...]]) -> Table:
    columns = {
        name: Column.of([row[index] for row in rows], bit=name in BITS)
        for index, name in enumerate(sorted(VALUES))
    }
    return Table(len(rows), columns)


def row_of(table: Table, index: int) -> Row:
    """Return one whole row."""
    return table.row(index, frozenset(table.columns))
