"""The era map tells of every lumisection by number what the rest of the registry says of it."""

from typing import Any

import pytest

from model.authors import IMPORTER
from model.commands.rules import set_rule
from model.era_map import question
from model.era_map.era_map import EraMap, era_map
from model.era_map.picked import picked
from model.era_map.question import Question, Tells, eras, rows
from model.golden.choice import choices
from model.ranges import LumisectionRange
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.vocabulary import OFFLINE_COLUMNS, Stage
from tests.model import world
from tests.model.world import PROMPT, RUN

PIXEL = "tracker-pixel"


class KeptInMemory:
    """A cache that counts what it was asked."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        self.kept[key] = value


def add(registry: Registry, number: int = RUN, last: int = 10, **attributes: Any) -> None:
    world.report_run(registry, number, [(1, last)], **attributes)
    world.create_dataset(registry, PROMPT, number)


def drawn(registry: Registry, **asked: Any) -> EraMap:
    asked.setdefault("at", world.now(registry))
    with registry.reading() as connection:
        return era_map(connection, registry.golden, Question(**asked))


def told(found: EraMap, row: int = 0) -> list[str]:
    start = sum(found.lengths[:row])
    return [found.kinds[code].words for code in found.codes[start : start + found.lengths[row]]]


def totals(found: EraMap) -> dict[str, tuple[int, float]]:
    return {
        line.group.label: (line.lumisections, round(line.recorded_invpb, 6))
        for line in found.legend
        if line.lumisections
    }


def keep_rule(registry: Registry, logic: Any, null_policy: str = "bad") -> None:
    text = RuleText(logic, null_policy, "What this test calls golden.", "/PromptReco/%/DQM", "golden")
    with registry.writing() as tx:
        set_rule(tx, "golden-test", text, IMPORTER)


def test_a_column_is_told_lumisection_by_lumisection(registry: Registry) -> None:
    add(registry)
    world.rule_says(registry, PIXEL, [(1, 8)], "GOOD")
    world.give(registry, world.TRACKER, PIXEL, [(3, 4)], "BAD")
    found = drawn(registry, tells=Tells.COLUMN, name=PIXEL)
    assert told(found) == ["GOOD"] * 2 + ["BAD"] * 2 + ["GOOD"] * 4 + ["EMPTY"] * 2
    assert totals(found) == {"BAD": (2, 0.2), "EMPTY": (2, 0.2), "GOOD": (6, 0.6)}


def test_the_worst_status_names_the_column_that_has_it(registry: Registry) -> None:
    add(registry)
    world.rule_says(registry, ("tracker-track", PIXEL, "tracker-strip"), [(1, 10)], "GOOD")
    world.give(registry, world.TRACKER, "tracker-strip", [(2, 3)], "STANDBY")
    world.give(registry, world.TRACKER, PIXEL, [(3, 3)], "BAD")
    found = drawn(registry, workspace="tracker")
    assert told(found)[:4] == ["GOOD", "STANDBY: tracker-strip", f"BAD: {PIXEL}", "GOOD"]


def test_a_column_that_was_left_out_says_nothing_of_the_others(registry: Registry) -> None:
    add(registry)
    world.rule_says(registry, ("tracker-track", PIXEL), [(1, 10)], "GOOD")
    world.rule_says(registry, "tracker-strip", [(1, 10)], "EXCLUDED")
    assert set(told(drawn(registry, workspace="tracker"))) == {"GOOD"}


def test_silence_is_never_green(registry: Registry) -> None:
    add(registry)
    world.rule_says(registry, [c for c in OFFLINE_COLUMNS if c != "tau-tau"], [(1, 10)], "GOOD")
    assert set(told(drawn(registry))) == {"EMPTY: tau-tau"}


def test_a_missing_number_is_a_hole_and_nothing_shifts(registry: Registry) -> None:
    world.report_run(registry, RUN, [(1, 3), (6, 8)])
    world.create_dataset(registry)
    world.rule_says(registry, PIXEL, [(1, 3), (6, 8)], "GOOD")
    found = drawn(registry, tells=Tells.COLUMN, name=PIXEL)
    assert told(found) == ["GOOD"] * 3 + ["no such lumisection"] * 2 + ["GOOD"] * 3
    assert totals(found) == {"GOOD": (6, 0.6)}


def test_a_missing_bit_is_unknown_and_never_on(registry: Registry) -> None:
    add(registry, bits={"bpix_ready": [(1, 4, True), (5, 6, False)]})
    found = drawn(registry, tells=Tells.BIT, name="bpix_ready")
    assert told(found) == [f"bpix_ready is {word}" for word in ["on"] * 4 + ["off"] * 2 + ["unknown"] * 4]


def test_the_first_clause_not_passed_is_the_reason_and_the_dearest_comes_first(registry: Registry) -> None:
    add(registry, bits={"cms_active": [(1, 9, True), (10, 10, False)]})
    world.rule_says(registry, PIXEL, [(1, 10)], "GOOD")
    world.give(registry, world.TRACKER, PIXEL, [(7, 10)], "BAD")
    active, pixel = ("lumisection.oms.cms_active", True), (f"lumisection.rr.{PIXEL}", "GOOD")
    keep_rule(registry, {"and": [{"==": [{"var": path}, value]} for path, value in (active, pixel)]})
    found = drawn(registry, tells=Tells.GOLDEN)
    assert told(found) == (
        ["golden"] * 6 + [f"not: {pixel[0]} = GOOD"] * 3 + ["not: lumisection.oms.cms_active = true"]
    )
    reasons = [line for line in found.legend if line.group.look == "reason"]
    assert [(line.group.letter, line.lumisections) for line in reasons] == [("A", 3), ("B", 1)]


def test_the_golden_lumisections_of_the_map_are_those_of_the_golden_list(registry: Registry) -> None:
    from model.golden import golden as room
    from model.rulebook.book import golden_rule

    for number in (RUN, RUN + 1):
        add(registry, number, bits={"cms_active": [(1, 7, True)]})
        world.rule_says(registry, PIXEL, [(2, 10)], "GOOD", run_number=number)
    keep_rule(
        registry,
        {
            "and": [
                {"==": [{"var": "lumisection.oms.cms_active"}, True]},
                {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]},
            ]
        },
        "unknown",
    )
    found, at = drawn(registry, tells=Tells.GOLDEN), world.now(registry)
    with registry.reading() as connection:
        rule = golden_rule(connection, at)
        assert rule is not None
        listed = registry.golden.golden(connection, room.Question(rule, "/PromptReco/%/DQM", at))
    assert totals(found)["golden"] == (listed.lumisections, round(listed.recorded_invpb, 6))
    assert "unknown, not: lumisection.oms.cms_active = true" in told(found)


def test_an_era_that_is_replayed_stays_behind_the_one_that_began_last(registry: Registry) -> None:
    for number, era in ((RUN, "2024C"), (RUN + 1, "2024D"), (RUN + 2, "2024C")):
        add(registry, number, era=era)
    with registry.reading() as connection:
        at = world.now(registry)
        assert list(eras(connection, Stage.PROMPT, at)) == ["2024D", "2024C"]
        assert choices(connection, at)["era"] == ["2024D", "2024C"]


def test_rows_are_newest_first_of_one_stage_and_era(registry: Registry) -> None:
    for number, era in ((RUN, "2024C"), (RUN + 1, "2024D"), (RUN + 2, "2024D")):
        add(registry, number, era=era)
        world.create_dataset(registry, world.EXPRESS, number)
    found = drawn(registry, era="2024D", tells=Tells.COLUMN, name=PIXEL)
    assert found.run_numbers == (RUN + 2, RUN + 1)
    assert set(found.datasets) == {PROMPT}
    with registry.reading() as connection:
        at = world.now(registry)
        assert eras(connection, Stage.PROMPT, at) == {"2024D": 2, "2024C": 1}
        assert list(eras(connection, Stage.PROMPT, at)) == ["2024D", "2024C"]
    assert drawn(registry, first_run=RUN, last_run=RUN + 1).run_numbers == (RUN + 1, RUN)


def test_a_hidden_dataset_is_no_row(registry: Registry) -> None:
    world.report_run(registry)
    world.create_dataset(registry, hidden=True)
    assert drawn(registry).run_numbers == ()


def test_the_past_is_told_as_it_was(registry: Registry) -> None:
    add(registry)
    world.rule_says(registry, PIXEL, [(1, 10)], "GOOD")
    before = world.now(registry)
    world.give(registry, world.TRACKER, PIXEL, [(1, 10)], "BAD")
    asked = {"tells": Tells.COLUMN, "name": PIXEL}
    assert set(told(drawn(registry, **asked))) == {"BAD"}
    assert set(told(drawn(registry, at=before, **asked))) == {"GOOD"}


def test_what_was_computed_is_kept_until_a_run_of_it_changes(registry: Registry) -> None:
    from model.cache import Cache
    from model.golden.golden import GoldenRoom

    add(registry)
    backend, asked = KeptInMemory(), {"tells": Tells.COLUMN, "name": PIXEL}

    def once_more() -> EraMap:
        with registry.reading() as connection:
            question = Question(world.sequence_of(connection), **asked)
            return era_map(connection, GoldenRoom(Cache(backend)), question)

    first = once_more()
    world.report_run(registry, RUN + 7, era="2030A")
    assert once_more() == first
    assert len(backend.kept) == 1
    world.give(registry, world.TRACKER, PIXEL, [(1, 10)], "STANDBY")
    assert set(told(once_more())) == {"STANDBY"}
    assert len(backend.kept) == 2


def test_a_spoilt_cache_changes_no_answer(registry: Registry) -> None:
    from model.cache import Cache
    from model.golden.golden import GoldenRoom

    add(registry)
    backend = KeptInMemory()
    with registry.reading() as connection:
        asked = Question(world.sequence_of(connection), tells=Tells.COLUMN, name=PIXEL)
        first = era_map(connection, GoldenRoom(Cache(backend)), asked)
        backend.kept = {key: value[:-1] + b"?" for key, value in backend.kept.items()}
        assert era_map(connection, GoldenRoom(Cache(backend)), asked) == first


def test_one_run_longer_than_99_of_100_is_cut_off_and_a_longer_one_of_two_is_not(registry: Registry) -> None:
    add(registry, RUN, 500)
    add(registry, RUN + 1, 10)
    found = drawn(registry, tells=Tells.COLUMN, name=PIXEL)
    assert (found.usual_last, found.longest) == (500, 500)
    for number in range(RUN + 2, RUN + 100):
        add(registry, number, 10)
    found = drawn(registry, tells=Tells.COLUMN, name=PIXEL)
    assert (len(found.lengths), found.usual_last, found.longest) == (100, 10, 500)


def test_older_rows_without_room_are_counted_and_the_next_of_them_named(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (RUN, RUN + 1, RUN + 2):
        add(registry, number)
    monkeypatch.setattr(question, "MOST_ROWS", 2)
    found = drawn(registry)
    assert (found.run_numbers, found.left_out, found.newest_left_out) == ((RUN + 2, RUN + 1), 1, RUN)
    monkeypatch.setattr(question, "MOST_LUMISECTIONS", 15)
    found = drawn(registry)
    assert (found.run_numbers, found.left_out, found.newest_left_out) == ((RUN + 2,), 2, RUN + 1)
    monkeypatch.setattr(question, "MOST_LUMISECTIONS", 5)
    with registry.reading() as connection:
        assert len(rows(connection, Question(world.now(registry))).refs) == 1


def test_an_empty_era_and_an_era_without_a_rule_have_no_map(registry: Registry) -> None:
    assert drawn(registry).lengths == ()
    add(registry)
    assert drawn(registry, tells=Tells.GOLDEN).lengths == ()
    assert drawn(registry, era="2031Z").codes == b""
    assert drawn(registry, workspace="nobody").lengths == ()


def test_an_era_without_luminosity_says_so(registry: Registry) -> None:
    from model.commands import upstream

    with registry.writing() as tx:
        upstream.report_run(tx, RUN, {"era": "2024C"}, IMPORTER)
        upstream.report_lumisections(tx, RUN, (LumisectionRange(1, 5),), {}, IMPORTER)
    world.create_dataset(registry)
    assert not drawn(registry).has_luminosity
    add(registry, RUN + 1)
    assert drawn(registry).has_luminosity


def test_what_is_picked_is_worth_its_lumisections_each_run_once(registry: Registry) -> None:
    for number in (RUN, RUN + 1, RUN + 2):
        add(registry, number)
        world.create_dataset(registry, "/PromptReco/HICosmics24/DQM", number)
    with registry.reading() as connection:
        asked = Question(world.sequence_of(connection))
        found = picked(connection, asked, (RUN + 1, RUN + 2), LumisectionRange(4, 6))
        nothing = picked(connection, asked, (1, 2), LumisectionRange(1, 9))
        beyond = picked(connection, asked, (RUN, RUN), LumisectionRange(9, 16_766))
    assert (round(found.recorded_invpb, 6), found.runs, found.with_luminosity) == (0.6, 2, 2)
    assert (nothing.recorded_invpb, nothing.runs, nothing.with_luminosity) == (0, 0, 0)
    assert round(beyond.recorded_invpb, 6) == 0.2
