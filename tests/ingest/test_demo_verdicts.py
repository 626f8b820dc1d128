"""The demo's verdicts are no list in disguise: bits explain, columns share the losses, people speak."""

import re
from collections import Counter, defaultdict

import numpy as np
import pytest

from ingest.demo import conditions as files
from ingest.demo.acts import BitOverride, DatasetVerdicts
from model.vocabulary import CAUSES, COLUMN_OF_BIT, OFFLINE_COLUMNS, ONLINE_COLUMNS, Status, workspace_of
from tests.ingest.demo_told import (
    ASKED_COLUMNS,
    acts_of,
    all_verdicts,
    demo,
    lost_lumi,
    published,
    runs,
    stretches,
    world,
    worlds,
)

__all__ = ["demo", "runs", "world", "worlds"]


def test_nothing_written_states_golden_or_not(demo):
    words = re.compile(r"gold|json|\blists?\b|publish|certif(ied|y)|not ok|passes|rejected", re.IGNORECASE)
    said = {w for act, v in all_verdicts(demo) for w in (act.author, act.dataset, v.column, v.cause, v.comment)}
    said |= {a.reason for a in acts_of(demo) if isinstance(a, BitOverride)}
    assert not [text for text in said if words.search(text)]


def test_no_single_column_and_no_single_workspace_is_the_list_in_disguise(world):
    expected = {(r, n) for r, numbers in published(files.CALL_381594).items() for n in numbers}
    groups = [[c] for c in ASKED_COLUMNS]
    groups += [[c for c in ASKED_COLUMNS if workspace_of(c) == w] for w in map(workspace_of, ASKED_COLUMNS)]
    prompt = world.prompt()
    for group in groups:
        good = sum(
            int(np.all([world.status(r, d, c) == Status.GOOD for c in group], axis=0).sum()) for r, d in prompt
        )
        assert good > len(expected) * 1.02


def test_every_column_of_the_rule_is_needed_to_find_the_list(world):
    """The rule without one column lets more pass, for most columns: the list is in none of them alone."""
    needed = set()
    for run, dataset in world.prompt():
        failing = np.array([world.status(run, dataset, c) != Status.GOOD for c in ASKED_COLUMNS])
        alone = failing & (failing.sum(axis=0) == 1) & world.no_bit_false(run, dataset) & world.exists(run)
        needed |= {c for c, row in zip(ASKED_COLUMNS, alone, strict=True) if row.any()}
    assert len(needed) >= 15


def test_a_false_bit_explains_its_own_columns_first(world):
    checked = 0
    for run, dataset in world.prompt(in_window=False):
        for bit, column in COLUMN_OF_BIT.items():
            false = world.bit(run, bit, dataset) == 0
            checked += int(false.sum())
            assert (world.status(run, dataset, column)[false] != Status.GOOD).all()
            assert (world.status(run, dataset, column)[false] != Status.EMPTY).all()
    assert checked > 1000


def test_a_lumisection_that_a_bit_explains_is_rarely_charged_to_another_column(world):
    explained = charged = 0
    for run, dataset in world.prompt():
        own = {c: np.zeros_like(world.exists(run)) for c in COLUMN_OF_BIT.values()}
        for bit, column in COLUMN_OF_BIT.items():
            own[column] |= world.bit(run, bit, dataset) == 0
        any_own = np.logical_or.reduce(list(own.values()))
        bad = np.zeros_like(any_own)
        for column in set(ASKED_COLUMNS) - set(own) - {"dc-lowlumi"}:
            bad |= world.status(run, dataset, column) == Status.BAD
        explained, charged = explained + int(any_own.sum()), charged + int((any_own & bad).sum())
    assert explained > 1000
    assert charged < 0.01 * explained


@pytest.mark.parametrize("mask", ["all_bits_true", "no_bit_false"])
def test_losses_that_no_bit_explains_are_spread_over_columns(world, mask):
    total, by_column = lost_lumi(world, getattr(world, mask))
    assert total > 100
    assert sum(lumi > 0 for lumi in by_column.values()) >= 10
    assert sum(lumi > 0.01 * total for lumi in by_column.values()) >= 10
    assert max(by_column.values()) <= 0.35 * total


def test_no_column_holds_more_than_35_percent_of_the_lost_luminosity(world):
    total, by_column = lost_lumi(world, lambda run, dataset: world.exists(run))
    assert total == pytest.approx(2406, abs=5)
    assert max(by_column.values()) <= 0.35 * total


def test_lost_luminosity_with_every_bit_true_has_a_cause_or_is_undecided_and_small(world):
    total, undecided = 0.0, 0.0
    for run, dataset in world.prompt():
        lumi = np.nan_to_num(world.runs[run].recorded_lumi_invpb)
        lost = world.lost(run, dataset) & world.no_bit_false(run, dataset)
        statuses = np.array([world.status(run, dataset, c) for c in ASKED_COLUMNS])
        said = ((statuses != Status.GOOD) & (statuses != Status.EMPTY)).any(axis=0)
        total, undecided = total + lumi[lost].sum(), undecided + lumi[lost & ~said].sum()
    assert undecided < 0.01 * total


def test_whatever_is_not_good_has_a_cause_of_the_vocabulary_and_a_comment(demo):
    for _, verdict in all_verdicts(demo):
        if verdict.status is not Status.GOOD:
            assert verdict.cause in CAUSES
            assert len(verdict.comment) >= 3


def test_verdicts_are_inside_the_run_contiguous_and_of_columns_of_their_stage(demo, worlds):
    exists = {run: worlds[0].exists(run) for run in worlds[0].runs}
    for act, verdict in all_verdicts(demo):
        assert verdict.column in (ONLINE_COLUMNS if act.dataset == "online" else OFFLINE_COLUMNS)
        assert verdict.ranges
        for (_, last), (first, _) in zip(verdict.ranges, verdict.ranges[1:], strict=False):
            assert first > last + 1
        assert all(exists[act.run_number][first : last + 1].all() for first, last in verdict.ranges)


def test_one_author_says_one_thing_per_lumisection_and_column_at_a_time(demo):
    for act in acts_of(demo):
        if isinstance(act, DatasetVerdicts):
            seen = defaultdict(set)
            for verdict in act.verdicts:
                numbers = {n for first, last in verdict.ranges for n in range(first, last + 1)}
                assert not seen[verdict.column] & numbers
                seen[verdict.column] |= numbers


def test_losses_are_of_human_size(demo, world):
    """A loss of one lumisection stands only where the published list itself leaves no room for more."""
    lengths = []
    for run, dataset in world.prompt():
        lost = world.lost(run, dataset)
        for column in ASKED_COLUMNS:
            status = world.status(run, dataset, column)
            for first, last in stretches((status != Status.GOOD) & (status != Status.EMPTY)):
                lengths.append(last - first + 1)
                if first == last:
                    room = [n for n in (first - 1, first + 1) if n < len(lost) and lost[n]]
                    assert not room, (run, column, first)
    assert np.median(lengths) >= 5
    assert sum(length == 1 for length in lengths) < 0.1 * len(lengths)


def test_at_least_six_named_people_and_some_rules_speak_and_all_are_marked_illustrative(demo):
    voices = {(act.author, act.is_person) for act in acts_of(demo) if isinstance(act, DatasetVerdicts)}
    people = {author for author, is_person in voices if is_person}
    rules = {author for author, is_person in voices if not is_person}
    assert len(people) >= 6 and len(rules) >= 2 and not people & rules
    assert all(author.endswith("(illustrative)") for author in people | rules)
    assert all(re.match(r"rule:[a-z-]+@\d+ ", author) for author in rules)
    losing = {act.author for act, v in all_verdicts(demo) if v.status is Status.BAD and act.is_person}
    assert len(losing) >= 6


def test_online_express_and_prompt_disagree_on_one_to_three_percent_of_lumisections(worlds):
    world = worlds[2]
    names = defaultdict(dict)
    for run, dataset in world.datasets:
        names[run][dataset.strip("/").split("/")[0]] = dataset
    common = [c for c in ONLINE_COLUMNS if c in OFFLINE_COLUMNS]
    total = differing = 0
    pairs = Counter()
    for run, stages in names.items():
        if len(stages) < 3:
            continue
        found = world.blank(run) > 0
        for column in common:
            online, express, prompt = (
                world.status(run, stages[s], column) for s in ("online", "Express", "PromptReco")
            )
            for name, a, b in (("oe", online, express), ("op", online, prompt), ("ep", express, prompt)):
                found |= a != b
                pairs[name] += int((a != b).sum())
        total += int(world.exists(run).sum())
        differing += int(found.sum())
    assert total > 100_000
    assert 0.01 <= differing / total <= 0.03
    assert all(pairs[name] for name in ("oe", "op", "ep"))
