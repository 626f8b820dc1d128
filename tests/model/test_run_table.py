"""The run table shows every run once, filtered and ordered as asked, with what the run's page says of it."""

import json
import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.authors import IMPORTER
from model.commands.runs import import_run_attributes, set_run_attributes
from model.commands.upstream import Luminosity, report_luminosity
from model.filters.language import parse
from model.queries import runs
from model.queries.completeness import undecided
from model.ranges import count as lumisections
from model.registry import Registry
from model.run_table.choice import FIELDS, RunChoice, count, older, window
from model.run_table.rows import RunRow, rows
from model.vocabulary import OFFLINE_COLUMNS, ONLINE_COLUMNS
from tests.model import world
from tests.model.world import EXPERT, PROMPT, RUN, SHIFTER, TRACKER
from tests.provision.stories import once

_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
_FACTS: tuple[dict[str, Any], ...] = (
    {"fill_number": 9600, "era": "2024C", "start_time": "2024-04-15T07:00:00Z", "duration": 7552},
    {"fill_number": 9600, "era": "2024C", "start_time": "2024-04-15T12:00:00Z", "duration": 350},
    {"fill_number": 9601, "era": "2024D", "start_time": "2024-05-20T00:00:00Z"},
    {"fill_number": None, "era": "", "duration": 0.5},
    {"fill_number": 9602, "era": "2024D", "start_time": "", "duration": 350},
)
_OWN: tuple[dict[str, Any], ...] = (
    {"class": "Collisions24", "significant": True, "stop_reason": "end of fill"},
    {"class": "Cosmics24", "significant": False},
    {"class": "Collisions24", "significant": True},
    {},
    {"stop_reason": "DAQ error"},
)
NUMBERS = [RUN + place for place in range(len(_FACTS))]


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    for number, facts, own in zip(NUMBERS, _FACTS, _OWN, strict=True):
        world.report_run(registry, number, lumisections=[(1, 4), (6, 3 + number - RUN + 4)], **facts)
        with registry.writing() as tx:
            if own:
                set_run_attributes(tx, number, own, EXPERT)
    world.create_dataset(registry, PROMPT, RUN)
    world.rule_says(registry, ONLINE_COLUMNS, [(1, 7)], "GOOD", dataset="online", run_number=RUN)
    world.give(registry, SHIFTER, "dt-dt", [(2, 3)], "BAD", dataset="online", run_number=RUN)
    world.give(registry, TRACKER, "tracker-pixel", [(1, 2)], "STANDBY", run_number=RUN)
    return registry


def listed(registry: Registry, choice: RunChoice, at: int | None = None) -> list[int]:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        found, total = window(connection, choice, at, 0, 100)
        assert window(connection, choice, at, 100, 1) == ([], total)
        assert count(connection, choice, at) == total == len(found)
        return found


def shown(registry: Registry, number: int = RUN) -> RunRow:
    with registry.reading() as connection:
        (row,) = rows(connection, [number], world.sequence_of(connection))
        return row


def holds(run: runs.Run, node: Any) -> bool:
    """What a filter means of a run."""
    if isinstance(node, dict):
        ((word, inner),) = node.items()
        if word == "not":
            return not holds(run, inner)
        return (all if word == "and" else any)(holds(run, each) for each in inner)
    word, *given = node
    if word == "significant":
        return run.registry.get("significant") is True
    if word == "started":
        start = str(run.upstream.get("start_time") or "")
        return bool(start) and bool(_ORDER[given[0]](start, given[1]))
    values = {
        "fill_number": run.fill_number or 0,
        "duration_s": run.upstream.get("duration") or 0,
        "era": run.era,
        "run_class": run.run_class,
        "stop_reason": run.registry.get("stop_reason", ""),
        "run_state": run.state,
    }
    if given[0] == "contains":
        return str(given[1]).lower() in str(values[word]).lower()
    return bool(_ORDER[given[0]](values[word], given[1]))


_hows = st.sampled_from(["<", "<=", ">", ">=", "="])
_sides = st.sampled_from(["<", "<=", ">", ">="])
_leaves = st.one_of(
    st.tuples(st.just("fill_number"), _hows, st.sampled_from([0, 9600, 9601])),
    st.tuples(st.just("duration_s"), _hows, st.sampled_from([0, 0.5, 350, 4000])),
    st.tuples(
        st.just("started"),
        _sides,
        st.sampled_from(["2024-04-15T07:00:00Z", "2024-04-15T12:00:00Z", "2025-01-01"]),
    ),
    st.tuples(st.just("significant")),
    st.tuples(
        st.just("run_class"), st.sampled_from(["=", "contains"]), st.sampled_from(["Collisions24", "cosm"])
    ),
    st.tuples(
        st.just("stop_reason"), st.sampled_from(["=", "contains"]), st.sampled_from(["", "daq", "end of fill"])
    ),
    st.tuples(st.just("era"), st.just("="), st.sampled_from(["2024C", "2024D", ""])),
    st.tuples(st.just("run_state"), st.just("="), st.sampled_from(["OPEN", "SIGNOFF"])),
).map(list)
_filters = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"and": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"or": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


@given(node=_filters)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filter_selects_the_runs_it_means(told: Registry, node: Any) -> None:
    with told.reading() as connection:
        every = runs.runs(connection, world.sequence_of(connection))
    expected = [run.run_number for run in reversed(every) if holds(run, node)]
    assert listed(told, RunChoice(parse(json.dumps(node)))) == expected


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("is_descending", [True, False])
def test_every_order_shows_every_run_once_unknown_ones_last(
    told: Registry, field: str, is_descending: bool
) -> None:
    found = listed(told, RunChoice(field=field, is_descending=is_descending))
    assert sorted(found) == NUMBERS
    unknown = {"fill_number": {RUN + 3}, "start_us": {RUN + 3, RUN + 4}, "duration_s": {RUN + 2}}.get(
        field, set()
    )
    assert set(found[len(found) - len(unknown) :]) == unknown


def test_runs_that_are_alike_stand_newest_first(told: Registry) -> None:
    found = listed(told, RunChoice(field="duration_s", is_descending=False))
    assert found == [RUN + 3, RUN + 4, RUN + 1, RUN, RUN + 2]


def test_a_run_is_found_by_what_somebody_typed(told: Registry) -> None:
    assert listed(told, RunChoice(words="9600")) == [RUN + 1, RUN]
    assert listed(told, RunChoice(words=" 2024d ")) == [RUN + 4, RUN + 2]
    assert listed(told, RunChoice(words=str(RUN))) == [RUN]
    assert listed(told, RunChoice(words="9" * 30)) == []


@pytest.mark.parametrize(
    ("choice", "is_every"),
    [
        (RunChoice(field="era"), True),
        (RunChoice(words=" "), True),
        (RunChoice(words="9600"), False),
        (RunChoice(parse('["significant"]')), False),
    ],
)
def test_only_a_filter_or_words_leave_runs_out(told: Registry, choice: RunChoice, *, is_every: bool) -> None:
    assert choice.is_every is is_every
    assert (set(listed(told, choice)) == set(NUMBERS)) is is_every


def test_the_filter_asks_the_datasets_of_a_stage(told: Registry) -> None:
    where = parse('["cell", "tracker-pixel", "STANDBY", "any"]')
    assert listed(told, RunChoice(where)) == []
    assert listed(told, RunChoice(where, "prompt")) == listed(told, RunChoice(where, "any")) == [RUN]


def test_the_table_of_the_past_has_the_runs_of_then(told: Registry) -> None:
    with told.reading() as connection:
        first = next(at for at in range(1, 99) if window(connection, RunChoice(), at, 0, 9)[1] == 2)
    assert listed(told, RunChoice(), first) == [RUN + 1, RUN]


def test_pages_of_older_runs_hold_every_run_once(told: Registry) -> None:
    with told.reading() as connection:
        at, before, found = world.sequence_of(connection), None, []
        while page := older(connection, RunChoice(), at, before, 2):
            found += page
            before = page[-1]
    assert found == NUMBERS[::-1]


def test_a_row_says_what_the_run_says(told: Registry) -> None:
    row = shown(told)
    assert (row.fill_number, row.era, row.run_class, row.state) == (9600, "2024C", "Collisions24", "OPEN")
    assert (row.significant, row.stop_reason) == (True, "end of fill")
    assert (row.start_time, row.duration_s, row.assumed) == ("2024-04-15T07:00:00Z", 7552, ())
    assert (row.lumisections, row.lumi_source) == (6, "OMS")
    assert row.recorded_lumi_invpb == pytest.approx(0.6)
    assert row.delivered_lumi_invpb == pytest.approx(0.66)
    assert shown(told, RUN + 3).significant is None


def test_the_strip_has_the_worst_status_of_every_lumisection_and_no_hole(told: Registry) -> None:
    assert shown(told).worst == "B33|1x1,2x2,1x3"
    assert shown(told, RUN + 1).worst == "·"


def test_what_is_missing_is_what_keeps_a_run_from_being_signed_off(told: Registry) -> None:
    world.give(told, SHIFTER, "rpc-rpc", [(6, 6)], "NOTSET", dataset="online", run_number=RUN)
    for number in NUMBERS:
        with told.reading() as connection:
            assert shown(told, number).missing == tuple(undecided(connection, number))
    assert shown(told).missing == ("rpc-rpc",)


def test_lumisections_to_decide_are_counted_ordered_and_filtered_alike(told: Registry) -> None:
    world.give(told, SHIFTER, "rpc-rpc", [(3, 4), (6, 6)], "NOTSET", dataset="online", run_number=RUN)
    with told.writing() as tx:
        import_run_attributes(tx, RUN + 4, {"state": "COMPLETED"}, IMPORTER, importer=IMPORTER)
    with told.reading() as connection:
        left = {n: sum(map(lumisections, undecided(connection, n).values())) for n in NUMBERS[:-1]}
    assert left[RUN] == 3
    assert {n: shown(told, n).undecided for n in NUMBERS} == {**left, RUN + 4: 0}
    ascending = sorted(left, key=lambda n: (left[n], -n))
    assert listed(told, RunChoice(field="undecided", is_descending=False)) == [*ascending, RUN + 4]
    for order, least in ((">", 0), (">=", left[RUN + 2]), ("<=", 3), ("=", 0)):
        where = parse(json.dumps(["undecided", order, least]))
        expected = [n for n in NUMBERS[::-1] if _ORDER[order](left.get(n, 0), least)]
        assert listed(told, RunChoice(where)) == expected


def deliver(registry: Registry, number: int, delivered_invpb: float) -> None:
    """Let OMS correct what was delivered on the first lumisection; nothing of it was recorded."""
    told = Luminosity("OMS", np.array([delivered_invpb]), np.array([0.0]), np.empty(0))
    with registry.writing() as tx:
        report_luminosity(tx, number, told, IMPORTER)


def test_runs_are_ordered_and_filtered_by_what_was_delivered(told: Registry) -> None:
    before = world.now(told)
    deliver(told, RUN + 2, 7.5)
    deliver(told, RUN + 1, 0.0)
    shown_invpb = {n: shown(told, n).delivered_lumi_invpb or 0.0 for n in NUMBERS}
    assert (shown_invpb[RUN + 2], shown_invpb[RUN + 1]) == (7.5, 0.0)
    ascending = sorted(NUMBERS, key=lambda n: (shown_invpb[n], -n))
    assert listed(told, RunChoice(field="delivered_invpb", is_descending=False)) == ascending
    assert listed(told, RunChoice(field="delivered_invpb"))[0] == RUN + 2
    where = RunChoice(parse('["delivered_invpb", ">", 5]'))
    assert (listed(told, where), listed(told, where, before)) == ([RUN + 2], [])
    assert RUN + 2 not in listed(told, RunChoice(parse('["recorded_invpb", ">", 0]')))


def test_an_offline_dataset_has_its_own_lumisections_to_decide(told: Registry) -> None:
    every = 6 * len(OFFLINE_COLUMNS)
    for least, expected in ((every - 2, [RUN]), (every - 1, [])):
        where = parse(json.dumps(["undecided", ">=", least]))
        assert listed(told, RunChoice(where, "prompt")) == expected
