"""A random history of one small registry, told by commands; what was read after each step is kept."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from model.clock import SettableClock
from model.commands.datasets import move_dataset
from model.commands.documents import set_label
from model.commands.runs import set_run_attributes
from model.commands.undo import undo
from model.commands.upstream import override_bits
from model.errors import RunRegistryError
from model.queries.run_view import run_view
from model.queries.upstream import bits
from model.queries.verdicts import overruled
from model.registry import Registry
from tests.model import world
from tests.model.world import DC, EXPERT, PROMPT, RUN, TRACKER

COLUMNS = ("tracker-pixel", "tracker-strip", "tracker-track")
RUNS = (RUN, RUN + 1)


class Walk:
    """Takes random steps with a fixed seed; a refused step is a step too."""

    def __init__(self, registry: Registry, clock: SettableClock, seed: int) -> None:
        self.registry, self.clock, self.rng = registry, clock, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.actions: list[int] = []
        #: sequence → what everything read like then, and the time right after it
        self.seen: dict[int, Any] = {}
        self.times: dict[int, datetime] = {}
        for number in RUNS:
            world.report_run(registry, number, bits={"bpix_ready": [(1, 6, True), (7, 10, False)]})
            world.create_dataset(registry, run_number=number)

    def steps(self, many: int) -> None:
        """Take steps."""
        acts: dict[str, Callable[[int], object]] = {
            "certify": self._certify,
            "certify late": self._certify_late,
            "rule": self._rule,
            "undo": self._undo,
            "override": self._override,
            "luminosity": self._luminosity,
            "lumisections": self._lumisections,
            "class": self._class,
            "move": self._move,
            "label": self._label,
        }
        for _ in range(many):
            name = self.rng.choice([*acts, "certify", "rule", "undo"])
            self.clock.at += timedelta(seconds=self.rng.choice([-5, 1, 60]))
            try:
                acts[name](self.rng.choice(RUNS))
                self.done[name] += 1
            except RunRegistryError:
                self.done["refused"] += 1
            self._remember()

    def read(self, at: int) -> Any:
        """Return everything the registry shows as of a sequence."""
        with self.registry.reading() as connection:
            found = []
            for number in RUNS:
                view = run_view(connection, number, at)
                lumi = view.lumi
                arrays = None if lumi is None else [repr(lumi.recorded_invpb.tolist()), lumi.source]
                under = overruled(connection, number, PROMPT, at)
                own = bits(connection, number, PROMPT, at)
                found.append((view.run, view.datasets, view.lumisections, view.verdicts, view.bits, arrays))
                found.append((under, own))
            return found

    def _remember(self) -> None:
        at = world.now(self.registry)
        if at not in self.seen:
            self.seen[at] = self.read(at)

    def _span(self) -> tuple[int, int]:
        first = self.rng.randint(1, 10)
        return first, self.rng.randint(first, 10)

    def _certify(self, number: int, seen: int | None = None) -> None:
        by = self.rng.choice([TRACKER, DC, EXPERT])
        status = self.rng.choice(["GOOD", "BAD", "STANDBY", "NOTSET"])
        columns = self.rng.sample(COLUMNS, self.rng.randint(1, 3))
        self.actions.append(
            world.give(self.registry, by, columns, [self._span()], status, run_number=number, seen=seen)
        )

    def _certify_late(self, number: int) -> None:
        self._certify(number, max(0, world.now(self.registry) - self.rng.randint(1, 5)))

    def _rule(self, number: int) -> None:
        status = self.rng.choice(["GOOD", "BAD", "EXCLUDED"])
        spans = [self._span()]
        action = world.rule_says(self.registry, self.rng.choice(COLUMNS), spans, status, run_number=number)
        self.actions.append(action)

    def _undo(self, _number: int) -> None:
        with self.registry.writing() as tx:
            undo(tx, self.rng.choice(self.actions[-3:] or [1]), DC)

    def _override(self, number: int) -> None:
        value = self.rng.choice([True, False])
        with self.registry.writing() as tx:
            told = {"bpix_ready": [(*self._span(), value)]}
            override_bits(tx, number, PROMPT, told, DC, comment="seen in the hit maps")

    def _luminosity(self, number: int) -> None:
        source = self.rng.choice(["OMS", "normtag"])
        values = np.round([self.rng.random() for _ in range(10)], 3)
        world.report_luminosity(self.registry, values, number, source)

    def _lumisections(self, number: int) -> None:
        last = self.rng.randint(7, 10)
        world.report_run(self.registry, number, [(1, 3), (5, last)], {"bpix_ready": [(1, 3, True)]})

    def _class(self, number: int) -> None:
        with self.registry.writing() as tx:
            words = {"class": self.rng.choice(["Collisions24", "Cosmics24"])}
            set_run_attributes(tx, number, words, EXPERT)

    def _move(self, number: int) -> None:
        states = self.rng.choice([("OPEN", "waiting dqm gui"), ("waiting dqm gui", "OPEN")])
        with self.registry.writing() as tx:
            move_dataset(tx, number, PROMPT, "muon", states, DC, comment="as agreed")

    def _label(self, _number: int) -> None:
        with self.registry.writing() as tx:
            set_label(tx, self.rng.choice(["call-1", "call-2"]), EXPERT)
