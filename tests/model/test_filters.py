"""Filters select exactly what they say, with and, or and not as written, at any sequence."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from model.clock import SettableClock
from model.commands.runs import set_run_attributes
from model.errors import Invalid
from model.filters.language import parse
from model.filters.sql import matching
from model.filters.words import words
from model.queries.run_view import run_view
from model.registry import Registry
from model.tables import dataset_summary
from model.vocabulary import Status
from tests.model import world
from tests.model.walk import COLUMNS, RUNS, Walk
from tests.model.world import EXPERT, EXPRESS, PROMPT, RUN, TRACKER
from tests.provision.stories import once

_SPEAKS = {"GOOD", "BAD", "STANDBY", "EXCLUDED"}


class Truth:
    """What a filter means, lumisection by lumisection."""

    def __init__(self, registry: Registry, at: int) -> None:
        with registry.reading() as connection:
            self.views = {number: run_view(connection, number, at) for number in RUNS}

    def datasets(self) -> list[tuple[int, str]]:
        return [(number, d.name) for number, view in self.views.items() for d in view.datasets]

    def said(self, where: tuple[int, str], column: str) -> dict[int, str]:
        view = self.views[where[0]]
        exist = {n for first, last in view.lumisections for n in range(first, last + 1)}
        found = dict.fromkeys(exist, "EMPTY")
        for v in view.verdicts[where[1]].get(column, ()):
            found.update({n: v.status.name for n in range(v.span.first, v.span.last + 1) if n in exist})
        return found

    def holds(self, where: tuple[int, str], node: Any) -> bool:
        if isinstance(node, dict):
            ((word, inner),) = node.items()
            if word == "not":
                return not self.holds(where, inner)
            return (all if word == "and" else any)(self.holds(where, each) for each in inner)
        return bool(getattr(self, f"_{node[0]}")(where, *node[1:]))

    def _run_number(self, where: tuple[int, str], how: str, number: int) -> bool:
        return {"=": where[0] == number, ">": where[0] > number}[how]

    def _stage(self, where: tuple[int, str], _how: str, stage: str) -> bool:
        names = {"online": "online", PROMPT: "prompt"}
        return names[where[1]] == stage

    def _cell(self, where: tuple[int, str], column: str, status: str, how: str, least: int = 0) -> bool:
        said = list(self.said(where, column).values())
        n = said.count(status)
        return {"any": n > 0, "all": n == len(said) > 0, "none": n == 0, "lumisections": n >= least}[how]

    def _disagrees(self, where: tuple[int, str], column: str, stage: str) -> bool:
        other = {"online": "online", "prompt": PROMPT}[stage]
        if other == where[1]:
            return False
        mine, theirs = self.said(where, column), self.said((where[0], other), column)
        return any({mine[n], theirs[n]} <= _SPEAKS and mine[n] != theirs[n] for n in mine)

    def _says(self, where: tuple[int, str], words: str) -> bool:
        verdicts = [v for said in self.views[where[0]].verdicts[where[1]].values() for v in said]
        return any(words.lower() in f"{v.cause}\n{v.comment}".lower() for v in verdicts)

    def _by(self, where: tuple[int, str], name: str) -> bool:
        return any(v.author == name for said in self.views[where[0]].verdicts[where[1]].values() for v in said)


_columns, _statuses = st.sampled_from(COLUMNS), st.sampled_from([s.name for s in Status])
_leaves = st.one_of(
    st.tuples(st.just("run_number"), st.sampled_from(["=", ">"]), st.just(RUN)),
    st.tuples(st.just("stage"), st.just("="), st.sampled_from(["online", "prompt"])),
    st.tuples(st.just("cell"), _columns, _statuses, st.sampled_from(["any", "all", "none"])),
    st.tuples(st.just("cell"), _columns, _statuses, st.just("lumisections"), st.integers(1, 6)),
    st.tuples(st.just("disagrees"), _columns, st.sampled_from(["online", "prompt"])),
    st.tuples(st.just("says"), st.sampled_from(["HV", "hv TRIP", "nobody says this"])),
    st.tuples(st.just("by"), st.sampled_from(["t.certifier", "d.coordinator", "rule:dcs@1"])),
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


@pytest.fixture
def walked(registry: Registry, clock: SettableClock) -> Walk:
    walk = Walk(registry, clock, 3)
    for number in RUNS:
        world.rule_says(registry, COLUMNS[0], [(2, 5)], "BAD", dataset="online", run_number=number)
    walk.steps(25)
    return walk


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filter_selects_what_it_means_at_every_sequence(walked: Walk, data: st.DataObject) -> None:
    node = data.draw(_filters)
    at = data.draw(st.sampled_from(sorted(walked.seen)))
    truth = Truth(walked.registry, at)
    expected = {where for where in truth.datasets() if truth.holds(where, node)}
    assert selected(walked.registry, node, at) == expected


def selected(registry: Registry, node: Any, at: int | None = None) -> set[tuple[int, str]]:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        ids = matching(connection, parse(json.dumps(node)), at)
        query = select(dataset_summary).where(dataset_summary.c.dataset_id.in_(ids))
        return {(row.run_number, row.name) for row in connection.execute(query)}


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    for number in RUNS:
        world.report_run(registry, number, bits={"bpix_ready": [(1, 4, False), (5, 10, True)]})
        world.create_dataset(registry, run_number=number, states={"global": "OPEN", "dt": "SIGNOFF"})
        world.create_dataset(registry, EXPRESS, number)
    return registry


def test_trap_02_or_is_a_union(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-strip", [(1, 10)], "GOOD", run_number=RUN + 1)
    either = {"or": [["run_number", "=", RUN], ["cell", "tracker-strip", "GOOD", "any"]]}
    names = {(run, name) for run, name in selected(told, either) if name == PROMPT}
    assert names == {(RUN, PROMPT), (RUN + 1, PROMPT)}


def test_a_state_is_the_workspace_s_own_or_that_of_global(told: Registry) -> None:
    assert selected(told, {"and": [["state", "dt", "SIGNOFF"], ["run_number", "=", RUN]]}) == {(RUN, PROMPT)}
    found = selected(told, {"and": [["state", "muon", "OPEN"], ["run_number", "=", RUN]]})
    assert found == {(RUN, PROMPT), (RUN, EXPRESS), (RUN, "online")}


def test_a_bit_and_a_status_overlap_somewhere(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(5, 10)], "GOOD")
    asked = ["bit", "bpix_ready", "tracker-pixel", "GOOD"]
    assert selected(told, asked) == set()
    world.give(told, TRACKER, "tracker-pixel", [(4, 4)], "GOOD")
    assert selected(told, asked) == {(RUN, PROMPT)}


def test_at_least_so_much_luminosity(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 3)], "BAD")
    assert selected(told, ["cell", "tracker-pixel", "BAD", "invpb", 0.29]) == {(RUN, PROMPT)}
    assert selected(told, ["cell", "tracker-pixel", "BAD", "invpb", 0.31]) == set()


def test_trap_27_comments_and_authors_are_found(told: Registry) -> None:
    before = world.now(told)
    world.give(told, TRACKER, "tracker-pixel", [(1, 3)], "BAD", comment="FPix 100%_odd")
    assert selected(told, ["says", "fpix 100%_"]) == {(RUN, PROMPT)}
    assert selected(told, ["says", "fpix 1000_"]) == set()
    assert selected(told, ["by", "t.certifier"]) == {(RUN, PROMPT)}
    assert selected(told, ["since", before + 1]) == {(RUN, PROMPT)}
    assert selected(told, ["since", before + 1], before) == set()


def test_changed_since_a_time_or_a_day(told: Registry, clock: SettableClock) -> None:
    clock.at = world.START + timedelta(days=2)
    world.give(told, TRACKER, "tracker-pixel", [(1, 3)], "BAD")
    for since, is_there in (
        ("2024-05-01T13:00:00Z", True),
        ("2024-05-03", True),
        ("2024-05-03T12:00:01Z", False),
        ("2024-05-03T14:30:00+02:00", False),
        ("2024-05-04", False),
    ):
        assert selected(told, ["since", since]) == ({(RUN, PROMPT)} if is_there else set())


def test_runs_are_named_in_ranges(told: Registry) -> None:
    found = selected(told, {"and": [["runs", f"{RUN}, {RUN + 1}-{RUN + 90}"], ["stage", "=", "prompt"]]})
    assert {run for run, _ in found} == set(RUNS)
    assert {run for run, _ in selected(told, ["runs", f"{RUN}"])} == {RUN}


def test_runs_are_found_by_their_start_duration_stop_reason_and_significance(registry: Registry) -> None:
    world.report_run(registry, RUN, start_time="2024-04-15T07:07:46Z", duration=7_552)
    world.report_run(registry, RUN + 1, start_time="2024-04-16T00:00:00Z", duration=350.5)
    world.report_run(registry, RUN + 2, start_time="", duration=None)
    before = world.now(registry)
    with registry.writing() as tx:
        set_run_attributes(tx, RUN, {"significant": True, "stop_reason": "end of fill"}, EXPERT)
        set_run_attributes(tx, RUN + 1, {"significant": False}, EXPERT)
    for node, expected in (
        (["started", ">=", "2024-04-16"], {RUN + 1}),
        (["started", "<", "2024-04-16"], {RUN}),
        (["started", "<=", "2024-04-16T02:00:00+02:00"], {RUN, RUN + 1}),
        ({"not": ["started", ">=", "2024-04-16"]}, {RUN, RUN + 2}),
        (["duration_s", ">", 350], {RUN, RUN + 1}),
        (["duration_s", "=", 350.5], {RUN + 1}),
        (["stop_reason", "contains", "FILL"], {RUN}),
        (["stop_reason", "=", ""], {RUN + 1, RUN + 2}),
        (["significant"], {RUN}),
        ({"not": ["significant"]}, {RUN + 1, RUN + 2}),
    ):
        assert {run for run, _ in selected(registry, node)} == expected, node
    assert selected(registry, ["significant"], before) == set()


@pytest.mark.parametrize(
    "source",
    [
        "{",
        "[" * 5000,
        "1",
        "[]",
        "{}",
        '{"and": 1}',
        '{"and": [], "or": []}',
        '["nothing", "=", 1]',
        '["run_number", "=", "1"]',
        '["run_number", "like", 1]',
        '["run_number", "=", NaN]',
        '["era", "<", "2024"]',
        '["cell", "tracker-pixel", "FINE", "any"]',
        '["cell", "tracker-pixel", "BAD", "most"]',
        '["cell", "tracker-pixel", "BAD", "invpb", -1]',
        '["bit", "no_bit", "tracker-pixel", "GOOD"]',
        '["says", "x"]',
        '["since", 1.5]',
        '["since", true]',
        '["proposed", 1]',
        json.dumps({"and": [["proposed"]] * 101}),
        '{"not": ' * 14 + '["proposed"]' + "}" * 14,
        " " * 6001,
        '["runs", ""]',
        '["runs", "380000-379000"]',
        '["runs", "379000; 380000"]',
        '["since", "yesterday"]',
        '["started", "=", "2024-04-15"]',
        '["started", ">=", "spring"]',
        '["started", ">=", 7]',
        '["significant", "yes"]',
        '["duration_s", ">", "long"]',
        '["delivered_invpb", ">", "much"]',
    ],
)
def test_what_is_no_filter_is_refused_in_a_sentence(source: str) -> None:
    with pytest.raises(Invalid, match=r"\.$"):
        parse(source)


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (["cell", "dt-dt", "BAD", "any"], "dt-dt BAD somewhere"),
        (["cell", "dt-dt", "BAD", "invpb", 1.5], "dt-dt BAD on ≥ 1.5 pb⁻¹"),
        ({"not": {"or": [["by", "me"], ["era", "=", "2024C"]]}}, "not (by me or era = 2024C)"),
        ({"and": [["proposed"], {"and": [["state", "dt", "OPEN"]]}]}, "proposed by a program and dt is OPEN"),
        ({"and": []}, "everything"),
        ({"and": [["run_class", "=", ""], ["duration_s", ">", 60]]}, "class = nothing and duration in s > 60"),
        ({"and": [["started", "<", "2024-06-01"], ["significant"]]}, "started < 2024-06-01 and significant"),
        (["delivered_invpb", ">=", 1.5], "delivered pb⁻¹ >= 1.5"),
        (["bit", "bpix_ready", "dt-dt", "GOOD"], "bpix_ready false where dt-dt is GOOD"),
    ],
)
def test_a_filter_is_said_in_words(node: Any, said: str) -> None:
    assert words(parse(json.dumps(node))) == said
