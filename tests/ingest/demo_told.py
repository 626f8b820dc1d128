"""The demo's illustrative history, folded apart from the generator: person over machine, later over earlier."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest

from ingest.demo import conditions as files
from ingest.demo.acts import BitOverride, DatasetVerdicts, Demo, DemoDataset, RunConditions
from ingest.demo.generator import generate
from model.vocabulary import Status

SEED = 2024
ASKED_COLUMNS = (
    "l1t-l1t l1t-l1tmu l1t-l1tcalo hlt-hlt tracker-pixel tracker-strip tracker-track ecal-ecal ecal-es "
    "hcal-hcal egamma-egamma jetmet-jetmet muon-muon csc-csc dt-dt rpc-rpc lumi-lumi dc-lowlumi"
).split()
ASKED_BITS = (
    "beam1_present beam1_stable beam2_present beam2_stable cms_active bpix_ready fpix_ready tibtid_ready "
    "tob_ready tecp_ready tecm_ready ebm_ready ebp_ready eem_ready eep_ready esm_ready esp_ready"
).split()
WINDOW = range(378981, 381594 + 1)
PROMPT = re.compile(r"/PromptReco/Collisions2024.*/DQM")


@dataclass
class World:
    """All acts up to a label, folded: person over machine, later over earlier."""

    runs: dict[int, RunConditions]
    datasets: dict[tuple[int, str], DemoDataset] = field(default_factory=dict)
    voices: dict[tuple[int, str, str, bool], np.ndarray] = field(default_factory=dict)
    overrides: list[BitOverride] = field(default_factory=list)

    def add(self, acts):
        for act in acts:
            if isinstance(act, DemoDataset):
                self.datasets[act.run_number, act.name] = act
            elif isinstance(act, BitOverride):
                self.overrides.append(act)
            else:
                assert (act.run_number, act.dataset) in self.datasets
                for verdict in act.verdicts:
                    key = (act.run_number, act.dataset, verdict.column, act.is_person)
                    said = self.voices.setdefault(key, self.blank(act.run_number))
                    for first, last in verdict.ranges:
                        said[first : last + 1] = verdict.status

    def blank(self, run):
        return np.zeros(self.runs[run].lumisections[-1].last + 1, dtype=np.int8)

    def status(self, run, dataset, column):
        person = self.voices.get((run, dataset, column, True), self.blank(run))
        machine = self.voices.get((run, dataset, column, False), self.blank(run))
        return np.where(person > 0, person, machine)

    def exists(self, run):
        out = self.blank(run) > 0
        for first, last in self.runs[run].lumisections:
            out[first : last + 1] = True
        return out

    def bit(self, run, name, dataset):
        """1 true, 0 false, -1 not known; overridden in this dataset where somebody did."""
        out = self.blank(run) - 1
        for first, last, value in self.runs[run].bits.get(name, ()):
            out[first : last + 1] = value
        for override in self.overrides:
            if (override.run_number, override.dataset) == (run, dataset) and name in override.bits:
                for first, last in override.lumisections:
                    out[first : last + 1] = override.value
        return out

    def prompt(self, *, in_window=True):
        return [(r, d) for r, d in self.datasets if PROMPT.match(d) and (r in WINDOW or not in_window)]

    def passing(self, run, dataset):
        """The golden rule by brute force: columns GOOD, no bit false, blanks allowed."""
        out = self.exists(run)
        for column in ASKED_COLUMNS:
            out &= self.status(run, dataset, column) == Status.GOOD
        for name in ASKED_BITS:
            out &= self.bit(run, name, dataset) != 0
        return out

    def result(self):
        found = {r: set(np.flatnonzero(self.passing(r, d)).tolist()) for r, d in self.prompt()}
        return {run: numbers for run, numbers in found.items() if numbers}

    def lost(self, run, dataset):
        return self.exists(run) & ~self.passing(run, dataset)

    def no_bit_false(self, run, dataset):
        return np.all([self.bit(run, name, dataset) != 0 for name in ASKED_BITS], axis=0)

    def all_bits_true(self, run, dataset):
        return np.all([self.bit(run, name, dataset) == 1 for name in ASKED_BITS], axis=0)


def published(path) -> dict[int, set[int]]:
    spans = json.loads(path.read_text())
    return {int(r): {n for a, b in s for n in range(a, b + 1)} for r, s in spans.items()}


def make(runs, seed=SEED) -> Demo:
    early, late = files.read_ranges(files.CALL_380649), files.read_ranges(files.CALL_381594)
    return generate(runs, early, late, seed=seed)


@pytest.fixture(scope="module")
def runs():
    return _runs()


@pytest.fixture(scope="module")
def demo():
    return _demo()


@pytest.fixture(scope="module")
def worlds():
    """The world at the first label, at the second, and at the end."""
    return _worlds()


# once per process: several modules look at what none of them changes
@cache
def _runs():
    return files.read_conditions(files.LUMISECTIONS)


@cache
def _demo():
    return make(_runs())


@cache
def _worlds():
    runs, demo = _runs(), _demo()
    out = []
    for parts in ((demo.first,), (demo.first, demo.second), (demo.first, demo.second, demo.after)):
        world = World({run.run_number: run for run in runs})
        for part in parts:
            world.add(part)
        out.append(world)
    return out


@pytest.fixture(scope="module")
def world(worlds):
    return worlds[1]


def acts_of(demo):
    return (*demo.first, *demo.second, *demo.after)


def all_verdicts(demo):
    return ((act, v) for act in acts_of(demo) if isinstance(act, DatasetVerdicts) for v in act.verdicts)


def stretches(mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(int)))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def lumisections_of(columns) -> int:
    return sum(column.last - column.first + 1 for column in columns)


def lost_lumi(world, where) -> tuple[float, Counter[str]]:
    """Lost recorded luminosity where a mask says, whole and under each column that is not GOOD."""
    total, by_column = 0.0, Counter()
    for run, dataset in world.prompt():
        lumi = np.nan_to_num(world.runs[run].recorded_lumi_invpb)
        lost = world.lost(run, dataset) & where(run, dataset)
        total += float(lumi[lost].sum())
        for column in ASKED_COLUMNS:
            status = world.status(run, dataset, column)
            by_column[column] += float(lumi[lost & (status != Status.GOOD) & (status != Status.EMPTY)].sum())
    return total, by_column
