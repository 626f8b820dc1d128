"""The demo's datasets and their states, and when something is said of them."""

from collections import defaultdict
from datetime import timedelta

import numpy as np

from ingest.demo import conditions as files
from ingest.demo.acts import DatasetVerdicts
from model.vocabulary import OFFLINE_COLUMNS, ONLINE_COLUMNS, State, Status, workspace_of
from tests.ingest.demo_told import acts_of, demo, published, runs, world, worlds

__all__ = ["demo", "runs", "world", "worlds"]


def test_at_least_40_prompt_datasets_stay_open_with_a_workspace_undecided(worlds):
    world = worlds[2]
    undecided = []
    expected = published(files.CALL_381594)
    for run, dataset in world.prompt(in_window=False):
        states = world.datasets[run, dataset].final_state
        spoken = {workspace_of(c): world.status(run, dataset, c).any() for c in OFFLINE_COLUMNS}
        silent = {w for w, spoke in spoken.items() if not spoke}
        assert all(states[w] is State.OPEN for w in silent)
        if silent:
            undecided.append(run)
            assert run not in expected
    assert len(undecided) >= 40


def test_the_last_runs_with_collisions_can_still_be_certified(worlds):
    world = worlds[2]
    last = [(r, d) for r, d in world.prompt(in_window=False) if world.datasets[r, d].is_open][-10:]
    assert all(world.datasets[r, "online"].final_state["global"] is State.OPEN for r, _ in last[-8:])
    assert any(r in published(files.CALL_381594) for r, _ in last)


def test_a_tracker_shifter_finds_tracks_that_nobody_looked_at_in_runs_of_no_list(worlds):
    world = worlds[2]
    open_ = [
        (run, dataset)
        for run, dataset in world.prompt(in_window=False)
        if (world.status(run, dataset, "tracker-track")[world.exists(run)] == Status.EMPTY).any()
    ]
    assert len(open_) >= 6
    assert all(world.datasets[one].final_state["tracker"] is State.OPEN for one in open_)
    assert not {run for run, _ in open_} & set(published(files.CALL_381594))


def test_a_closed_workspace_has_decided_every_lumisection(worlds):
    world = worlds[2]
    for (run, name), dataset in world.datasets.items():
        for column in ONLINE_COLUMNS if name == "online" else OFFLINE_COLUMNS:
            state = dataset.final_state["global" if name == "online" else workspace_of(column)]
            if state is not State.OPEN:
                assert (world.status(run, name, column)[world.exists(run)] != Status.EMPTY).all()


def test_runs_without_collisions_get_no_collisions_dataset(worlds):
    offline = {run for run, name in worlds[2].datasets if name != "online"}
    for number, run in worlds[2].runs.items():
        stable = any(value for *_, value in run.bits.get("beam1_stable", ()))
        collided = stable or np.nansum(run.recorded_lumi_invpb) > 0.01
        assert (number in offline) == collided
    assert set(published(files.CALL_381594)) <= offline


def test_every_run_has_online_and_collisions_have_the_datasets_of_their_era(worlds):
    names = defaultdict(set)
    for run, name in worlds[2].datasets:
        names[run].add(name)
    for number, run in worlds[2].runs.items():
        offline = {"/Express/Collisions2024/DQM", f"/PromptReco/Collisions{run.era}/DQM"}
        assert names[number] in ({"online"}, {"online"} | offline)


def test_acts_are_in_order_after_their_run_and_on_their_side_of_the_labels(demo, runs):
    assert demo.first and demo.second and demo.after
    times = [act.happened_at for act in acts_of(demo)]
    assert times == sorted(times)
    assert demo.first[-1].happened_at <= demo.labelled_at[0] < demo.second[0].happened_at
    assert demo.second[-1].happened_at <= demo.labelled_at[1] < demo.after[0].happened_at
    started = {run.run_number: run.started_at for run in runs}
    assert all(act.happened_at >= started[act.run_number] for act in acts_of(demo))


def test_prompt_is_spoken_of_two_days_after_the_run_and_express_an_hour(demo, runs):
    lasted = {r.run_number: timedelta(seconds=int(r.lumisections[-1].last * 23.31)) for r in runs}
    ended = {r.run_number: r.started_at + lasted[r.run_number] for r in runs}
    for act in acts_of(demo):
        if isinstance(act, DatasetVerdicts):
            later = {"E": 1, "P": 48}.get(act.dataset.strip("/")[0], 0)
            assert act.happened_at >= ended[act.run_number] + timedelta(hours=later)
