"""Frames against a count lumisection by lumisection, on small random registries."""

import random
from typing import Any

import pytest

from model.authors import IMPORTER
from model.commands.upstream import override_bits, report_run
from model.frames import variables
from model.frames.frames import Frames
from model.frames.refs import refs
from model.frames.store import FrameStore
from model.queries import luminosities, runs, verdicts
from model.registry import Registry
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, TRACKER
from tests.provision.stores import walks

NAMES = (PROMPT, EXPRESS)
NUMBERS = tuple(range(380001, 380008))
PIXEL = "tracker-pixel"
PATHS = {
    "bit": "lumisection.oms.bpix_ready",
    "index": "lumisection.oms.prescale_index",
    "status": f"lumisection.rr.{PIXEL}",
    "run": "run.oms.run_number",
    "energy": "run.oms.energy",
    "name": "dataset.name",
    "number": "lumisection.lumisection_number",
}
WANTED = frozenset(PATHS.values())
Truth = dict[tuple[int, str, int], dict[str, Any]]


class Small:
    """A random registry, and beside it what every lumisection of every dataset is."""

    def __init__(self, registry: Registry, seed: int) -> None:
        self.registry, self.rng = registry, random.Random(seed)
        self.truth: Truth = {}
        for number in NUMBERS:
            self._run(number)

    def _run(self, number: int) -> None:
        last = self.rng.randint(4, 12)
        hole = self.rng.randint(2, last - 1)
        spans = [(1, hole - 1), (hole + 1, last)]
        known: dict[int, bool] = {}
        bits: dict[str, list[tuple[int, int, Any]]] = {"bpix_ready": [], "prescale_index": []}
        for first, end in spans:
            for n in range(first, end + 1):
                bits["prescale_index"].append((n, n, n % 3))
                if self.rng.random() < 0.8:
                    known[n] = self.rng.random() < 0.6
                    bits["bpix_ready"].append((n, n, known[n]))
        energy = self.rng.choice([6800, 450])
        world.report_run(self.registry, number, spans, bits, energy=energy)
        for name in NAMES:
            world.create_dataset(self.registry, name, number)
            for n in (n for a, b in spans for n in range(a, b + 1)):
                row = {"bit": known.get(n), "index": n % 3, "status": "EMPTY", "energy": energy}
                self.truth[number, name, n] = {**row, "run": number, "name": name, "number": n}
        for _ in range(4):
            self.edit(number)
        self.override(number, hole)

    def edit(self, number: int) -> None:
        name = self.rng.choice(NAMES)
        there = [n for run, dataset, n in self.truth if (run, dataset) == (number, name)]
        first = self.rng.choice(there)
        last = self.rng.choice([n for n in there if n >= first])
        status = self.rng.choice(["GOOD", "BAD", "STANDBY", "NOTSET"])
        world.give(self.registry, TRACKER, PIXEL, [(first, last)], status, dataset=name, run_number=number)
        for n in there:
            if first <= n <= last:
                self.truth[number, name, n]["status"] = status

    def override(self, number: int, hole: int) -> None:
        with self.registry.writing() as tx:
            told = {"bpix_ready": [(1, hole - 1, True)]}
            override_bits(tx, number, PROMPT, told, DC, comment="seen in the data")
        for n in range(1, hole):
            self.truth[number, PROMPT, n]["bit"] = True


def _rows(frames: Frames) -> Truth:
    """Read a frame lumisection by lumisection; a hole is left out."""
    found: Truth = {}
    for unit, one in enumerate(frames.units):
        for n in range(1, one.length + 1):
            at = frames.segment_at(unit, n)
            if frames.exists[at]:
                columns = {key: frames.table.columns[path] for key, path in PATHS.items()}
                found[one.run.run_number, one.name, n] = {
                    key: column.values[column.codes[at]] for key, column in columns.items()
                }
    return found


def _frames(registry: Registry, store: FrameStore, at: int | None = None) -> Frames:
    with registry.reading() as connection:
        sequence = world.sequence_of(connection) if at is None else at
        return store.frames(connection, refs(connection, sequence, "/%"), WANTED, sequence)


@walks(*range(6))
def test_a_frame_holds_every_lumisection_as_it_is(registry: Registry, seed: int) -> None:
    small = Small(registry, seed)
    frames = _frames(registry, FrameStore())
    assert _rows(frames) == small.truth
    assert int((frames.lengths * frames.exists).sum()) == len(small.truth)


@walks(*range(6))
def test_a_frame_brought_up_to_date_equals_one_built_from_scratch(registry: Registry, seed: int) -> None:
    small = Small(registry, seed)
    kept = FrameStore()
    before, then = _frames(registry, kept), world.now(registry)
    old = _rows(before)
    small.edit(380002)
    after = _frames(registry, kept)
    assert _rows(after) == _rows(_frames(registry, FrameStore())) == small.truth
    assert _rows(_frames(registry, kept, then)) == old
    kept.clear()
    assert _rows(_frames(registry, kept)) == small.truth


@walks(*range(4))
def test_a_run_that_grew_takes_its_place_among_runs_that_did_not_change(registry: Registry, seed: int) -> None:
    small = Small(registry, seed)
    kept = FrameStore()
    _frames(registry, kept)
    _luminosity(registry, kept)
    number = small.rng.choice(NUMBERS)
    bits = {"bpix_ready": [(1, 9, False), (12, 25, True)], "prescale_index": [(1, 9, 7)]}
    world.report_run(registry, number, [(1, 9), (12, 25)], bits, energy=5360.5)
    grown, fresh = _frames(registry, kept), _frames(registry, FrameStore())
    assert _rows(grown) == _rows(fresh)
    assert grown.bounds.tolist() == fresh.bounds.tolist()
    assert grown.offsets.tolist() == fresh.offsets.tolist()
    assert _luminosity(registry, kept) == _luminosity(registry, FrameStore())


@walks(*range(3))
def test_what_is_said_of_a_run_changes_a_frame_without_reading_it_again(registry: Registry, seed: int) -> None:
    small = Small(registry, seed)
    before, number = _frames(registry, FrameStore()), small.rng.choice(NUMBERS)
    with registry.writing() as tx:
        report_run(tx, number, {"energy": 5360.5}, IMPORTER)
    with registry.reading() as connection:
        after = before.with_run(runs.run(connection, number))
    fresh = _frames(registry, FrameStore())
    assert _rows(after) == _rows(fresh) != _rows(before)
    assert [unit.run for unit in after.units] == [unit.run for unit in fresh.units]


def _luminosity(registry: Registry, store: FrameStore) -> list[float]:
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        recorded, _ = store.luminosity(connection, refs(connection, at, "/%"), WANTED, at)
    found: list[float] = recorded.tolist()
    return found


def test_an_unchanged_registry_is_not_read_again(registry: Registry) -> None:
    Small(registry, 1)
    store = FrameStore()
    assert _frames(registry, store) is _frames(registry, store)


def test_luminosity_per_segment_is_that_of_its_lumisections_in_one_source(registry: Registry) -> None:
    small = Small(registry, 3)
    world.report_luminosity(registry, [0.7] * 3, 380001, "normtag")
    store = FrameStore()
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        chosen = refs(connection, at, PROMPT)
        recorded, delivered = store.luminosity(connection, chosen, WANTED, at)
        other, _ = store.luminosity(connection, chosen, WANTED, at, "normtag")
        lists = {n: luminosities.luminosity(connection, n) for n in NUMBERS}
    lumisections = sum(1 for _, name, _ in small.truth if name == PROMPT)
    assert recorded.sum() == pytest.approx(0.1 * lumisections)
    assert delivered.sum() == pytest.approx(0.11 * lumisections)
    assert other.sum() == pytest.approx(0.7 * 3)
    assert all(lists.values())


def test_a_hidden_dataset_is_not_chosen(registry: Registry) -> None:
    """Trap 3."""
    world.report_run(registry)
    world.create_dataset(registry, EXPRESS)
    world.create_dataset(registry, PROMPT, hidden=True)
    world.rule_says(registry, PIXEL, [(1, 10)], "GOOD")
    with registry.reading() as connection:
        found = refs(connection, world.sequence_of(connection), "/%")
    assert [ref.name for ref in found] == [EXPRESS]


@walks(*range(3))
def test_a_frame_holds_cause_voice_and_what_was_overruled(registry: Registry, seed: int) -> None:
    small = Small(registry, seed)
    for number in NUMBERS[:3]:
        world.rule_says(registry, PIXEL, [(1, 9)], "STANDBY", run_number=number)
        world.give(registry, TRACKER, PIXEL, [(1, 2)], "BAD", "HV trip", run_number=number)
    layers = (variables.CAUSE, variables.VOICE, variables.OVERRULED)
    wanted = frozenset(layer + PIXEL for layer in layers)
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        frames = FrameStore().frames(connection, refs(connection, at, "/%"), wanted, at)
        for place, unit in enumerate(frames.units):
            where = (connection, unit.run.run_number, unit.name, at, [PIXEL])
            said, under = verdicts.of_dataset(*where)[PIXEL], verdicts.overruled(*where)[PIXEL]
            for n in (n for run, name, n in small.truth if (run, name) == (unit.run.run_number, unit.name)):
                segment = frames.segment_at(place, n)
                found = [
                    column.values[column.codes[segment]]
                    for column in (frames.table.columns[layer + PIXEL] for layer in layers)
                ]
                mine = next((v for v in said if v.span.first <= n <= v.span.last), None)
                rule = next((v for v in under if v.span.first <= n <= v.span.last), None)
                voice = ("person" if mine.is_person else "rule") if mine else ""
                assert found == [mine.cause if mine else None, voice, rule.status.name if rule else "EMPTY"]
