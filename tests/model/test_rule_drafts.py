"""A rule from draft to active: tested as it stands, by two people where it is official, nothing lost."""

from typing import Any

import pytest

from model.authors import Author
from model.commands import rule_drafts
from model.commands.rules import set_rule
from model.errors import Forbidden, Invalid, NotFound, NotOpen, Stale
from model.queries import rules as rule_queries
from model.registry import Registry
from model.rulebook.book import rulebook
from model.rulebook.difference import Difference, Over, backtest
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.world import DC, EXPERT, PROMPT, READER, RUN, TRACKER, sequence_of
from tests.provision.stories import once

DT = {"==": [{"var": "lumisection.rr.dt-dt"}, "GOOD"]}
ACTIVE = {"==": [{"var": "lumisection.oms.cms_active"}, True]}


def text(logic: Any = DT, purpose: str = "golden", **more: Any) -> RuleText:
    return RuleText(logic, "bad", "what is good", PROMPT, purpose, **more)


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Give a run with DT GOOD on 1-6 of 10, and CMS active on 1-8."""
    world.report_run(registry, bits={"cms_active": [(1, 8, True), (9, 10, False)]})
    world.create_dataset(registry)
    world.give(registry, EXPERT, "dt-dt", [(1, 6)], "GOOD")
    return registry


def draft(registry: Registry, words: RuleText | None = None, by: Author = DC, seen: int | None = None) -> None:
    with registry.writing() as tx:
        at = tx.head.sequence if seen is None else seen
        rule_drafts.draft_rule(tx, "golden", words or text(), by, seen=at)


def run_test(registry: Registry, by: Author = DC) -> Difference:
    with registry.reading() as connection:
        at = sequence_of(connection)
        proposed = rule_queries.drafts(connection)["golden"].text
        found = backtest(connection, registry.golden.frames, "golden", proposed, Over(PROMPT, at))
    with registry.writing() as tx:
        rule_drafts.record_backtest(tx, "golden", found.closure, found.document(), by)
    return found


def activate(registry: Registry, by: Author = EXPERT, comment: str = "") -> None:
    with registry.writing() as tx:
        digest = rule_queries.drafts(tx.connection)["golden"].digest
        rule_drafts.activate_rule(tx, "golden", digest, by, comment=comment)


def versions(registry: Registry) -> list[tuple[int, str, str]]:
    with registry.reading() as connection:
        found = rule_queries.history(connection, "golden", sequence_of(connection))
    return [(each.version, each.by, each.drafted_by) for each in found]


def test_a_rule_is_drafted_tested_and_made_active_by_a_second_person(told: Registry) -> None:
    draft(told)
    assert versions(told) == []
    found = run_test(told)
    assert [(c.before, c.after, c.lumisections) for c in found.changes] == [("not selected", "selected", 6)]
    activate(told)
    assert versions(told) == [(1, "b.expert", "d.coordinator")]
    with told.reading() as connection:
        assert rule_queries.drafts(connection) == {}


def test_whoever_drafted_an_official_rule_does_not_make_it_active(told: Registry) -> None:
    draft(told)
    run_test(told)
    with pytest.raises(Forbidden, match="second person"):
        activate(told, DC)
    assert versions(told) == []


def test_a_selection_needs_no_second_person(told: Registry) -> None:
    draft(told, text(purpose=""))
    run_test(told)
    activate(told, DC)
    assert versions(told) == [(1, "d.coordinator", "d.coordinator")]


def test_a_draft_that_was_not_tested_as_it_stands_cannot_become_active(told: Registry) -> None:
    draft(told)
    with pytest.raises(NotOpen, match="back-tested"):
        activate(told)
    run_test(told)
    draft(told, text(ACTIVE))
    with pytest.raises(NotOpen, match="back-tested"):
        activate(told)


def test_a_flag_that_changed_after_the_test_asks_for_another_test(told: Registry) -> None:
    with told.writing() as tx:
        set_rule(tx, "dt", RuleText(DT, "bad", ""), EXPERT)
    draft(told, text({"var": "flag.dt"}))
    run_test(told)
    with told.writing() as tx:
        set_rule(tx, "dt", RuleText(ACTIVE, "bad", ""), EXPERT)
    with pytest.raises(NotOpen, match="back-tested"):
        activate(told)
    run_test(told)
    activate(told)


def test_what_was_tested_must_be_what_is_drafted(told: Registry) -> None:
    draft(told)
    with told.writing() as tx, pytest.raises(Stale):
        rule_drafts.record_backtest(tx, "golden", "0" * 64, {}, DC)


def test_somebody_elses_draft_is_not_overwritten_unseen(told: Registry) -> None:
    with told.reading() as connection:
        before = sequence_of(connection)
    draft(told)
    with pytest.raises(Stale, match=r"d\.coordinator"):
        draft(told, text(ACTIVE), EXPERT, before)
    draft(told, text(ACTIVE), EXPERT)


def test_a_draft_changed_after_somebody_looked_is_not_activated(told: Registry) -> None:
    draft(told)
    run_test(told)
    with told.writing() as tx, pytest.raises(Stale, match="look at it again"):
        rule_drafts.activate_rule(tx, "golden", "0" * 64, EXPERT)


def test_errors_keep_a_rule_from_being_active_and_warnings_want_a_reason(told: Registry) -> None:
    draft(told, text({"and": [DT, {"<=": [{"var": "run.oms.energy"}, 7000]}]}))
    run_test(told)
    with pytest.raises(Invalid, match="energy"):
        activate(told)
    activate(told, comment="energy is always known in 2024")
    draft(told, text({"and": [DT, {"==": [{"var": "lumisection.rr.dt-dt"}, "BAD"]}]}))
    run_test(told)
    with pytest.raises(Invalid, match="never"):
        activate(told, comment="I insist")


def test_a_draft_may_read_what_does_not_exist_but_says_so(told: Registry) -> None:
    words = text({"==": [{"var": "run.name"}, "x"]})
    draft(told, words)
    with told.reading() as connection:
        book = rulebook(connection, sequence_of(connection))
    assert [each.code for each in rule_drafts.findings(book, words)] == ["unknown-variable"]
    with pytest.raises(Invalid, match=r"run\.name"):
        run_test(told)


def test_rights_decide_who_drafts_and_who_activates(told: Registry) -> None:
    with pytest.raises(Forbidden):
        draft(told, by=READER)
    online = RuleText(ACTIVE, "bad", "", "online", "online-verdict", "dt-dt", "GOOD")
    with pytest.raises(Forbidden):
        draft(told, online, TRACKER)
    draft(told, online)
    run_test(told)
    with pytest.raises(Forbidden):
        activate(told, DC)
    activate(told, EXPERT)


def test_a_withdrawn_draft_is_gone_and_stays_in_the_history(told: Registry) -> None:
    draft(told)
    with told.writing() as tx:
        rule_drafts.withdraw_draft(tx, "golden", DC, comment="not now")
    with told.writing() as tx, pytest.raises(NotOpen, match="withdrawn"):
        rule_drafts.withdraw_draft(tx, "golden", DC)
    with told.writing() as tx, pytest.raises(NotFound):
        rule_drafts.withdraw_draft(tx, "silver", DC)


def test_a_back_test_counts_what_would_turn_in_lumisections_runs_and_luminosity(told: Registry) -> None:
    draft(told)
    run_test(told)
    activate(told)
    draft(told, text(ACTIVE))
    (gained,) = run_test(told).changes
    assert (gained.before, gained.after, gained.lumisections) == ("not selected", "selected", 2)
    assert gained.recorded_invpb == pytest.approx(0.2)
    assert gained.ranges == {RUN: ((7, 8),)}


def test_a_rule_of_a_list_is_tested_as_part_of_its_list(told: Registry) -> None:
    good = RuleText(ACTIVE, "bad", "", "%", "online-verdict", "dt-dt", "GOOD", priority=20)
    with told.writing() as tx:
        set_rule(tx, "dt-good", good, EXPERT)
    late = {">": [{"var": "lumisection.lumisection_number"}, 5]}
    bad = RuleText(late, "bad", "", "%", "online-verdict", "dt-dt", "BAD", priority=10)
    with told.reading() as connection:
        over = Over("online", sequence_of(connection))
        found = backtest(connection, told.golden.frames, "dt-late", bad, over)
    assert [(c.before, c.after, c.lumisections) for c in found.changes] == [
        ("GOOD", "BAD", 3),
        ("NO VALUE FOUND", "BAD", 2),
    ]
    assert "3 LS of 1 run would turn from GOOD to BAD (−0.300 pb⁻¹)" in found.sentence


def test_the_line_that_takes_what_no_other_took_may_always_hold(registry: Registry) -> None:
    with registry.reading() as connection:
        book = rulebook(connection, sequence_of(connection))
    listed = RuleText({"!!": [True]}, "bad", "", "", "class", value="Collisions24", priority=99)
    assert rule_drafts.findings(book, listed) == ()
    assert {each.code for each in rule_drafts.findings(book, text({"!!": [True]}))} == {"always-true"}


@pytest.mark.parametrize("rest", [True, "true", {"==": [1, 1]}])
def test_a_decision_list_ends_in_a_line_for_the_rest_from_draft_to_active(told: Registry, rest: Any) -> None:
    with told.writing() as tx:
        set_rule(tx, "dt-on", listed(ACTIVE, "GOOD", 10), EXPERT)
    draft(told, listed(rest, "STANDBY", 99))
    found = run_test(told)
    assert [(c.after, c.lumisections) for c in found.changes] == [("STANDBY", 2)]
    activate(told)
    with told.reading() as connection:
        rule = rulebook(connection, sequence_of(connection)).version("golden")
    assert (rule.text.value, rule.rule.variables) == ("STANDBY", frozenset())


def listed(logic: Any, value: str, priority: int) -> RuleText:
    return RuleText(logic, "bad", "", PROMPT, "online-verdict", "dt-dt", value, priority=priority)


def test_a_back_test_over_an_era_considers_its_runs_only(told: Registry) -> None:
    world.report_run(told, RUN + 1, era="2024D")
    world.create_dataset(told, run_number=RUN + 1)
    with told.reading() as connection:
        at = sequence_of(connection)
        considered = {
            era: backtest(connection, told.golden.frames, "golden", text(), Over("%", at, era)).considered_runs
            for era in ("", "2024C", "2024D")
        }
        assert considered == {"": 2, "2024C": 1, "2024D": 1}
        with pytest.raises(NotFound, match="of era 2024X"):
            backtest(connection, told.golden.frames, "golden", text(), Over("%", at, "2024X"))
        kept = backtest(connection, told.golden.frames, "golden", text(), Over("%", at, "2024C")).document()
        assert (kept["pattern"], kept["era"]) == ("%", "2024C")
