"""What the demo is made of: real conditions of a run, and the acts that tell its history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from model.ranges import Ranges
from model.vocabulary import State, Status

Floats = NDArray[np.float64]
KnownBits = tuple[tuple[int, int, bool], ...]


@dataclass(frozen=True)
class PrescaleColumn:
    """One prescale column on lumisections `first` to `last`; a blank is None."""

    first: int
    last: int
    index: int | None
    name: str | None


@dataclass(frozen=True)
class RunConditions:
    """What OMS knew of one run; a blank bit is in no range, a hole is NaN in the luminosities."""

    run_number: int
    era: str
    fill: int
    started_at: datetime
    lumisections: Ranges
    bits: Mapping[str, KnownBits]
    delivered_lumi_invpb: Floats = field(compare=False, repr=False)
    recorded_lumi_invpb: Floats = field(compare=False, repr=False)
    pileup: Floats = field(compare=False, repr=False)
    prescales: tuple[PrescaleColumn, ...] = ()
    start_is_assumed: bool = True


@dataclass(frozen=True)
class Verdict:
    """One status of one column on lumisection ranges."""

    column: str
    ranges: Ranges
    status: Status
    cause: str
    comment: str


@dataclass(frozen=True)
class DemoDataset:
    """A dataset appears; `final_state` is where each workspace leaves it at the end of the demo."""

    run_number: int
    name: str
    final_state: Mapping[str, State]
    created_at: datetime

    @property
    def happened_at(self) -> datetime:
        """Return when the dataset appeared."""
        return self.created_at

    @property
    def is_open(self) -> bool:
        """Return whether a workspace still has to decide."""
        return State.OPEN in self.final_state.values()


@dataclass(frozen=True)
class DatasetVerdicts:
    """All that one author says of one dataset at one time."""

    run_number: int
    dataset: str
    author: str
    is_person: bool
    happened_at: datetime
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class BitOverride:
    """A person states the value of bits in one dataset, with a reason."""

    run_number: int
    dataset: str
    lumisections: Ranges
    bits: tuple[str, ...]
    value: bool
    reason: str
    author: str
    happened_at: datetime


Act = DemoDataset | DatasetVerdicts | BitOverride


@dataclass(frozen=True)
class Demo:
    """The history in three parts: before the first label, up to the second, and after it."""

    version: str
    seed: int
    labelled_at: tuple[datetime, datetime]
    first: tuple[Act, ...]
    second: tuple[Act, ...]
    after: tuple[Act, ...]
