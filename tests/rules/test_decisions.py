from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.decisions import NO_VALUE, OPEN, Choice, Decisions, decide
from rules.errors import UnknownVariable
from rules.plan import build
from rules.syntax import parse
from rules.table import Column, Table
from rules.unknown import NullPolicy

IN_RUN = {"==": [{"var": "in_run"}, True]}
OUT = {"==": [{"var": "in_run"}, False]}
READY = {"==": [{"var": "ready"}, True]}


def line(value: str, rule: Any, priority: int, *, enabled: bool = True) -> Choice:
    return Choice(value, build(parse(rule)), priority, enabled)


def given_values(found: Decisions) -> list[str]:
    return [found[row] for row in range(len(found.codes))]


def table() -> Table:
    return Table(
        4,
        {
            "in_run": Column.of([True, True, False, True], bit=True),
            "ready": Column.of([True, False, True, None], bit=True),
        },
    )


LINES = [line("STANDBY", IN_RUN, 9), line("GOOD", READY, 5), line("EXCLUDED", OUT, 1)]


def test_the_smallest_priority_that_holds_decides_and_is_named() -> None:
    found = decide(LINES, table(), NullPolicy.BAD)
    assert given_values(found) == ["GOOD", "STANDBY", "EXCLUDED", "STANDBY"]
    assert found.deciders.tolist() == [1, 0, 2, 0]


def test_missing_data_leaves_a_strict_decision_open() -> None:
    found = decide(LINES, table(), NullPolicy.UNKNOWN)
    assert given_values(found) == ["GOOD", "STANDBY", "EXCLUDED", OPEN]
    assert found.deciders[3] == -1


def test_an_open_line_does_not_matter_where_the_next_gives_the_same_value() -> None:
    found = decide([line("GOOD", READY, 1), line("GOOD", IN_RUN, 2)], table(), NullPolicy.UNKNOWN)
    assert given_values(found) == ["GOOD", "GOOD", "GOOD", "GOOD"]


def test_no_line_that_holds_is_no_value_and_no_green() -> None:
    found = decide([line("GOOD", False, 1)], table(), NullPolicy.BAD)
    assert given_values(found) == [NO_VALUE] * 4
    assert given_values(decide([], table(), NullPolicy.BAD)) == [NO_VALUE] * 4


def test_trap_16_a_disabled_line_is_not_evaluated() -> None:
    unreadable = line("BAD", {"==": [{"var": "no_such_bit"}, True]}, 0, enabled=False)
    off = line("BAD", True, 0, enabled=False)
    assert given_values(decide([unreadable, off, *LINES], table(), NullPolicy.BAD))[0] == "GOOD"
    with pytest.raises(UnknownVariable):
        decide([line("BAD", {"==": [{"var": "no_such_bit"}, True]}, 0)], table(), NullPolicy.BAD)


def test_trap_17_two_lines_of_one_status_keep_their_own_priorities() -> None:
    lines = [line("BAD", True, 9), line("GOOD", READY, 5), line("BAD", OUT, 1)]
    found = decide(lines, table(), NullPolicy.BAD)
    assert given_values(found) == ["GOOD", "BAD", "BAD", "BAD"]
    assert found.deciders.tolist() == [1, 0, 2, 0]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3), st.booleans(), st.booleans())))
def test_a_list_decides_as_a_loop_over_its_lines_would(lines: list[tuple[str, int, bool, bool]]) -> None:
    choices = [line(value, holds, priority, enabled=on) for value, priority, on, holds in lines]
    holding = [(priority, i, value) for i, (value, priority, on, holds) in enumerate(lines) if on and holds]
    expected = min(holding)[2] if holding else NO_VALUE
    assert set(given_values(decide(choices, table(), NullPolicy.BAD))) == {expected}
