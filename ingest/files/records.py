"""What the readers yield: files in our words, frozen; luminosities in 1/pb, lumisections by number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.ranges import Ranges
from model.vocabulary import State, Status

Value = bool | int | str
Attribute = bool | int | float | str | list[str]
#: per name, ranges (first, last, value) of equal known value, sorted and disjoint; a blank is absent
Bits = Mapping[str, tuple[tuple[int, int, Value], ...]]
#: index 0 is lumisection 1; NaN where the file has nothing
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RunLumisections:
    """The lumisections of one run as OMS gives them."""

    run_number: int
    era: str | None
    fill_number: int | None
    lumisections: Ranges
    bits: Bits
    delivered_lumi_invpb: Numbers
    recorded_lumi_invpb: Numbers
    pileup: Numbers
    #: bits and numbers that the table has a column for
    columns: frozenset[str]


@dataclass(frozen=True)
class RunAttributes:
    """What OMS says about a run as a whole; blanks have no key. Times are RFC 3339 in UTC."""

    run_number: int
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, eq=False)
class RunLuminosity:
    """Luminosity of one run in one calibration; `source` names the calibration."""

    run_number: int
    fill_number: int | None
    source: str
    luminometers: tuple[str, ...]
    lumisections: Ranges
    delivered_lumi_invpb: Numbers
    recorded_lumi_invpb: Numbers


@dataclass(frozen=True, eq=False)
class RunLuminosities:
    """Luminosity of one run in several calibrations, side by side."""

    run_number: int
    luminosities: tuple[RunLuminosity, ...]


@dataclass(frozen=True)
class CertificationList:
    """A golden, muon or DCS-only list."""

    name: str
    lists: Mapping[int, Ranges]


@dataclass(frozen=True)
class AcceptedDataset:
    """Which GUI datasets make an offline dataset of one class appear, in one run range."""

    name: str
    patterns: tuple[str, ...]
    run_from: int
    run_to: int
    run_class: str
    enabled: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkspaceColumns:
    """Columns of each workspace, without the workspace's name."""

    online: Mapping[str, tuple[str, ...]]
    offline: Mapping[str, tuple[str, ...]]


class Triplet(NamedTuple):
    """Status, comment and cause of a verdict."""

    status: Status
    comment: str
    cause: str


class VerdictRange(NamedTuple):
    """One verdict of one (dataset, column) on lumisections `first` to `last`."""

    first: int
    last: int
    status: Status
    comment: str
    cause: str


@dataclass(frozen=True)
class V4Dataset:
    """A dataset with its state per workspace (`global` is one) and everything else it carried."""

    name: str
    states: Mapping[str, State]
    gui_names: tuple[str, ...]
    is_deleted: bool
    attributes: Mapping[str, object]
    other: Mapping[str, object]


@dataclass(frozen=True)
class V4Edit:
    """One edit of the history; `other` holds the keys this reader has no word for."""

    seq: int
    dataset: str
    lumisections: Ranges
    is_person: bool
    by: str
    columns: Mapping[str, Triplet]
    other: Mapping[str, object]


@dataclass(frozen=True)
class V4StateChange:
    """One change of state of a dataset in a workspace."""

    seq: int
    dataset: str
    workspace: str
    to_state: State
    by: str
    other: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class V4Run:
    """One run of the system in use, with everything the dump has about it.

    Luminosities are in the unit of the run's `recorded_lumi`, which that system keeps in 1/pb.
    `edits` are in folding order: machine before person, then seq; None when the dump has no history.
    """

    run_number: int
    n_ls: int
    oms_attributes: Mapping[str, object]
    rr_attributes: Mapping[str, object]
    is_deleted: bool
    bits: Bits
    delivered_lumi_invpb: Numbers
    recorded_lumi_invpb: Numbers
    overrides: Mapping[str, Bits]
    datasets: tuple[V4Dataset, ...]
    verdicts: Mapping[tuple[str, str], tuple[VerdictRange, ...]]
    edits: tuple[V4Edit, ...] | None
    state_changes: tuple[V4StateChange, ...] | None
    other: Mapping[str, object] = field(default_factory=dict)


Record = (
    RunLumisections
    | RunAttributes
    | RunLuminosity
    | RunLuminosities
    | CertificationList
    | AcceptedDataset
    | WorkspaceColumns
    | V4Run
)
