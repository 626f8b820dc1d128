"""Findings of real histories: since when, acknowledged, corrected, and gone again."""

from math import nan

import pytest

from model.authors import IMPORTER
from model.clock import SettableClock
from model.commands.datasets import hide_dataset
from model.commands.findings import Correction, acknowledge, correct, correction, take_back_acknowledgement
from model.commands.rules import set_rule
from model.errors import Forbidden, Invalid, NotFound, Stale
from model.journal import sequence_now
from model.queries import bits
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.sentinel import Finding, Kind, Sentinel
from model.sentinel.findings import Listed, Wanted, listed, one, totals
from tests.model import world
from tests.model.arrivals import tell
from tests.model.world import DC, EXPERT, EXPRESS, GEM, PROMPT, READER, RULE, RUN, TRACKER

#: as in the table of May: no beam on LS 4 and 5, and 0.1 /pb each
NO_BEAM = {"beam1_stable": [(1, 3, True), (4, 5, False), (6, 10, True)]}
BEAM = f"{RUN}/beam/dc"


def findings(registry: Registry, at: int | None = None, sentinel: Sentinel | None = None) -> dict[str, Finding]:
    with registry.reading() as connection:
        at = sequence_now(connection) if at is None else at
        found = (sentinel or Sentinel()).findings(connection, at)
    return {each.key: each for each in found}


def listing(registry: Registry) -> list[Listed]:
    with registry.reading() as connection:
        return listed(Sentinel(), connection, sequence_now(connection))


def kinds(registry: Registry) -> set[Kind]:
    return {each.kind for each in findings(registry).values()}


def answer(registry: Registry, key: str = BEAM, reason: str = "a test of the flags") -> int:
    digest = findings(registry)[key].digest
    with registry.writing() as tx:
        return acknowledge(tx, key, digest, DC, reason=reason)


def test_luminosity_without_beam_is_found_with_its_luminosity_owner_and_age(
    registry: Registry, clock: SettableClock
) -> None:
    world.report_run(registry, bits=NO_BEAM)
    found = findings(registry)[BEAM]
    assert found.recorded_invpb == pytest.approx(0.2) and found.delivered_invpb == pytest.approx(0.22)
    # the luminosity was the last to come
    assert (found.owner, found.since, found.since_at) == ("dc", 3, clock.at)


def test_a_finding_holds_since_the_event_that_made_it_whatever_comes_later(registry: Registry) -> None:
    world.report_run(registry)
    made = world.report_luminosity(registry, [0.1] * 12)
    for value in (0.2, 0.3, 0.4, 0.5, 0.6):
        world.report_luminosity(registry, [value] * 12)
        world.report_run(registry, 380002)
    assert findings(registry)[f"{RUN}/outside/lumi"].since == made


def test_a_finding_that_was_mended_and_came_back_holds_since_it_came_back(registry: Registry) -> None:
    world.report_run(registry)
    world.report_luminosity(registry, [0.1] * 11)
    world.report_luminosity(registry, [0.1] * 10)
    assert kinds(registry) == set()
    again = world.report_luminosity(registry, [0.1] * 12)
    assert findings(registry)[f"{RUN}/outside/lumi"].since == again


def test_findings_are_those_of_the_sequence_that_is_asked_for(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    before = findings(registry)
    with registry.reading() as connection:
        at = sequence_now(connection)
    world.report_run(registry, bits={"beam1_stable": [(1, 10, True)]})
    sentinel = Sentinel()
    assert findings(registry, sentinel=sentinel) == {}
    assert findings(registry, at, sentinel) == before
    assert findings(registry, 0, sentinel) == {}


def test_a_sentinel_that_saw_the_run_before_says_what_a_new_one_says(registry: Registry) -> None:
    sentinel = Sentinel()
    world.report_run(registry, bits=NO_BEAM)
    world.report_run(registry, 380002, [(1, 4), (7, 10)])
    for luminosity in ([0.1] * 10, [0.1] * 12, [0.1] * 5 + [nan] * 5, [-0.1] * 10):
        world.report_luminosity(registry, luminosity)
        assert findings(registry, sentinel=sentinel) == findings(registry)


def test_fewer_lumisections_than_before_are_found_and_come_back(registry: Registry) -> None:
    tell(registry, [(1, 10)])
    assert kinds(registry) == set()
    tell(registry, [(1, 7)])
    found = findings(registry)[f"{RUN}/gone/dc"]
    assert [tuple(span) for span in found.lumisections] == [(8, 10)]
    assert "ended at 10 then, now at 7" in found.sentence
    tell(registry, [(1, 10)])
    assert Kind.GONE not in kinds(registry)


def test_holes_and_luminosity_in_them_are_two_findings(registry: Registry) -> None:
    world.report_run(registry, lumisections=[(1, 4), (7, 10)])
    assert kinds(registry) == {Kind.HOLES}
    world.report_luminosity(registry, [0.1] * 10)
    assert kinds(registry) == {Kind.HOLES, Kind.OUTSIDE}


def test_an_override_in_every_dataset_that_can_be_seen_mends_it_and_oms_keeps_its_word(
    registry: Registry,
) -> None:
    world.report_run(registry, bits=NO_BEAM)
    world.create_dataset(registry)
    world.create_dataset(registry, EXPRESS)
    found = findings(registry)[BEAM]
    with registry.writing() as tx:
        correct(tx, BEAM, found.digest, DC, value=True, reason="the flag came late")
        said = bits.overrides(tx.connection, RUN, PROMPT, tx.head.sequence)
    assert [(o.bit, tuple(o.span), o.value, o.raw, o.comment) for o in said] == [
        ("beam1_stable", (4, 5), True, False, "the flag came late")
    ]
    assert findings(registry) == {}
    world.create_dataset(registry, "/ReReco/Collisions2024C/DQM")
    assert BEAM in findings(registry)
    with registry.writing() as tx:
        hide_dataset(tx, RUN, "/ReReco/Collisions2024C/DQM", DC, hidden=True, comment="not needed")
    assert findings(registry) == {}


def test_a_correction_is_tried_with_what_it_does_to_the_golden_luminosity(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    for name in (PROMPT, EXPRESS):
        world.create_dataset(registry, name)
    digest = findings(registry)[BEAM].digest

    def tried(*, value: bool) -> Correction:
        with registry.trying() as tx:
            return correction(tx, BEAM, digest, DC, value=value)

    assert tried(value=True) == Correction((EXPRESS, PROMPT), 2, pytest.approx(0.2), None)
    logic = {"==": [{"var": "lumisection.oms.beam1_stable"}, True]}
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(logic, "bad", "Beams.", "/PromptReco/%", "golden"), EXPERT)
    before = world.now(registry)
    gained, same = tried(value=True).golden, tried(value=False).golden
    assert gained is not None and same is not None
    assert (gained.change_invpb, gained.lumisections) == (pytest.approx(0.2), 2)
    assert (same.change_invpb, same.lumisections) == (0.0, 0)
    assert world.now(registry) == before and findings(registry)[BEAM].digest == digest


def test_an_override_that_says_the_same_as_oms_mends_nothing(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    world.create_dataset(registry)
    with registry.writing() as tx:
        correct(tx, BEAM, findings(registry)[BEAM].digest, DC, value=False, reason="the beams were away")
    assert BEAM in findings(registry)


def test_what_cannot_be_corrected_is_refused_in_a_sentence_and_nothing_is_written(registry: Registry) -> None:
    world.report_run(registry, lumisections=[(1, 4), (7, 10)], bits=NO_BEAM | {"beam1_stable": [(4, 4, False)]})
    found = findings(registry)
    hole, beam = found[f"{RUN}/holes/cms"], found[BEAM]
    with registry.writing() as tx:
        before = tx.head
        with pytest.raises(Invalid, match="No override of a bit mends this"):
            correct(tx, hole.key, hole.digest, DC, value=True, reason="there they are")
        with pytest.raises(Invalid, match="no offline dataset yet"):
            correct(tx, beam.key, beam.digest, DC, value=True, reason="there they are")
        with pytest.raises(Forbidden, match="override a DCS bit"):
            correct(tx, beam.key, beam.digest, TRACKER, value=True, reason="there they are")
        with pytest.raises(Stale, match="not what it was"):
            correct(tx, beam.key, "of another day", DC, value=True, reason="there they are")
        assert tx.head == before


def test_an_acknowledged_finding_stays_away_until_it_changes(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    answer(registry)
    (said,) = listing(registry)
    assert said.acknowledged is not None
    assert (said.acknowledged.author, said.acknowledged.reason) == (DC.name, "a test of the flags")
    assert not Wanted().has(said) and Wanted(with_acknowledged=True).has(said)
    # a verdict changes the run, not the finding
    world.create_dataset(registry)
    assert listing(registry)[0].acknowledged is not None
    world.report_luminosity(registry, [0.5] * 10)
    assert listing(registry)[0].acknowledged is None and Wanted().has(listing(registry)[0])
    answer(registry, reason="the flags again")
    assert listing(registry)[0].acknowledged is not None


def test_an_acknowledgement_is_taken_back(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    with registry.writing() as tx, pytest.raises(NotFound, match="Nobody acknowledged"):
        take_back_acknowledgement(tx, BEAM, DC)
    answer(registry)
    with registry.writing() as tx:
        take_back_acknowledgement(tx, BEAM, DC)
    assert listing(registry)[0].acknowledged is None
    answer(registry)


def test_who_may_not_acknowledge_is_told_who_may(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    digest = findings(registry)[BEAM].digest
    with registry.writing() as tx:
        before = tx.head
        for by in (READER, GEM):
            with pytest.raises(Forbidden, match="may not acknowledge a finding in dc: .* may"):
                acknowledge(tx, BEAM, digest, by, reason="it is known")
        for by in (RULE, IMPORTER):
            with pytest.raises(Forbidden, match="is a program"):
                acknowledge(tx, BEAM, digest, by, reason="it is known")
        assert tx.head == before


def test_an_acknowledgement_needs_a_reason_and_a_finding_that_is_there(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    digest = findings(registry)[BEAM].digest
    with registry.writing() as tx:
        before = tx.head
        with pytest.raises(Invalid, match="3 to 2,000"):
            acknowledge(tx, BEAM, digest, DC, reason=" ok ")
        for key in ("", "x", f"{RUN}", f"{RUN}/holes/cms", "399999/beam/dc", "9" * 40):
            with pytest.raises(NotFound, match="There is no finding"):
                acknowledge(tx, key, digest, DC, reason="it is known")
        with pytest.raises(Stale):
            acknowledge(tx, BEAM, "0" * 16, DC, reason="it is known")
        assert tx.head == before
    answer(registry)
    with registry.writing() as tx, pytest.raises(Invalid, match=f"{DC.name} acknowledged this already"):
        acknowledge(tx, BEAM, digest, DC, reason="it is known")


def test_totals_add_up_each_kind_most_luminosity_first(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    world.report_run(registry, 380002, bits={"beam2_stable": [(1, 10, False)]})
    world.report_run(registry, 380003, [(1, 4), (7, 10)])
    found = totals(listing(registry))
    assert [(t.kind, t.findings, t.runs, t.lumisections) for t in found] == [
        (Kind.BEAM, 2, 2, 12),
        (Kind.HOLES, 1, 1, 2),
    ]
    assert found[0].at_stake_invpb == pytest.approx(1.32)


def test_findings_are_asked_for_by_kind_owner_and_runs(registry: Registry) -> None:
    world.report_run(registry, bits=NO_BEAM)
    world.report_run(registry, 380003, [(1, 4), (7, 10)])
    every = listing(registry)

    def of(wanted: Wanted) -> set[str]:
        return {each.finding.key for each in every if wanted.has(each)}

    assert of(Wanted()) == {BEAM, "380003/holes/cms"}
    assert of(Wanted(kind=Kind.BEAM)) == of(Wanted(owner="dc")) == of(Wanted(last_run=380002)) == {BEAM}
    assert of(Wanted(first_run=380002)) == {"380003/holes/cms"}
    with pytest.raises(Invalid, match="reversed"):
        Wanted(first_run=5, last_run=4)
    with registry.reading() as connection:
        assert one(Sentinel(), connection, sequence_now(connection), BEAM).finding.kind is Kind.BEAM
