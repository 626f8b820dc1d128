"""Random histories with rules that change and datasets that hide, and every list of them by brute force."""

from typing import Any

from model.commands.datasets import hide_dataset
from model.commands.rules import set_rule
from model.errors import NotFound, RunRegistryError
from model.golden.choice import Within
from model.golden.golden import GoldenRoom, Question
from model.golden.terms import Terms, terms
from model.queries import luminosities
from model.ranges import numbers
from model.registry import Registry
from model.rulebook.book import rule_version
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.arrivals import tell
from tests.model.walk import RUNS, Walk
from tests.model.world import DC, EXPERT, EXPRESS, PROMPT, TRACKER

RULE, OTHER, FLAG = "golden-small", "golden-other", "pixel-good"
PIXEL = {"==": [{"var": "lumisection.rr.tracker-pixel"}, "GOOD"]}
STRIP = {"!=": [{"var": "lumisection.rr.tracker-strip"}, "BAD"]}
TRACK = {"in": [{"var": "lumisection.rr.tracker-track"}, ["GOOD", "STANDBY", "EMPTY"]]}
BIT = {"==": [{"var": "lumisection.oms.bpix_ready"}, True]}
CLASS = {"!=": [{"var": "run.rr.class"}, "Cosmics24"]}
EARLY = {"<": [{"var": "lumisection.lumisection_number"}, 8]}
NAME = {"in": ["Prompt", {"var": "dataset.name"}]}
READ = {"var": f"flag.{FLAG}"}
LOGICS = (
    {"and": [READ, STRIP]},
    {"and": [READ, BIT, CLASS]},
    {"or": [{"and": [BIT, TRACK]}, PIXEL]},
    {"and": [TRACK, CLASS]},
    {"and": [READ, EARLY]},
    {"and": [STRIP, NAME]},
)
FLAGS = (PIXEL, {"or": [PIXEL, BIT]}, {"and": [PIXEL, CLASS]}, {"!": [STRIP]})
POLICIES = ("bad", "good", "unknown")
Membership = set[tuple[int, int]]


class History(Walk):
    """A random walk in which rules are kept anew, and datasets of two stages hide and come back."""

    def __init__(self, registry: Registry, clock: Any, seed: int) -> None:
        super().__init__(registry, clock, seed)
        for number in RUNS:
            world.create_dataset(registry, EXPRESS, number)
        for name, logic in ((FLAG, PIXEL), (RULE, LOGICS[0]), (OTHER, LOGICS[2])):
            self._keep(name, logic)
        self.began = world.now(registry)
        self._own = (self._rule_anew, self._flag_anew, self._hide, self._express, self._arrive, self._measure)

    def told(self, many: int) -> "History":
        """Tell it."""
        for _ in range(many):
            self.steps(1)
            act = self.rng.choice([*self._own, self._nothing, self._nothing])
            try:
                act()
            except RunRegistryError:
                self.done["refused"] += 1
        return self

    def _remember(self) -> None:
        """What was read after each step is of no interest here."""

    def _keep(self, name: str, logic: Any) -> None:
        purpose = "" if name == FLAG else "golden"
        text = RuleText(logic, self.rng.choice(POLICIES), "", "%Collisions2024%", purpose)
        with self.registry.writing() as tx:
            set_rule(tx, name, text, EXPERT, comment="as agreed")

    def _rule_anew(self) -> None:
        self._keep(RULE, self.rng.choice(LOGICS))

    def _flag_anew(self) -> None:
        self._keep(FLAG, self.rng.choice(FLAGS))

    def _hide(self) -> None:
        name, hidden = self.rng.choice([PROMPT, EXPRESS]), self.rng.choice([True, False])
        with self.registry.writing() as tx:
            hide_dataset(tx, self.rng.choice(RUNS), name, DC, hidden=hidden, comment="by mistake")

    def _express(self) -> None:
        status, spans = self.rng.choice(["GOOD", "BAD", "NOTSET"]), [self._span()]
        number = self.rng.choice(RUNS)
        world.give(self.registry, TRACKER, "tracker-pixel", spans, status, dataset=EXPRESS, run_number=number)

    def _arrive(self) -> None:
        last = self.rng.randint(6, 10)
        bits = {"bpix_ready": [(1, last, self.rng.choice([True, False]))]}
        recorded = [self.rng.choice([0.1, 0.2]) for _ in range(last)]
        tell(self.registry, [(1, last)], bits, run_number=self.rng.choice(RUNS), recorded=recorded)

    def _measure(self) -> None:
        values = [self.rng.choice([0.1, 0.25]) for _ in range(10)]
        world.report_luminosity(self.registry, values, self.rng.choice(RUNS))

    def _nothing(self) -> None:
        """Nothing happens."""


class Brute:
    """The list and the luminosity of every sequence, lumisection by lumisection, without any walk."""

    def __init__(self, registry: Registry, room: GoldenRoom) -> None:
        self._registry, self._room = registry, room
        self._known: dict[Any, Membership] = {}

    def question(self, at: int, name: str, choice: tuple[str, Within], several: str, null: str) -> Question:
        """Return a question about a kept rule."""
        with self._registry.reading() as connection:
            rule = rule_version(connection, name, at)
        pattern, within = choice
        return Question(rule.under(null) if null else rule, pattern, at, several, within=within)

    def attributed(self, before: Question, after: Question) -> dict[tuple[int, int], int]:
        """Return for each lumisection that differs the sequence from which on it is as it is at the end."""
        with self._registry.reading() as connection:
            steps = terms(connection, before, after)
        states = [(at, self._listed(_held(steps, at), at)) for at in range(before.at, after.at + 1)]
        states += [(s.since, self._listed(s, after.at)) for s in steps if s.since > after.at]
        first, last = states[0][1], states[-1][1]
        turned = {}
        for one in first ^ last:
            unlike = [place for place, (_, listed) in enumerate(states) if (one in listed) != (one in last)]
            turned[one] = states[unlike[-1] + 1][0]
        return turned

    def kept(self, before: Question, after: Question) -> dict[tuple[int, int], tuple[int, float]]:
        """Return the last event that changed the luminosity of what both lists have, and by how much."""
        both = self.listed(before) & self.listed(after)
        told = [self._recorded(before.source, at) for at in range(before.at, after.at + 1)]
        found = {}
        for one in both:
            numbers_of = [recorded.get(one, 0.0) for recorded in told]
            if numbers_of[0] != numbers_of[-1]:
                turn = max(i for i in range(1, len(told)) if numbers_of[i] != numbers_of[i - 1])
                found[one] = (before.at + turn, numbers_of[-1] - numbers_of[0])
        return found

    def listed(self, question: Question) -> Membership:
        """Return the lumisections of a question's list."""
        return self._listed(
            Terms(0, question.rule, question.pattern, question.within, question.several), question.at
        )

    def _listed(self, step: Terms, at: int) -> Membership:
        key = (step.rule.digest, step.pattern, step.within, step.several, at)
        if key not in self._known:
            several = "union" if step.several == "refuse" else step.several
            question = Question(step.rule, step.pattern, at, several, within=step.within)
            self._known[key] = self._asked(question)
        return self._known[key]

    def _asked(self, question: Question) -> Membership:
        try:
            with self._registry.reading() as connection:
                found = self._room.golden(connection, question)
        except NotFound:
            return set()
        return {(run, number) for run, spans in found.lists.items() for number in numbers(spans)}

    def _recorded(self, source: str, at: int) -> dict[tuple[int, int], float]:
        with self._registry.reading() as connection:
            found = luminosities.luminosity_of_runs(connection, RUNS, source, at)
        return {
            (run, place + 1): value
            for run, arrays in found.items()
            for place, value in enumerate(arrays.recorded_invpb.tolist())
            if value == value
        }


def _held(steps: list[Terms], at: int) -> Terms:
    return [step for step in steps if step.since <= at][-1]
