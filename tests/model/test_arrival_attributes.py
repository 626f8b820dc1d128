"""What a person or a rule says of a run stands, or goes, while the run arrives."""

import pytest

from model import journal
from model.authors import IMPORTER
from model.commands.rules import set_rule
from model.commands.runs import import_run_attributes, move_run, reset_run, set_run_attributes
from model.errors import Forbidden, Invalid, NotOpen
from model.queries import runs
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.arrivals import READY, keep_rules, tell
from tests.model.world import EXPERT, RUN, SHIFTER


def test_trap_32_a_class_set_by_hand_stays_and_nothing_is_recorded_about_it(registry: Registry) -> None:
    keep_rules(registry)
    with registry.writing() as tx:
        text = RuleText({"==": [READY, True]}, "bad", "Ready.", "online", "class", "class", "Cosmics24", 10)
        set_rule(tx, "cosmics", text, EXPERT)
    tell(registry, [(1, 2)], {"dt0_ready": [(1, 2, True)]})
    with registry.writing() as tx:
        set_run_attributes(tx, RUN, {"class": "Commissioning24"}, EXPERT)
    before = world.now(registry)
    for _ in range(3):
        assert tell(registry, [(1, 2)], {"dt0_ready": [(1, 2, True)]}) == 0
    tell(registry, [(1, 3)], {"dt0_ready": [(1, 3, True)]})
    with registry.reading() as connection:
        assert runs.run(connection, RUN).run_class == "Commissioning24"
        kinds = [e.event.kind for e in journal.entries(connection, before)]
    assert kinds == ["run-reported", "lumisections-changed", "rules-decided"]


def test_a_run_that_a_person_made_significant_stays_so_whatever_the_rules_say(registry: Registry) -> None:
    keep_rules(registry)
    tell(registry, [(1, 3)], {"dt0_ready": [(1, 3, True)]})
    with registry.writing() as tx:
        set_run_attributes(tx, RUN, {"significant": True}, SHIFTER)
    tell(registry, [(1, 5)], {"dt0_ready": [(1, 5, True)]})
    with registry.reading() as connection:
        assert runs.run(connection, RUN).registry["significant"] is True


def test_a_reset_forgets_the_person_s_class_and_keeps_the_person_s_verdicts(registry: Registry) -> None:
    keep_rules(registry)
    with registry.writing() as tx:
        text = RuleText({"==": [READY, True]}, "bad", "Ready.", "online", "class", "class", "Cosmics24", 10)
        set_rule(tx, "cosmics", text, EXPERT)
    tell(registry, [(1, 4)], {"dt0_ready": [(1, 4, True)]})
    world.give(registry, SHIFTER, "dt-dt", [(2, 2)], "BAD", dataset="online")
    with registry.writing() as tx:
        set_run_attributes(tx, RUN, {"class": "Commissioning24"}, EXPERT)
        with pytest.raises(Forbidden):
            reset_run(tx, RUN, SHIFTER)
        reset_run(tx, RUN, EXPERT, comment="it was cosmics after all")
    with registry.reading() as connection:
        assert runs.run(connection, RUN).run_class == "Cosmics24"
    assert world.statuses(registry, "dt-dt", dataset="online") == [
        (1, 1, "GOOD"),
        (2, 2, "BAD"),
        (3, 4, "GOOD"),
    ]


def test_a_reset_leaves_nothing_where_no_rule_decides(registry: Registry) -> None:
    tell(registry, [(1, 4)])
    with registry.writing() as tx:
        set_run_attributes(tx, RUN, {"class": "Commissioning24"}, EXPERT)
        reset_run(tx, RUN, EXPERT)
    with registry.reading() as connection:
        assert runs.run(connection, RUN).run_class == ""


def test_a_run_that_was_signed_off_is_not_reset(registry: Registry) -> None:
    tell(registry, [(1, 4)], end_time="2026-05-01T10:00:00Z")
    with registry.writing() as tx:
        import_run_attributes(tx, RUN, {"state": "SIGNOFF"}, IMPORTER, importer=IMPORTER)
        with pytest.raises(NotOpen, match="decided again"):
            reset_run(tx, RUN, EXPERT)


@pytest.mark.parametrize("said", ["beam dump", "DAQ error: FED 1022 stuck", ""])
def test_a_stop_reason_begins_with_a_word_of_the_list(registry: Registry, said: str) -> None:
    tell(registry, [(1, 4)])
    with registry.writing() as tx:
        set_run_attributes(tx, RUN, {"stop_reason": said}, SHIFTER)
        with pytest.raises(Invalid, match="no stop reason; end of fill"):
            set_run_attributes(tx, RUN, {"stop_reason": "because"}, SHIFTER)
    with registry.reading() as connection:
        assert runs.run(connection, RUN).registry["stop_reason"] == said


def test_a_run_that_goes_on_is_not_signed_off(registry: Registry) -> None:
    tell(registry, [(1, 10)])
    world.decide_everything(registry, "online")
    with registry.writing() as tx, pytest.raises(NotOpen, match="still going on"):
        move_run(tx, RUN, "OPEN", "SIGNOFF", SHIFTER)
