"""What rules say by themselves, and why."""

from typing import Any

import pytest

from model.authors import IMPORTER
from model.commands import automatic
from model.commands.again import Again, concerned, decide_again, take_turn
from model.commands.rules import set_rule
from model.commands.runs import set_run_attributes
from model.errors import Forbidden, NotFound
from model.events import DatasetCreated, RunAttributesSet
from model.queries import datasets, runs, verdicts
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.rulebook.why import why_status
from tests.model import world
from tests.model.world import EXPERT, PROMPT, RUN, SHIFTER, sequence_of
from tests.provision.stories import once

READY = {"var": "lumisection.oms.dt0_ready"}
GOOD = {"==": [READY, True]}
BAD = {"==": [READY, False]}


def keep(registry: Registry, name: str, logic: Any, purpose: str, target: str, value: str, **text: Any) -> int:
    with registry.writing() as tx:
        words = RuleText(logic, "unknown", f"{name}.", purpose=purpose, target=target, value=value, **text)
        return set_rule(tx, name, words, EXPERT)


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Give a run whose DT was ready on 1-4, not on 5-7, and nobody knows on 8-10."""
    world.report_run(registry, bits={"dt0_ready": [(1, 4, True), (5, 7, False)]}, recorded_lumi=1.0)
    keep(registry, "dt-good", GOOD, "online-verdict", "dt-dt", "GOOD", priority=20)
    keep(registry, "dt-bad", BAD, "online-verdict", "dt-dt", "BAD", priority=10)
    return registry


def apply(registry: Registry) -> int:
    with registry.writing() as tx:
        return automatic.classify_run(tx, RUN, IMPORTER) + automatic.certify_run(tx, RUN, IMPORTER)


def said(registry: Registry, dataset: str = "online") -> list[tuple[Any, ...]]:
    with registry.reading() as connection:
        found = verdicts.of_dataset(connection, RUN, dataset, sequence_of(connection), ["dt-dt"])["dt-dt"]
    return [(v.span.first, v.span.last, v.status.name, v.author) for v in found]


def test_each_automatic_verdict_names_its_rule_and_version(told: Registry) -> None:
    apply(told)
    assert said(told) == [
        (1, 4, "GOOD", "rule:dt-good@1"),
        (5, 7, "BAD", "rule:dt-bad@1"),
        (8, 10, "NOTSET", "rule:none@0"),
    ]


def test_asking_the_rules_again_records_nothing_until_one_of_them_changes(told: Registry) -> None:
    assert apply(told) == 1
    assert apply(told) == 0
    keep(told, "dt-good", {"and": [GOOD, {">": [{"var": "lumisection.lumisection_number"}, 2]}]},
         "online-verdict", "dt-dt", "GOOD", priority=20)  # fmt: skip
    assert apply(told) == 1
    assert said(told)[:2] == [(1, 2, "NOTSET", "rule:none@0"), (3, 4, "GOOD", "rule:dt-good@2")]


def test_a_person_stands_above_what_rules_say_now_and_later(told: Registry) -> None:
    apply(told)
    world.give(told, SHIFTER, "dt-dt", [(2, 6)], "STANDBY", dataset="online")
    assert apply(told) == 0
    assert (2, 6, "STANDBY", "a.shifter") in said(told)


def test_a_disabled_rule_of_a_list_says_nothing(told: Registry) -> None:
    keep(told, "dt-bad", BAD, "online-verdict", "dt-dt", "BAD", priority=10, enabled=False)
    apply(told)
    assert "BAD" not in {status for _, _, status, _ in said(told)}


def test_a_run_gets_the_strongest_class_that_holds_on_any_lumisection(told: Registry) -> None:
    keep(told, "cosmics", {">": [{"var": "run.run_number"}, 1]}, "class", "class", "Cosmics24", priority=30)
    keep(told, "collisions", BAD, "class", "class", "Collisions24", priority=10)
    in_class = {"==": [{"var": "run.rr.class"}, "Collisions24"]}
    keep(told, "looked-at", in_class, "significance", "significant", "true")
    apply(told)
    with told.reading() as connection:
        registry_words = runs.run(connection, RUN).registry
    assert (registry_words["class"], registry_words["significant"]) == ("Collisions24", True)


def test_a_class_that_a_person_set_stays(told: Registry) -> None:
    keep(told, "collisions", BAD, "class", "class", "Collisions24")
    with told.writing() as tx:
        set_run_attributes(tx, RUN, {"class": "Commissioning24"}, EXPERT)
    apply(told)
    with told.reading() as connection:
        assert runs.run(connection, RUN).registry["class"] == "Commissioning24"


def test_a_new_dataset_starts_with_the_defaults_and_states_of_the_rules(told: Registry) -> None:
    apply(told)
    online_bad = {"==": [{"var": "lumisection.rr.dt-dt"}, "BAD"]}
    keep(told, "offline-dt-bad", online_bad, "offline-default", "dt-dt", "BAD")
    number = {">": [{"var": "run.run_number"}, 1]}
    state = "not significant for workspace"
    keep(told, "no-castor", number, "workspace-significance", "castor", state)
    with told.writing() as tx:
        automatic.create_dataset(tx, DatasetCreated(RUN, PROMPT, {"global": "OPEN"}), IMPORTER)
    assert said(told, PROMPT)[1] == (5, 7, "BAD", "rule:offline-dt-bad@1")
    with told.reading() as connection:
        found = datasets.dataset(connection, RUN, PROMPT)
    assert (found.state_of("castor"), found.state_of("dt")) == (state, "OPEN")


def test_a_status_says_which_rule_gave_it_and_what_decided(told: Registry) -> None:
    apply(told)
    then = keep(told, "dt-bad", GOOD, "online-verdict", "dt-dt", "BAD", priority=10)
    with told.reading() as connection:
        cell = why_status(connection, (RUN, "online", 6), "dt-dt", then)
    (rule,) = cell.rules
    assert (rule.rule, rule.version, rule.truth) == ("dt-bad", 1, True)
    assert [(step.place, step.values) for step in rule.blame] == [("", {"lumisection.oms.dt0_ready": False})]


def test_a_status_nobody_gave_shows_the_list_that_could_have(told: Registry) -> None:
    with told.reading() as connection:
        cell = why_status(connection, (RUN, "online", 9), "dt-dt", sequence_of(connection))
    assert cell.verdict is None
    assert [(rule.rule, rule.truth) for rule in cell.rules] == [("dt-bad", None), ("dt-good", None)]


def test_only_what_ingests_may_let_the_rules_speak_and_only_of_runs_there_are(told: Registry) -> None:
    with told.writing() as tx, pytest.raises(Forbidden):
        automatic.certify_run(tx, RUN, SHIFTER)
    with told.writing() as tx, pytest.raises(NotFound):
        automatic.classify_run(tx, RUN + 1, IMPORTER)


def again(registry: Registry, name: str) -> Again:
    with registry.reading() as connection:
        asked = concerned(connection, name)
    return decide_again(registry.database, registry.clock, asked)


def events(registry: Registry) -> int:
    with registry.reading() as connection:
        return sequence_of(connection)


READY_LATER = {"and": [GOOD, {">": [{"var": "lumisection.lumisection_number"}, 2]}]}


def test_open_runs_are_decided_again_when_a_rule_changes(told: Registry) -> None:
    apply(told)
    keep(told, "dt-good", READY_LATER, "online-verdict", "dt-dt", "GOOD", priority=20)
    assert said(told)[0] == (1, 4, "GOOD", "rule:dt-good@1")
    found = again(told, "dt-good")
    assert said(told)[:2] == [(1, 2, "NOTSET", "rule:none@0"), (3, 4, "GOOD", "rule:dt-good@2")]
    assert (found.decided, found.changed, found.waiting) == (1, 1, ())
    assert found.sentence == "1 open run was decided again, 1 with something new."


def test_trap_5_a_person_stays_above_a_rule_that_decides_again(
    told: Registry,
) -> None:
    apply(told)
    world.give(told, SHIFTER, "dt-dt", [(1, 2)], "BAD", dataset="online", comment="noisy wheel")
    keep(told, "dt-good", READY_LATER, "online-verdict", "dt-dt", "GOOD", priority=20)
    again(told, "dt-good")
    assert said(told)[0] == (1, 2, "BAD", "a.shifter")
    with told.reading() as connection:
        under = verdicts.overruled(connection, RUN, "online", sequence_of(connection), ["dt-dt"])["dt-dt"]
    assert [(v.span, v.status.name, v.author) for v in under] == [((1, 2), "NOTSET", "rule:none@0")]


def test_trap_32_deciding_again_records_nothing_where_nothing_changes(told: Registry) -> None:
    keep(told, "collisions", BAD, "class", "class", "Collisions24")
    apply(told)
    with told.writing() as tx:
        set_run_attributes(tx, RUN, {"class": "Commissioning24"}, EXPERT)
    keep(told, "collisions", GOOD, "class", "class", "Collisions24", priority=9)
    before = events(told)
    assert [again(told, "collisions").changed for _ in range(3)] == [0, 0, 0]
    assert again(told, "dt-bad").decided == 1
    assert events(told) == before
    with told.reading() as connection:
        assert runs.run(connection, RUN).registry["class"] == "Commissioning24"


def test_a_run_that_was_signed_off_is_not_decided_again(told: Registry) -> None:
    apply(told)
    world.give(told, SHIFTER, "dt-dt", [(8, 10)], "GOOD", dataset="online")
    with told.writing() as tx:
        tx.record(RunAttributesSet(RUN, {"state": "SIGNOFF"}), SHIFTER)
    keep(told, "dt-good", READY_LATER, "online-verdict", "dt-dt", "GOOD", priority=20)
    found = again(told, "dt-good")
    assert (found.decided, found.sentence) == (0, "No open run asks it.")
    assert said(told)[0] == (1, 4, "GOOD", "rule:dt-good@1")


def test_a_rule_that_others_read_as_a_flag_decides_their_columns_again(told: Registry) -> None:
    keep(told, "dt-on", GOOD, "", "", "")
    keep(told, "dt-good", {"var": "flag.dt-on"}, "online-verdict", "dt-dt", "GOOD", priority=20)
    apply(told)
    keep(told, "dt-on", READY_LATER, "", "", "")
    with told.reading() as connection:
        assert concerned(connection, "dt-on").columns == {"dt-dt"}
    again(told, "dt-on")
    assert said(told)[:2] == [(1, 2, "NOTSET", "rule:none@0"), (3, 4, "GOOD", "rule:dt-good@2")]


def test_a_selection_that_nobody_reads_concerns_no_run(told: Registry) -> None:
    keep(told, "mine", GOOD, "", "", "")
    with told.reading() as connection:
        assert concerned(connection, "mine") == Again(frozenset(), ())


def test_many_runs_are_decided_in_turns_that_are_one_action(
    told: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (RUN + 1, RUN + 2):
        world.report_run(told, run_number=number, bits={"dt0_ready": [(1, 4, True)]}, recorded_lumi=1.0)
    monkeypatch.setattr("model.commands.again.TURN_S", -1)
    with told.reading() as connection:
        asked = concerned(connection, "dt-good")
    assert asked.waiting == (RUN + 2, RUN + 1, RUN)
    first = decide_again(told.database, told.clock, asked, until=0)
    assert first == asked
    begun = take_turn(told.database, told.clock, asked)
    assert (begun.decided, begun.waiting) == (1, (RUN + 1, RUN))
    assert begun.sentence == "1 open run was decided again, 1 with something new; 2 more follow."
    whole = decide_again(told.database, told.clock, begun)
    assert (whole.decided, whole.changed, whole.action) == (3, 3, begun.action)
