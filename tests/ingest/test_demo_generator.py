"""The demo's golden rule gives the published lists at their labels; a seed tells one history."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.demo import conditions as files
from ingest.demo.acts import BitOverride
from ingest.demo.generator import generate
from tests.ingest.demo_told import (
    ASKED_COLUMNS,
    SEED,
    World,
    acts_of,
    all_verdicts,
    demo,
    make,
    published,
    runs,
    world,
    worlds,
)

__all__ = ["demo", "runs", "world", "worlds"]


def test_the_golden_rule_at_label_call_380649_gives_exactly_the_published_list(worlds):
    assert worlds[0].result() == published(files.CALL_380649)


def test_the_golden_rule_at_label_call_381594_gives_exactly_the_published_list(worlds):
    assert worlds[1].result() == published(files.CALL_381594)
    assert sum(map(len, worlds[1].result().values())) == 83_594


def test_what_comes_after_the_second_label_does_not_change_the_list(worlds):
    assert worlds[2].result() == worlds[1].result()


def test_the_first_call_is_a_strict_subset_with_no_shared_run_changed(worlds):
    early, late = worlds[0].result(), worlds[1].result()
    assert all(late[run] == early[run] for run in early)
    assert len(early) < len(late)


def test_what_the_second_call_adds_was_not_yet_decided_at_the_first_label(worlds):
    early, late = worlds[0].result(), worlds[1].result()
    for run, dataset in worlds[0].prompt():
        if run in late and run not in early:
            columns = [worlds[0].status(run, dataset, c).any() for c in ASKED_COLUMNS]
            assert not all(columns)


def test_run_379238_lumisection_11_carries_the_only_override(demo, runs):
    overrides = [act for act in acts_of(demo) if isinstance(act, BitOverride)]
    assert len(overrides) == 1
    (only,) = overrides
    assert (only.run_number, only.dataset) == (379238, "/PromptReco/Collisions2024B/DQM")
    assert only.lumisections == ((11, 11),)
    assert set(only.bits) == {"bpix_ready", "fpix_ready", "tob_ready", "tecp_ready"}
    assert only.value and len(only.reason) > 10


def test_without_the_override_that_lumisection_would_be_lost(runs, demo):
    world = World({run.run_number: run for run in runs})
    world.add(act for act in (*demo.first, *demo.second) if not isinstance(act, BitOverride))
    expected = published(files.CALL_381594)
    expected[379238].discard(11)
    assert world.result() == expected


def test_the_demo_stays_small(demo):
    assert len(acts_of(demo)) <= 15_000
    assert sum(len(v.ranges) for _, v in all_verdicts(demo)) <= 150_000


def test_the_same_seed_tells_the_same_history(demo, runs):
    assert make(runs) == demo


def test_another_process_tells_the_same_history(demo):
    """Sets are ordered by a hash that differs between processes: none may decide an order here."""
    tell = (
        "import hashlib; from tests.ingest.demo_told import files, make; "
        "told = make(files.read_conditions(files.LUMISECTIONS)); "
        "print(hashlib.sha256(repr(told).encode()).hexdigest())"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(root)}
    told = subprocess.run(
        [sys.executable, "-c", tell], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == hashlib.sha256(repr(demo).encode()).hexdigest()


def test_another_seed_tells_another_history_of_the_same_list(demo, runs):
    other = make(runs, SEED + 1)
    assert other != demo
    world = World({run.run_number: run for run in runs})
    world.add((*other.first, *other.second))
    assert world.result() == published(files.CALL_381594)


def test_an_earlier_list_that_is_not_the_beginning_of_the_later_one_is_refused(runs):
    late = files.read_ranges(files.CALL_381594)
    with pytest.raises(ValueError, match="beginning"):
        generate(runs, {380649: late[378985]}, late, seed=SEED)
