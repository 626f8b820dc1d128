"""What a golden JSON is made within, and rules that are varied or asked together."""

import numpy as np
import pytest

from model.authors import IMPORTER
from model.cache import Cache
from model.commands.cycles import create_cycle
from model.commands.rules import set_rule
from model.commands.upstream import Luminosity, report_luminosity
from model.errors import Invalid, NotFound
from model.golden.choice import Within
from model.golden.golden import GoldenRoom, Question
from model.registry import Registry
from model.rulebook.book import given_rule, rulebook
from model.rulebook.texts import RuleText
from model.spans import spans
from rules.variant import Variation, parts
from tests.model import world
from tests.model.golden_world import BIT, STATUS, ask, spans_of, told
from tests.model.world import DC, EXPERT, EXPRESS, PROMPT, RUN

__all__ = ["told"]


def test_a_list_is_made_within_a_class_an_era_runs_or_a_cycle(told: Registry) -> None:
    assert spans_of(ask(told, within=Within(runs=((RUN - 5, RUN), (1, 2))))) == [(1, 1), (3, 3), (5, 10)]
    refused = [
        (Within(run_class="Cosmics24"), "run class Cosmics24"),
        (Within(era="2018D"), "era 2018D"),
        (Within(runs=((1, RUN - 1),)), f"runs 1–{RUN - 1}"),
        (Within(cycle="none"), "There is no cycle none"),
    ]
    for within, says in refused:
        with pytest.raises(NotFound, match=says):
            ask(told, within=within)
    with told.writing() as tx:
        create_cycle(tx, "week 1", "2024-06-01", [(RUN, EXPRESS)], DC)
    assert spans_of(ask(told, pattern="%", within=Within(cycle="week 1"))) == [(2, 3), (5, 6)]


def test_runs_are_read_as_a_person_writes_them() -> None:
    assert spans(" 380649, 381000-381594,") == ((380649, 380649), (381000, 381594))
    for words, says in {"x": "no range", "5-3": "reversed", ",".join(["1"] * 501): "At most 500"}.items():
        with pytest.raises(Invalid, match=says):
            spans(words)


def test_what_is_left_open_is_no_clauses_loss(told: Registry) -> None:
    golden = ask(told, {"and": [BIT, STATUS]}, "unknown")
    bit, status = golden.losses
    lost = golden.considered_invpb - golden.recorded_invpb
    assert golden.unknown == 2
    assert golden.unknown_invpb == pytest.approx(0.2)
    assert bit.exclusive_invpb + status.exclusive_invpb + golden.mixed_invpb == pytest.approx(lost - 0.2)
    assert bit.sequential_invpb + status.sequential_invpb == pytest.approx(lost - 0.2)


def test_a_rule_without_one_of_its_clauses_selects_more_and_is_no_kept_version(told: Registry) -> None:
    with told.writing() as tx:
        set_rule(tx, "bit-and-status", RuleText({"and": [BIT, STATUS]}, "bad", ""), EXPERT)
    with told.reading() as connection:
        at = world.sequence_of(connection)
        book = rulebook(connection, at)
        kept = book.version("bit-and-status")
        off = Variation(frozenset({parts(kept.rule)[0].key}))
        assert book.varied(kept, Variation()) is kept
        loose = book.varied(kept, off)
        assert (loose.name, loose.version) == ("bit-and-status", 0)
        reads = kept.plan.rule.variables
        wide = told.golden.golden(connection, Question(loose, PROMPT, at, reads=reads))
        assert spans_of(wide) == spans_of(ask(told))
        assert wide.lumisections > told.golden.golden(connection, Question(kept, PROMPT, at)).lumisections


def test_a_list_of_low_pileup_reads_the_measured_number(told: Registry) -> None:
    logic = {"<": [0, {"var": "lumisection.oms.pileup"}, 20]}
    assert spans_of(ask(told, logic)) == []
    assert ask(told, logic, "good").unknown == 9
    pileup = np.array([30, 19.96, 19.94, 5, 5, 5, 40, 5])
    recorded = np.full(8, 0.1)
    with told.writing() as tx:
        report_luminosity(tx, RUN, Luminosity("OMS", recorded, recorded, pileup), IMPORTER)
    assert spans_of(ask(told, logic)) == [(3, 3), (5, 6), (8, 8)]
    asked = ask(told, {"and": [STATUS, logic]}, "good")
    assert (spans_of(asked), asked.unknown) == ([(3, 3), (5, 6), (8, 8)], 2)


def test_several_lists_in_one_pass_are_the_lists_one_by_one(told: Registry) -> None:
    with told.reading() as connection:
        at = world.sequence_of(connection)
        asked = [
            Question(given_rule(logic, "good"), PROMPT, at) for logic in (BIT, STATUS, {"and": [BIT, STATUS]})
        ]
        together = GoldenRoom(Cache()).several(connection, asked)
        assert [one.lists for one in together] == [told.golden.golden(connection, one).lists for one in asked]
