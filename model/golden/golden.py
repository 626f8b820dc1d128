"""Evaluate a rule over datasets as they held at a sequence; results go through the shared cache."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection

from model import cache as keys
from model.cache import Cache
from model.errors import Invalid
from model.frames import FrameStore
from model.frames.refs import DatasetRef
from model.golden import lists
from model.golden.choice import EVERYWHERE, POLICIES, Within, chosen_datasets
from model.queries import luminosities
from model.ranges import LumisectionRange, Ranges
from model.rulebook.book import RuleVersion
from model.vocabulary import DEFAULT_SOURCE
from rules.engine import AtomCache, truth
from rules.errors import RulesError
from rules.losses import Losses, losses

_ENGINE = 2
_ANSWERS_KEPT = 32


@dataclass(frozen=True)
class ClauseLoss:
    """Luminosity a clause refuses, 1/pb: all it refuses, only it refuses, first refused by it.

    What no clause refuses and some leave open is no clause's loss: `Golden.unknown_invpb` has it.
    """

    text: str
    inclusive_invpb: float
    exclusive_invpb: float
    sequential_invpb: float
    lumisections: int


@dataclass(frozen=True)
class Golden:
    """A golden list with its account; luminosities in 1/pb of one source."""

    lists: dict[int, Ranges]
    datasets: dict[int, list[str]]
    lumisections: int
    considered: int
    unknown: int
    recorded_invpb: float
    delivered_invpb: float
    considered_invpb: float
    mixed_invpb: float
    unknown_invpb: float
    losses: list[ClauseLoss]
    source: str

    @property
    def body(self) -> bytes:
        """The canonical bytes of the list."""
        return lists.to_bytes(self.lists)


@dataclass(frozen=True)
class Question:
    """Which datasets, which rule, as of when.

    Args:
        reads: variables to hold ready besides those of the rule, so that its variants and neighbours
            find the same frames; no answer depends on it.
    """

    rule: RuleVersion
    pattern: str
    at: int
    several: str = "refuse"
    source: str = DEFAULT_SOURCE
    within: Within = EVERYWHERE
    reads: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def name(self) -> str:
        """Return in words which rule as of when."""
        version = f" v{self.rule.version}" if self.rule.version else ""
        return f"{self.rule.name}{version} as of {self.at}"

    def chosen(self, connection: Connection) -> list[DatasetRef]:
        """Return the datasets that are asked for, in order of runs.

        Raises:
            NotFound, Ambiguous: as `chosen_datasets` refuses.
        """
        return chosen_datasets(connection, self.at, self.pattern, self.within, self.several)


class GoldenRoom:
    """Evaluates questions with frames kept in the process and results kept for all workers."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.frames = FrameStore()
        self.hits = 0
        self._answered: OrderedDict[tuple[Any, ...], Golden] = OrderedDict()

    def golden(self, connection: Connection, question: Question) -> Golden:
        """Return the golden list of a question.

        Raises:
            NotFound: no dataset matches.
            Ambiguous: a run has several matching datasets and the policy is to refuse.
            Invalid: no such policy, or a clause of the rule could take too long.
        """
        if question.several not in POLICIES:
            raise Invalid(f"“{question.several}” is no policy; {', '.join(POLICIES)} are.")
        rule, pattern, at = question.rule, question.pattern, question.at
        asked = (rule.digest, pattern, at, question.several, question.source, question.within)
        # what held at a sequence never changes: the same question has the same answer
        if (known := self._answered.get(asked)) is not None:
            return known
        result = self._shared(connection, question)
        self._answered[asked] = result
        while len(self._answered) > _ANSWERS_KEPT:
            self._answered.popitem(last=False)
        return result

    def key(self, connection: Connection, question: Question) -> str:
        """Return a key that names all that an answer depends on.

        Raises:
            NotFound, Ambiguous: as the question would be refused.
        """
        return self._key(connection, question, question.chosen(connection))

    def several(self, connection: Connection, questions: Sequence[Question]) -> list[Golden]:
        """Return several lists in one pass: their frames and what their rules share are read once.

        Raises:
            RunRegistryError: as `golden` of each.
        """
        reads = read_by(question.rule for question in questions)
        return [self.golden(connection, replace(question, reads=reads)) for question in questions]

    def _shared(self, connection: Connection, question: Question) -> Golden:
        chosen = question.chosen(connection)
        key = self._key(connection, question, chosen)
        if found := self.cache.get(key):
            self.hits += 1
            return _read(found)
        try:
            result = self._evaluate(connection, question, chosen)
        except RulesError as error:
            raise Invalid(f"The rule cannot be evaluated: {error}") from error
        self.cache.set(key, _written(result))
        return result

    def _key(self, connection: Connection, question: Question, chosen: Sequence[DatasetRef]) -> str:
        versions = self.frames.known.versions(connection, question.at, {r.run_number for r in chosen})
        read = [(r.dataset_id, versions.get(r.run_number, 0)) for r in chosen]
        return keys.key("golden", _ENGINE, question.rule.digest, question.several, question.source, read)

    def _evaluate(self, connection: Connection, question: Question, chosen: Sequence[DatasetRef]) -> Golden:
        plan, null = question.rule.plan, question.rule.null_policy
        wanted = plan.rule.variables | question.reads
        frames = self.frames.frames(connection, chosen, wanted, question.at)
        lumi = self.frames.luminosity(connection, chosen, wanted, question.at, question.source)
        atoms = frames.cache.setdefault("atoms", AtomCache())
        found = truth(plan, frames.table, null, atoms)
        ranges = frames.ranges(found == 2)
        by_run: dict[int, list[Ranges]] = {}
        named: dict[int, list[str]] = {}
        for i, unit in enumerate(frames.units):
            by_run.setdefault(unit.run.run_number, []).append(ranges.get(i, ()))
            named.setdefault(unit.run.run_number, []).append(unit.name)
        every = question.several == "intersection"
        joined = {run: lists.joined(parts, every=every) for run, parts in by_run.items()}
        chosen_lists = {run: spans for run, spans in joined.items() if spans}
        counts = frames.lengths * frames.exists
        account = losses(
            plan,
            frames.table,
            {"recorded": lumi[0] * frames.exists, "lumisections": counts.astype(np.float64)},
            None,
            null,
            atoms,
        )
        recorded, delivered = luminosities.integrated(connection, chosen_lists, question.source, question.at)
        return Golden(
            lists=chosen_lists,
            datasets=named,
            lumisections=lists.size(chosen_lists),
            considered=int(counts.sum()),
            unknown=int(counts[found == 1].sum()),
            recorded_invpb=recorded,
            delivered_invpb=delivered,
            considered_invpb=float((lumi[0] * frames.exists).sum()),
            mixed_invpb=float(account.mixed["recorded"]),
            unknown_invpb=float(account.unknown["recorded"]),
            losses=_clause_losses(account),
            source=question.source,
        )


def read_by(rules: Iterable[RuleVersion]) -> frozenset[str]:
    """Return what several rules read together: the frames they share."""
    return frozenset[str]().union(*(rule.plan.rule.variables for rule in rules))


def _clause_losses(account: Losses) -> list[ClauseLoss]:
    return [
        ClauseLoss(
            loss.clause.text,
            float(loss.inclusive["recorded"]),
            float(loss.exclusive["recorded"]),
            float(loss.sequential["recorded"]),
            int(loss.inclusive["lumisections"]),
        )
        for loss in account.clauses
    ]


def _written(result: Golden) -> bytes:
    plain = asdict(result)
    plain["lists"] = {str(run): [list(r) for r in spans] for run, spans in result.lists.items()}
    plain["datasets"] = {str(run): names for run, names in result.datasets.items()}
    return orjson.dumps(plain)


def _read(data: bytes) -> Golden:
    plain = orjson.loads(data)
    plain["lists"] = {
        int(run): tuple(LumisectionRange(a, b) for a, b in spans) for run, spans in plain["lists"].items()
    }
    plain["datasets"] = {int(run): names for run, names in plain["datasets"].items()}
    plain["losses"] = [ClauseLoss(**loss) for loss in plain["losses"]]
    return Golden(**plain)
