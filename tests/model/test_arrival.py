"""A run arrives lumisection by lumisection: only what is new is recorded, whatever is told again."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import encoding, journal
from model.commands.arrival import arrive
from model.commands.rules import set_rule
from model.db import Database
from model.errors import Forbidden, Invalid
from model.events import LumisectionsChanged
from model.projections import luminosity_blocks
from model.queries import datasets, luminosities, runs, upstream
from model.ranges import canonical
from model.registry import Registry
from model.replay import differences, replay
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.arrivals import arrival, keep_rules, tell
from tests.model.world import EXPERT, RUN, SHIFTER


def recorded(registry: Registry, at: int | None = None) -> list[float]:
    with registry.reading() as connection:
        found = luminosities.luminosity(connection, RUN, at=at)
    return [] if found is None else found.recorded_invpb.tolist()


def test_a_growing_run_records_what_is_new_of_it(registry: Registry) -> None:
    keep_rules(registry)
    for last in range(1, 6):
        tell(
            registry,
            [(1, last)],
            {"dt0_ready": [(1, last, last < 4)] if last < 4 else [(1, 3, True), (4, last, False)]},
        )
    assert world.said(registry, "dt-dt", dataset="online") == [
        (1, 3, "GOOD", "rule:dt-good@1"),
        (4, 5, "BAD", "rule:dt-bad@1"),
    ]
    assert recorded(registry) == [0.1] * 5
    with registry.reading() as connection:
        told = [e.event for e in journal.entries(connection) if isinstance(e.event, LumisectionsChanged)]
    assert [event.lumisections for event in told] == [[[n, n]] for n in range(1, 6)]


def test_the_same_again_records_nothing_and_nor_does_a_part_of_it(registry: Registry) -> None:
    keep_rules(registry)
    bits = {"dt0_ready": [(1, 5, True), (8, 9, False)]}
    assert tell(registry, [(1, 5), (8, 9)], bits) > 0
    before = world.now(registry)
    assert tell(registry, [(1, 5), (8, 9)], bits) == 0
    assert (
        tell(registry, [(8, 9)], {"dt0_ready": [(8, 9, False)]}, is_whole=False, last_lumisection_number=7) == 0
    )
    assert world.now(registry) == before


def test_trap_06_a_missing_number_is_a_hole_and_nothing_shifts(registry: Registry) -> None:
    keep_rules(registry)
    tell(registry, [(1, 3), (5, 6)], {"dt0_ready": [(1, 3, True), (5, 6, False)]}, recorded=[1, 2, 3, 5, 6])
    with registry.reading() as connection:
        assert datasets.lumisections(connection, RUN) == ((1, 3), (5, 6))
    assert world.statuses(registry, "dt-dt", dataset="online") == [(1, 3, "GOOD"), (5, 6, "BAD")]
    told = recorded(registry)
    assert np.isnan(told[3]) and told[4:] == [5.0, 6.0]


def test_trap_07_fewer_lumisections_are_the_new_truth_and_the_old_one_stays_in_history(
    registry: Registry,
) -> None:
    keep_rules(registry)
    tell(registry, [(1, 10)], {"dt0_ready": [(1, 10, True)]})
    before = world.now(registry)
    tell(registry, [(1, 3), (6, 8)], {"dt0_ready": [(1, 3, True), (6, 8, True)]})
    with registry.reading() as connection:
        assert datasets.lumisections(connection, RUN) == ((1, 3), (6, 8))
        assert datasets.lumisections(connection, RUN, before) == ((1, 10),)
        assert upstream.bits(connection, RUN, "online") == {"dt0_ready": ((1, 3, True), (6, 8, True))}
        now = luminosities.integrated(connection, {RUN: canonical([(1, 10)])})[0]
        then = luminosities.integrated(connection, {RUN: canonical([(1, 10)])}, at=before)[0]
    assert (now, then) == (pytest.approx(0.6), pytest.approx(1.0))


def test_renumbered_lumisections_take_their_values_with_them(registry: Registry) -> None:
    tell(registry, [(1, 3)], {"dt0_ready": [(1, 1, False), (2, 3, True)]}, recorded=[1, 2, 3])
    tell(registry, [(11, 13)], {"dt0_ready": [(11, 11, False), (12, 13, True)]}, recorded=[1, 2, 3])
    with registry.reading() as connection:
        assert datasets.lumisections(connection, RUN) == ((11, 13),)
        assert upstream.bits(connection, RUN, "online") == {"dt0_ready": ((11, 11, False), (12, 13, True))}
    assert recorded(registry)[10:] == [1.0, 2.0, 3.0]


def test_a_value_that_flips_back_holds_again_and_history_has_all_three(registry: Registry) -> None:
    keep_rules(registry)
    seen = []
    for value in (True, False, True):
        tell(registry, [(1, 4)], {"dt0_ready": [(1, 1, True), (2, 2, value), (3, 4, True)]})
        seen.append(world.now(registry))
    at = [world.statuses(registry, "dt-dt", dataset="online", at=sequence) for sequence in seen]
    assert at == [[(1, 4, "GOOD")], [(1, 1, "GOOD"), (2, 2, "BAD"), (3, 4, "GOOD")], [(1, 4, "GOOD")]]


def test_trap_18_beams_are_present_and_stable_where_one_lumisection_has_all_four(registry: Registry) -> None:
    """The system in use never says so; here a rule asks the lumisections themselves."""
    four = [
        {"==": [{"var": f"lumisection.oms.beam{n}_{what}"}, True]}
        for n in (1, 2)
        for what in ("present", "stable")
    ]
    with registry.writing() as tx:
        text = RuleText({"and": four}, "bad", "Beams.", "online", "class", "class", "Collisions24", 10)
        set_rule(tx, "collisions", text, EXPERT)
    names = [f"beam{n}_{what}" for n in (1, 2) for what in ("present", "stable")]
    tell(registry, [(1, 9)], {name: [(1, n + 4, True)] for n, name in enumerate(names)})
    with registry.reading() as connection:
        assert runs.run(connection, RUN).run_class == "Collisions24"


def test_a_person_stands_above_the_rules_while_the_run_grows(registry: Registry) -> None:
    keep_rules(registry)
    tell(registry, [(1, 5)], {"dt0_ready": [(1, 5, True)]})
    world.give(registry, SHIFTER, "dt-dt", [(4, 5)], "STANDBY", dataset="online")
    tell(registry, [(1, 7)], {"dt0_ready": [(1, 4, True), (5, 7, False)]})
    assert world.statuses(registry, "dt-dt", dataset="online") == [
        (1, 3, "GOOD"),
        (4, 5, "STANDBY"),
        (6, 7, "BAD"),
    ]
    assert world.said(registry, "dt-dt", dataset="online", overruled=True)[-1] == (5, 5, "BAD", "rule:dt-bad@1")


def test_totals_of_a_run_that_goes_on_are_recorded_by_tenths_and_exactly_at_its_end(registry: Registry) -> None:
    def told() -> Any:
        with registry.reading() as connection:
            return runs.run(connection, RUN).upstream["last_lumisection_number"]

    seen = []
    for last in range(1, 101):
        tell(registry, [(1, last)], last_update=f"2026-05-01T00:{last // 60:02}:{last % 60:02}Z")
        seen.append(told())
    assert seen[:11] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert len(set(seen)) < 40 and seen[-1] >= 90
    tell(registry, [(1, 100)], end_time="2026-05-01T01:00:00Z")
    assert told() == 100


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"told": [(1, 200_000)], "recorded": [0.1] * 200_000}, "must lie within"),
        ({"told": [(1, 3)], "bits": {"dt0_ready": [(3, 5, True)]}}, "no lumisection"),
        ({"told": [(1, 3)], "recorded": [0.1]}, "3 lumisections"),
        ({"told": [(1, 3)], "run_number": 7}, "no CMS run number"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    registry: Registry, how: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        rest = {name: given for name, given in how.items() if name not in ("told", "bits")}
        tell(registry, how["told"], how.get("bits"), **rest)
    with pytest.raises(Forbidden), registry.writing() as tx:
        arrive(tx, arrival([(1, 3)]), SHIFTER)
    assert world.now(registry) == 0


def test_a_replay_of_arrivals_gives_the_same_tables(registry: Registry, another: Database) -> None:
    keep_rules(registry)
    for last in (1, 100, 128, 129, 300):
        tell(registry, [(1, last)], {"dt0_ready": [(1, last, True)]})
    tell(registry, [(1, 50), (60, 290)], {"dt0_ready": [(1, 50, False)]})
    tell(registry, [(200, 320)], is_whole=False)
    world.report_luminosity(registry, [0.2] * 400)
    tell(registry, [(1, 410)])
    with registry.reading() as source, another.writing() as target:
        replay(source, target)
        assert list(differences(source, target)) == []
    assert recorded(registry) == [0.1] * 410


_lumisections = st.lists(st.integers(1, 400), min_size=1, max_size=40, unique=True).map(sorted)


@given(st.lists(_lumisections, min_size=1, max_size=6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_blocks_hold_what_was_told_last_whatever_the_order(tellings: list[list[int]]) -> None:
    expected, blocks, value = np.full(401, np.nan), list[dict[str, Any]](), 0.0
    for numbers in tellings:
        value += 1.0
        told = {name: np.full(len(numbers), value) for name in luminosity_blocks.NAMES}
        expected[numbers] = value
        blocks = luminosity_blocks.changed(blocks, numbers, told)
        starts = [block["first"] for block in blocks]
        assert starts == sorted(set(starts))
    found = luminosity_blocks.assembled(blocks)["recorded"]
    assert np.array_equal(found, expected[1 : len(found) + 1], equal_nan=True)
    assert np.isnan(expected[len(found) + 1 :]).all()


def test_one_lumisection_more_is_a_small_event_however_long_the_run(registry: Registry) -> None:
    values = np.random.default_rng(1).random(2001)
    sizes = []
    for last in (10, 11, 2000, 2001):
        tell(registry, [(1, last)], {"dt0_ready": [(1, last, True)]}, recorded=values[:last])
        with registry.reading() as connection:
            told = [e for e in journal.entries(connection) if isinstance(e.event, LumisectionsChanged)]
        sizes.append(len(encoding.canonical(told[-1].event.payload())))
    assert sizes[3] < sizes[1] + 20
