"""Verdicts on ranges: exact edits, two voices, holes, staleness, undo."""

import random

import pytest

from model.commands.undo import undo
from model.errors import Invalid, NotOpen, Stale
from model.queries import completeness, datasets
from model.ranges import LumisectionRange
from model.registry import Registry
from tests.model.world import (
    DC,
    EXPERT,
    PROMPT,
    RULE,
    RUN,
    TRACKER,
    create_dataset,
    give,
    now,
    report_run,
    rule_says,
    said,
    statuses,
)
from tests.provision.stories import once

PIXEL = "tracker-pixel"


@pytest.fixture
@once
def open_dataset(registry: Registry) -> Registry:
    report_run(registry)
    create_dataset(registry)
    return registry


def _undo(registry: Registry, action: int) -> int:
    with registry.writing() as tx:
        return undo(tx, action, DC)


def test_an_edit_in_the_middle_splits_and_taking_it_back_by_hand_merges_again(open_dataset: Registry) -> None:
    give(open_dataset, TRACKER, PIXEL, [(1, 10)], "GOOD")
    give(open_dataset, TRACKER, PIXEL, [(4, 6)], "BAD")
    assert statuses(open_dataset, PIXEL) == [(1, 3, "GOOD"), (4, 6, "BAD"), (7, 10, "GOOD")]
    give(open_dataset, TRACKER, PIXEL, [(4, 6)], "GOOD")
    assert statuses(open_dataset, PIXEL) == [(1, 10, "GOOD")]


def test_two_bad_stretches_are_recorded_as_those_two_ranges(open_dataset: Registry) -> None:
    """Trap 1: G G G G G G becomes B G G B B G."""
    give(open_dataset, TRACKER, PIXEL, [(1, 6)], "GOOD")
    give(open_dataset, TRACKER, PIXEL, [(1, 1), (4, 5)], "BAD")
    bad = [(first, last) for first, last, status in statuses(open_dataset, PIXEL) if status == "BAD"]
    assert bad == [(1, 1), (4, 5)]
    assert statuses(open_dataset, PIXEL)[1] == (2, 3, "GOOD")


@pytest.mark.parametrize("person_first", [True, False])
def test_a_person_outranks_a_rule_whatever_the_order(open_dataset: Registry, *, person_first: bool) -> None:
    """Trap 5: the rule's word stays visible under the person's."""
    voices = [
        lambda: give(open_dataset, TRACKER, PIXEL, [(3, 5)], "GOOD"),
        lambda: rule_says(open_dataset, PIXEL, [(1, 10)], "BAD"),
    ]
    for speak in voices if person_first else reversed(voices):
        speak()
    assert said(open_dataset, PIXEL) == [
        (1, 2, "BAD", RULE.name),
        (3, 5, "GOOD", TRACKER.name),
        (6, 10, "BAD", RULE.name),
    ]
    assert said(open_dataset, PIXEL, overruled=True) == [(3, 5, "BAD", RULE.name)]


@pytest.mark.parametrize("seed", range(4))
def test_what_counts_equals_the_two_voices_lumisection_by_lumisection(
    open_dataset: Registry, seed: int
) -> None:
    rng = random.Random(seed)
    person: dict[int, str] = {}
    rule: dict[int, str] = {}
    for _ in range(12):
        first = rng.randint(1, 10)
        span = (first, rng.randint(first, 10))
        status = rng.choice(["GOOD", "BAD", "STANDBY", "EXCLUDED", "NOTSET"])
        is_person = rng.random() < 0.5
        if is_person:
            give(open_dataset, TRACKER, PIXEL, [span], status)
        else:
            rule_says(open_dataset, PIXEL, [span], status)
        (person if is_person else rule).update(dict.fromkeys(range(span[0], span[1] + 1), status))
        found = statuses(open_dataset, PIXEL)
        assert {n: s for a, b, s in found for n in range(a, b + 1)} == {**rule, **person}
        under = statuses(open_dataset, PIXEL, overruled=True)
        expected = {n: s for n, s in rule.items() if n in person}
        assert {n: s for a, b, s in under for n in range(a, b + 1)} == expected


def test_silence_is_not_green_and_notset_is_a_word_of_its_own(open_dataset: Registry) -> None:
    assert statuses(open_dataset, PIXEL) == []
    give(open_dataset, TRACKER, PIXEL, [(1, 10)], "GOOD")
    give(open_dataset, TRACKER, PIXEL, [(2, 3)], "NOTSET")
    assert (2, 3, "NOTSET") in statuses(open_dataset, PIXEL)
    with open_dataset.reading() as connection:
        missing = completeness.undecided(connection, RUN, PROMPT)
    assert missing[PIXEL] == (LumisectionRange(2, 3),)


def test_a_missing_lumisection_number_stays_a_hole_and_nothing_shifts(registry: Registry) -> None:
    """Trap 6."""
    report_run(registry, lumisections=[(1, 3), (5, 8)])
    create_dataset(registry)
    give(registry, TRACKER, PIXEL, [(2, 6)], "BAD")
    assert statuses(registry, PIXEL) == [(2, 3, "BAD"), (5, 6, "BAD")]
    with registry.reading() as connection:
        assert datasets.lumisections(connection, RUN) == ((1, 3), (5, 8))
    with pytest.raises(Invalid, match="no lumisection 4"):
        give(registry, TRACKER, PIXEL, [(4, 4)], "BAD")


def test_an_edit_over_what_somebody_else_changed_meanwhile_is_refused_with_both_sides(
    open_dataset: Registry,
) -> None:
    seen = now(open_dataset)
    give(open_dataset, TRACKER, PIXEL, [(3, 6)], "BAD", "HV trip")
    with pytest.raises(Stale) as refused:
        give(open_dataset, DC, PIXEL, [(5, 8)], "GOOD", seen=seen)
    (conflict,) = refused.value.conflicts
    assert (conflict.column, conflict.ranges, conflict.yours) == (PIXEL, ((5, 6),), "GOOD")
    assert (conflict.theirs, conflict.by) == ("BAD", TRACKER.name)
    sentence = str(refused.value)
    assert all(word in sentence for word in ("5–6", "BAD", "GOOD", TRACKER.name, "Nothing was written"))
    assert statuses(open_dataset, PIXEL) == [(3, 6, "BAD")]


def test_an_edit_beside_what_somebody_else_changed_goes_through(open_dataset: Registry) -> None:
    seen = now(open_dataset)
    give(open_dataset, TRACKER, PIXEL, [(3, 6)], "BAD")
    give(open_dataset, DC, PIXEL, [(7, 8)], "GOOD", seen=seen)
    give(open_dataset, DC, "tracker-strip", [(3, 6)], "GOOD", seen=seen)
    assert statuses(open_dataset, PIXEL) == [(3, 6, "BAD"), (7, 8, "GOOD")]


def test_rows_cut_by_an_edit_elsewhere_are_no_conflict(open_dataset: Registry) -> None:
    give(open_dataset, TRACKER, PIXEL, [(1, 10)], "GOOD")
    seen = now(open_dataset)
    give(open_dataset, EXPERT, PIXEL, [(5, 5)], "BAD")
    give(open_dataset, DC, PIXEL, [(1, 4), (6, 10)], "STANDBY", seen=seen)
    assert statuses(open_dataset, PIXEL) == [(1, 4, "STANDBY"), (5, 5, "BAD"), (6, 10, "STANDBY")]


def test_ones_own_later_edit_is_no_conflict(open_dataset: Registry) -> None:
    seen = now(open_dataset)
    give(open_dataset, TRACKER, PIXEL, [(1, 4)], "BAD")
    give(open_dataset, TRACKER, PIXEL, [(2, 5)], "GOOD", seen=seen)
    assert statuses(open_dataset, PIXEL) == [(1, 1, "BAD"), (2, 5, "GOOD")]


def test_an_edit_over_what_somebody_else_took_back_meanwhile_is_refused(open_dataset: Registry) -> None:
    action = give(open_dataset, TRACKER, PIXEL, [(3, 6)], "BAD")
    seen = now(open_dataset)
    _undo(open_dataset, action)
    with pytest.raises(Stale, match="EMPTY"):
        give(open_dataset, EXPERT, PIXEL, [(5, 8)], "GOOD", seen=seen)
    assert statuses(open_dataset, PIXEL) == []


def test_undo_brings_back_exactly_what_was_there_the_rules_word_included(open_dataset: Registry) -> None:
    rule_says(open_dataset, PIXEL, [(1, 6)], "STANDBY")
    give(open_dataset, TRACKER, PIXEL, [(5, 8)], "GOOD")
    before = said(open_dataset, PIXEL), said(open_dataset, PIXEL, overruled=True)
    action = give(open_dataset, EXPERT, PIXEL, [(2, 9)], "BAD")
    assert said(open_dataset, PIXEL, overruled=True) == [(2, 6, "STANDBY", RULE.name)]
    _undo(open_dataset, action)
    assert (said(open_dataset, PIXEL), said(open_dataset, PIXEL, overruled=True)) == before


def test_undo_of_a_person_keeps_what_a_rule_said_since(open_dataset: Registry) -> None:
    rule_says(open_dataset, PIXEL, [(1, 10)], "GOOD")
    action = give(open_dataset, TRACKER, PIXEL, [(3, 5)], "BAD")
    rule_says(open_dataset, PIXEL, [(1, 10)], "STANDBY")
    _undo(open_dataset, action)
    assert said(open_dataset, PIXEL) == [(1, 10, "STANDBY", RULE.name)]
    assert said(open_dataset, PIXEL, overruled=True) == []


def test_undo_is_refused_while_later_verdicts_lie_on_it(open_dataset: Registry) -> None:
    action = give(open_dataset, TRACKER, PIXEL, [(3, 5)], "BAD")
    later = give(open_dataset, EXPERT, PIXEL, [(5, 6)], "GOOD")
    with pytest.raises(Stale, match="undo those first"):
        _undo(open_dataset, action)
    _undo(open_dataset, later)
    _undo(open_dataset, action)
    assert said(open_dataset, PIXEL) == []


def test_an_action_is_undone_once(open_dataset: Registry) -> None:
    action = give(open_dataset, TRACKER, [PIXEL, "tracker-strip"], [(3, 5)], "BAD")
    _undo(open_dataset, action)
    with pytest.raises(Stale):
        _undo(open_dataset, action)


def test_undo_is_refused_after_the_workspace_signed_off(open_dataset: Registry) -> None:
    action = give(open_dataset, TRACKER, PIXEL, [(3, 5)], "BAD")
    create_dataset(open_dataset, states={"tracker": "SIGNOFF"})
    with pytest.raises(NotOpen, match="SIGNOFF"):
        _undo(open_dataset, action)
