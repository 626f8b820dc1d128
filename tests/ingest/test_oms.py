"""OMS is followed over HTTP, for real: what it has comes in once, in order, whatever goes wrong."""

import math
from typing import Any

import pytest

from ingest.oms.client import Oms as Client
from ingest.oms.errors import NotAnswered
from ingest.oms.follow import Follower
from model import journal
from model.commands import feeds as feed_commands
from model.commands.runs import set_run_attributes
from model.errors import NotOpen
from model.queries import datasets, feeds, late_changes, luminosities, runs, upstream
from model.registry import Registry
from simulators.oms.server import Oms
from tests.ingest.oms_followed import lumisections, oms, registry, run, sign_off, who
from tests.ingest.oms_world import follow, state_of
from tests.model import world
from tests.model.world import EXPERT, SHIFTER
from tests.simulators.oms_world import GOOD, RAMPED, control, cut, everything, serving

__all__ = ["oms", "registry", "who"]


def test_a_run_grows_in_the_registry_as_it_does_in_oms(registry: Registry, oms: Oms, who: Follower) -> None:
    for expected in (10, 20, 30):
        control(oms, steps=10)
        who.once()
        assert lumisections(registry, RAMPED) == ((1, expected),)
    assert world.statuses(registry, "ecal-ecal", dataset="online", run_number=RAMPED) == [(1, 30, "GOOD")]
    assert world.statuses(registry, "tracker-pixel", dataset="online", run_number=RAMPED) == [
        (1, 30, "STANDBY")
    ]


def test_everything_comes_in_once_and_asking_again_records_nothing(
    registry: Registry, oms: Oms, who: Follower
) -> None:
    everything(oms)
    assert who.once() > 0
    before = world.now(registry)
    assert who.once() == 0 and follow(registry, oms).once() == 0
    assert world.now(registry) == before
    told = run(registry, GOOD).upstream
    assert (told["fill_number"], told["era"], told["energy"]) == (9512, "2024B", 6800.0)
    assert told["tracker_included"] is True and told["castor_included"] is False
    assert "replay of run" in told["trigger_mode"]
    assert run(registry, GOOD).run_class == "Collisions24"


def test_values_and_nulls_are_those_of_oms(registry: Registry, oms: Oms, who: Follower) -> None:
    everything(oms)
    who.once()
    with registry.reading() as connection:
        bits = upstream.bits(connection, RAMPED, "online")
        lumi = luminosities.luminosity(connection, RAMPED)
    assert bits["bpix_ready"] == ((1, 40, False), (41, 60, True)) and "dt0_ready" not in bits
    source = cut(RAMPED, 60).lumisections
    first = [{**one.attributes, **one.earlier}["recorded_lumi_per_lumisection"] for one in source]
    assert lumi is not None and lumi.recorded_invpb.tolist() == pytest.approx(first, rel=1e-12)


def test_units_are_read_from_each_row(registry: Registry) -> None:
    """A run of little luminosity comes in inverse microbarn, the next one in inverse picobarn."""
    with serving([cut(RAMPED, 5), cut(GOOD, 5, starts_s=1000)]) as oms:
        everything(oms)
        follow(registry, oms).once()
    real = [
        sum(one.attributes["recorded_lumi_per_lumisection"] for one in cut(n, 5).lumisections)
        for n in (RAMPED, GOOD)
    ]
    with registry.reading() as connection:
        found = [luminosities.luminosity(connection, n) for n in (RAMPED, GOOD)]
    assert [each.recorded_invpb.sum() for each in found if each] == pytest.approx(real, rel=0.05)
    assert run(registry, RAMPED).upstream["recorded_lumi"] == pytest.approx(real[0], rel=0.05)


def test_trap_06_a_missing_number_stays_a_hole(registry: Registry, oms: Oms, who: Follower) -> None:
    everything(oms)
    control(oms, inject={"kind": "drop", "run": RAMPED, "lumisections": [17, 50]})
    who.once()
    assert lumisections(registry, RAMPED) == ((1, 16), (18, 49), (51, 60))
    said = world.statuses(registry, "tracker-pixel", dataset="online", run_number=RAMPED)
    assert (18, 39, "STANDBY") in said and said[-1] == (51, 60, "GOOD")


def test_trap_07_oms_may_take_lumisections_away_again(registry: Registry, oms: Oms, who: Follower) -> None:
    everything(oms)
    who.once()
    then = world.now(registry)
    control(oms, inject={"kind": "drop", "run": GOOD, "lumisections": list(range(21, 31))})
    assert who.once() > 0
    assert lumisections(registry, GOOD) == ((1, 20),)
    with registry.reading() as connection:
        assert datasets.lumisections(connection, GOOD, then) == ((1, 30),)


def test_trap_08_a_run_of_6000_lumisections_is_stored_whole(registry: Registry) -> None:
    with serving([cut(GOOD, 30)], page_cap=700) as oms:
        everything(oms)
        control(oms, inject={"kind": "add", "run": GOOD, "lumisections": list(range(31, 6001))})
        follow(registry, oms).once()
        pages = [path for path in oms.requests if "/lumisections?" in path]
    assert lumisections(registry, GOOD) == ((1, 6000),)
    assert len(pages) == math.ceil(6000 / 700)


def test_trap_09_a_signed_off_run_that_oms_changes_is_left_alone_and_waits_for_an_answer(
    registry: Registry, oms: Oms, who: Follower
) -> None:
    everything(oms)
    who.once()
    sign_off(registry, GOOD)
    before = state_of(registry)
    control(oms, steps=10)
    assert who.once() > 0
    assert state_of(registry)[GOOD] == before[GOOD]
    with registry.reading() as connection:
        (one,) = late_changes.late_changes(connection, world.sequence_of(connection))
    real = sum(
        one.attributes["recorded_lumi_per_lumisection"] - one.earlier["recorded_lumi_per_lumisection"]
        for one in cut(GOOD, 30).lumisections
        if one.earlier
    )
    assert (one.run_number, one.kinds) == (GOOD, ("luminosity",))
    assert one.recorded_change_invpb == pytest.approx(real, abs=1e-5)
    assert who.once() == 0


def test_trap_18_the_run_says_that_beams_were_present_and_stable(
    registry: Registry, oms: Oms, who: Follower
) -> None:
    control(oms, steps=20)
    who.once()
    assert run(registry, RAMPED).upstream["beams_present_and_stable"] is False
    everything(oms)
    who.once()
    assert run(registry, RAMPED).upstream["beams_present_and_stable"] is True


def test_trap_32_a_class_set_by_hand_stays_while_oms_goes_on(
    registry: Registry, oms: Oms, who: Follower
) -> None:
    control(oms, steps=45)
    who.once()
    with registry.writing() as tx:
        set_run_attributes(tx, RAMPED, {"class": "Commissioning24"}, EXPERT)
    before = world.now(registry)
    for _ in range(3):
        control(oms, steps=2)
        who.once()
    assert run(registry, RAMPED).run_class == "Commissioning24"
    with registry.reading() as connection:
        kinds = {e.event.kind for e in journal.entries(connection, before)}
    assert "run-attributes-set" not in kinds and "late-change-proposed" not in kinds


def test_a_changed_bit_comes_in_and_flips_back(registry: Registry, oms: Oms, who: Follower) -> None:
    everything(oms)
    who.once()
    seen = []
    for value in (False, True):
        wish = {"kind": "value", "run": GOOD, "lumisections": [5, 6], "attribute": "ebp_ready", "value": value}
        control(oms, inject=wish)
        who.once()
        seen.append(world.statuses(registry, "ecal-ecal", dataset="online", run_number=GOOD))
    assert seen == [[(1, 4, "GOOD"), (5, 6, "BAD"), (7, 30, "GOOD")], [(1, 30, "GOOD")]]


def test_a_correction_far_back_in_a_growing_run_is_seen_by_its_end(
    registry: Registry, oms: Oms, who: Follower
) -> None:
    control(oms, steps=40)
    who.once()
    wish = {"kind": "value", "run": RAMPED, "lumisections": [3], "attribute": "ebp_ready", "value": False}
    control(oms, inject=wish, steps=1)
    who.once()
    assert world.statuses(registry, "ecal-ecal", dataset="online", run_number=RAMPED) == [(1, 41, "GOOD")]
    everything(oms)
    who.once()
    assert (3, 3, "BAD") in world.statuses(registry, "ecal-ecal", dataset="online", run_number=RAMPED)


def test_an_end_that_oms_does_not_call_a_change_is_seen(registry: Registry, oms: Oms, who: Follower) -> None:
    control(oms, steps=20)
    who.once()
    told = oms.store.runs[RAMPED].attributes
    told["end_time"] = "2026-05-01T09:00:00Z"
    oms.store.runs[RAMPED].attributes["last_update"] = "2020-01-01T00:00:00Z"
    who.once()
    assert run(registry, RAMPED).upstream["end_time"] == "2026-05-01T09:00:00Z"


def test_a_follower_goes_on_from_what_the_registry_has_read(registry: Registry, oms: Oms) -> None:
    everything(oms)
    follow(registry, oms).once()
    with registry.reading() as connection:
        mark = feed_commands.mark_of(connection, "OMS")
    assert mark == oms.store.runs[GOOD].attributes["last_update"]
    oms.requests.clear()
    assert follow(registry, oms).once() == 0
    assert not [path for path in oms.requests if f"lumisections?filter[run_number][EQ]={RAMPED}" in path]


def test_a_fresh_registry_reads_from_the_run_it_was_told(registry: Registry, oms: Oms) -> None:
    everything(oms)
    follow(registry, oms, oms_first_run=GOOD).once()
    with registry.reading() as connection:
        assert [each.run_number for each in runs.runs(connection)] == [GOOD]


def test_a_run_that_somebody_wants_again_is_read_whole(registry: Registry, oms: Oms, who: Follower) -> None:
    control(oms, steps=40)
    who.once()
    wish = {"kind": "value", "run": RAMPED, "lumisections": [3], "attribute": "ebp_ready", "value": False}
    control(oms, inject=wish)
    with registry.writing() as tx:
        feed_commands.want_again(tx, RAMPED, SHIFTER)
    who.once()
    assert (3, 3, "BAD") in world.statuses(registry, "ecal-ecal", dataset="online", run_number=RAMPED)
    with registry.reading() as connection:
        assert feeds.wishes(connection, "OMS") == []


def test_a_run_oms_does_not_have_is_named(who: Follower) -> None:
    with pytest.raises(NotAnswered, match="no run 123456"):
        who.refresh(123456)


def test_a_run_that_goes_on_is_not_signed_off(registry: Registry, oms: Oms, who: Follower) -> None:
    control(oms, steps=10)
    who.once()
    with pytest.raises(NotOpen, match="still going on"):
        sign_off(registry, RAMPED)


def test_pages_that_shift_while_they_are_walked_lose_nobody(oms: Oms) -> None:
    """A run that changes meanwhile moves to the front, and pushes the others back."""
    asked = {"runs": 0}

    class Shifting:
        def get(self, path: str, query: str = "") -> Any:
            offset = int(query.split("page[offset]=")[1].split("&")[0])
            order = [5, 4, 3, 2, 1] if asked["runs"] == 0 else [1, 5, 4, 3, 2]
            asked["runs"] += 1
            rows = [{"id": str(n), "attributes": {"run_number": n, "last_update": f"2026-0{n}"}} for n in order]
            return {"data": rows[offset : offset + 2], "meta": {"totalResourceCount": 5}}

    found = Client(Shifting()).changed_runs("2026-02")  # type: ignore[arg-type]  # it answers as a connection does
    assert {row.id for row in found} >= {"5", "4", "3", "2"}
