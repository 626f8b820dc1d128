"""The ledger: one line per run, and beside it every lumisection of the datasets that are certified.

All of it is read from two frames, one of the runs and one of their certified datasets, which are kept by the
versions of their runs. A number is in the one calibration that was asked for; only lumisections that the
registry has are counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import Connection

from model.accounting.question import Question, sources
from model.errors import Ambiguous, Invalid, NotFound
from model.frames import Frames, FrameStore
from model.frames.frames import Bools, Floats
from model.frames.refs import DatasetRef, require_pattern
from model.frames.variables import CAUSE, VERDICT
from model.queries.runs import Run
from model.vocabulary import ONLINE
from rules.blame import Blamed, blamed
from rules.engine import AtomCache, Truth
from rules.errors import RulesError
from rules.unknown import TRUE

#: a run of less is not worth certifying. Source: BRIL's rule of 80 /nb, as the golden logics of Run 3 have it
LOW_LUMI_INVPB = 0.08


@dataclass(frozen=True)
class Account:
    """What became of the luminosity of one run, in 1/pb of one calibration.

    Each run is one of three: low, not processed, or processed; `certified` is a part of what was processed,
    and the rest of that was lost.

    Args:
        dataset: the one that is certified; empty where the run has none.
        is_low: less than 0.08 /pb was recorded. A run of which something is certified is never low: what was
            certified stays so, whatever a later calibration says.
        lumisections: how many the registry has.
        measured: of how many of them the calibration has luminosity.
        certified: recorded on lumisections that the rule selects.
    """

    run: Run
    dataset: str
    is_low: bool
    lumisections: int
    measured: int
    delivered: float
    recorded: float
    certified: float

    @property
    def is_processed(self) -> bool:
        """Whether the run has the dataset and is worth it."""
        return bool(self.dataset) and not self.is_low

    @property
    def processed(self) -> float:
        """Return what was recorded on lumisections of the run where it has the dataset and is not low."""
        return self.recorded if self.is_processed else 0.0

    @property
    def low(self) -> float:
        """Return what was recorded where the run is low."""
        return self.recorded if self.is_low else 0.0

    @property
    def unprocessed(self) -> float:
        """Return what was recorded where a run that is not low has no dataset to certify."""
        return 0.0 if self.is_low or self.dataset else self.recorded

    @property
    def lost(self) -> float:
        """Return what was processed and not certified."""
        return self.processed - self.certified


@dataclass(frozen=True)
class Ledger:
    """The account of each run of a question, and the segments of what is certified.

    Args:
        frames: the datasets of the pattern, of all runs.
        recorded: of each segment, in 1/pb; 0 on holes.
        truth: what the rule says of each segment.
        blame: which of its leaves are to blame where it refuses.
        within: the segments that are asked about: lumisections of runs that were processed.
        replays: how many of the runs only play another again, and are left out.
    """

    question: Question
    accounts: tuple[Account, ...]
    frames: Frames
    recorded: Floats
    truth: Truth
    blame: tuple[Blamed, ...]
    within: Bools
    replays: int

    @cached_property
    def counts(self) -> Floats:
        """How many lumisections each segment has; 0 on holes."""
        return (self.frames.lengths * self.frames.exists).astype(np.float64)

    @cached_property
    def lost(self) -> Bools:
        """The segments that were processed and not certified."""
        lost: Bools = self.within & (self.truth != TRUE)
        return lost


def ledger(
    connection: Connection, store: FrameStore, asked: Question, more: frozenset[str] = frozenset()
) -> Ledger:
    """Return the ledger of a question; what is picked of it next is read from the same one.

    Args:
        more: variables that its segments hold besides those of the rule and the causes of its columns.

    Raises:
        NotFound: no run is asked about, or none of them has luminosity of the calibration.
        Ambiguous: a run has several datasets that match; luminosity is not counted twice.
        Invalid: the rule cannot be evaluated.
    """
    # a rule is what decides an answer, and the name it goes by
    rule = (asked.rule.name, asked.rule.version, asked.rule.digest)
    key = (rule, *(vars(asked) | {"rule": None}).values(), more)
    return store.known.once("ledger", key, lambda: _ledger(connection, store, asked, more))


def _ledger(connection: Connection, store: FrameStore, asked: Question, more: frozenset[str]) -> Ledger:
    chosen = _certified_datasets(connection, store, asked)
    wanted = _wanted(asked) | more
    frames, lumi = store.lit(connection, chosen, wanted, asked.at, asked.source)
    recorded = lumi[0] * frames.exists
    atoms = frames.cache.setdefault("atoms", AtomCache())
    try:
        truth, blame = blamed(asked.rule.plan, frames.table, asked.rule.null_policy, atoms)
    except RulesError as error:
        raise Invalid(f"The rule cannot be evaluated: {error}") from error
    golden = (truth == TRUE) & frames.exists
    owner = frames.unit_of_segment
    kept = np.bincount(owner, golden, len(frames.units))
    certified = np.bincount(owner, recorded * golden, len(frames.units))
    by_run = {
        unit.run.run_number: (unit.name, bool(many), float(invpb))
        for unit, many, invpb in zip(frames.units, kept, certified, strict=True)
    }
    lines = _RunLines(connection, store, asked)
    accounts = tuple(lines.accounts(by_run))
    _require_luminosity(connection, asked, accounts)
    processed = {each.run.run_number for each in accounts if each.is_processed}
    is_asked = np.array([unit.run.run_number in processed for unit in frames.units], dtype=np.bool_)
    within = is_asked[owner] & frames.exists if len(owner) else frames.exists
    return Ledger(asked, accounts, frames, recorded, truth, tuple(blame), within, lines.replays)


def _wanted(asked: Question) -> frozenset[str]:
    read = asked.rule.plan.rule.variables
    causes = {CAUSE + path.removeprefix(VERDICT) for path in read if path.startswith(VERDICT)}
    return frozenset(read | causes)


def _certified_datasets(connection: Connection, store: FrameStore, asked: Question) -> list[DatasetRef]:
    require_pattern(asked.pattern)
    chosen = [each for each in store.refs(connection, asked.at, asked.pattern) if each.name != ONLINE]
    for one, other in zip(chosen, chosen[1:], strict=False):
        if one.run_number == other.run_number:
            raise Ambiguous(
                f"Run {one.run_number} has both {one.name} and {other.name}, "
                "and its luminosity is counted once: "
                f"name one of them instead of {asked.pattern}, or hide the other."
            )
    return chosen


class _RunLines:
    """What each run that is asked about delivered and recorded."""

    def __init__(self, connection: Connection, store: FrameStore, asked: Question) -> None:
        chosen, nothing = store.refs(connection, asked.at, ONLINE), frozenset[str]()
        self._frames, self._lumi = store.lit(connection, chosen, nothing, asked.at, asked.source)
        self._asked = asked
        self.replays = sum(bool(u.run.replay) and asked.names(u.run) for u in self._frames.units)

    def accounts(self, certified: dict[int, tuple[str, bool, float]]) -> Iterator[Account]:
        frames = self._frames
        exists = frames.exists
        recorded, delivered, measured = (self._per_run(each * exists) for each in self._lumi)
        many = self._per_run((frames.lengths * exists).astype(np.float64))
        for place, unit in enumerate(frames.units):
            if self._asked.takes(unit.run):
                name, is_kept, golden = certified.get(unit.run.run_number, ("", False, 0.0))
                total = float(recorded[place])
                is_low = total < LOW_LUMI_INVPB and not is_kept
                counts = int(many[place]), int(measured[place])
                yield Account(unit.run, name, is_low, *counts, float(delivered[place]), total, golden)

    def _per_run(self, weights: Floats) -> Floats:
        owner, many = self._frames.unit_of_segment, len(self._frames.units)
        # without a single segment numpy would count in integers
        return np.bincount(owner, weights, many).astype(np.float64)


def _require_luminosity(connection: Connection, asked: Question, accounts: tuple[Account, ...]) -> None:
    if not accounts:
        raise NotFound(f"The registry has no run of {asked.words}: choose another era, class or range of runs.")
    if not any(each.measured for each in accounts):
        others = [source for source in sources(connection, asked.at) if source != asked.source]
        instead = f"ask for {' or '.join(others)}, or " if others else ""
        raise NotFound(
            f"No run of {asked.words} has luminosity of {asked.source} ({len(accounts):,} runs): "
            f"{instead}import it first (python -m ingest brilcalc FILE)."
        )
