"""Facts, in the past tense. Each is one row of the journal and concerns at most one run.

An event's payload is its fields as canonical JSON; unknown keys of older payloads are an error, never ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from model.arrival_events import LateChangeAnswered, LateChangeProposed, LumisectionsChanged, RulesDecided
from model.event import Event, Json, Span
from model.product_events import ProductApproved, ProductProposed, ProductPublished, ProductWithdrawn
from model.report_events import ReportFrozen

__all__ = [
    "Event",
    "LateChangeAnswered",
    "LateChangeProposed",
    "LumisectionsChanged",
    "ProductApproved",
    "ProductProposed",
    "ProductPublished",
    "ProductWithdrawn",
    "ReportFrozen",
    "RulesDecided",
]


@dataclass(frozen=True)
class RunReported(Event):
    """Upstream gave attributes of a run (a partial document: what is not named stays).

    `assumed` names attributes that nobody measured; they are shown as assumed.
    """

    kind = "run-reported"
    run_number: int
    attributes: Mapping[str, Json]
    assumed: tuple[str, ...] = ()
    source: str = "OMS"


@dataclass(frozen=True)
class LumisectionsReported(Event):
    """Upstream gave the lumisections of a run and their bits: the new truth for all of them.

    `attributes` maps a bit to [[first, last, value], …]; a value that is not known has no range.
    """

    kind = "lumisections-reported"
    run_number: int
    lumisections: tuple[Span, ...]
    attributes: Mapping[str, tuple[tuple[int, int, Json], ...]]


@dataclass(frozen=True)
class BitsOverridden(Event):
    """Somebody with the right said what a bit was, for one dataset, over upstream's value."""

    kind = "bits-overridden"
    run_number: int
    dataset: str
    attributes: Mapping[str, tuple[tuple[int, int, Json], ...]]


@dataclass(frozen=True)
class LuminosityReported(Event):
    """One source's luminosity per lumisection, in 1/pb, for lumisections 1, 2, … (`-` where there is none)."""

    kind = "luminosity-reported"
    run_number: int
    source: str
    delivered: str
    recorded: str
    pileup: str = ""


@dataclass(frozen=True)
class RunAttributesSet(Event):
    """The registry's own words about a run: class, significant, stop_reason, state (partial)."""

    kind = "run-attributes-set"
    run_number: int
    attributes: Mapping[str, Json]


@dataclass(frozen=True)
class DatasetCreated(Event):
    """A dataset of a run exists, with its state per workspace."""

    kind = "dataset-created"
    run_number: int
    dataset: str
    states: Mapping[str, str] = field(default_factory=dict)
    in_gui: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class DatasetStateMoved(Event):
    """A dataset went to another state in some workspaces."""

    kind = "dataset-state-moved"
    run_number: int
    dataset: str
    states: Mapping[str, str]


@dataclass(frozen=True)
class DatasetFound(Event):
    """The DQM GUI has the samples of a dataset: all that are there, by the GUI's own names."""

    kind = "dataset-found"
    run_number: int
    dataset: str
    in_gui: tuple[str, ...]


@dataclass(frozen=True)
class DatasetHidden(Event):
    """Somebody took a dataset out of sight, or (`hidden` false) brought it back."""

    kind = "dataset-hidden"
    run_number: int
    dataset: str
    hidden: bool


@dataclass(frozen=True)
class ProposalsMade(Event):
    """An outside program proposed statuses; what the same program proposed there before is replaced.

    A proposal is {column, ranges: [[first, last], …], status, score (null or a number), reason}.
    """

    kind = "proposals-made"
    run_number: int
    dataset: str
    program: str
    version: str
    proposals: tuple[Mapping[str, Json], ...]


@dataclass(frozen=True)
class ProposalsAnswered(Event):
    """A person accepted or rejected proposals, by their ids; verdicts of accepted ones follow."""

    kind = "proposals-answered"
    run_number: int
    dataset: str
    proposals: tuple[int, ...]
    accepted: bool


@dataclass(frozen=True)
class VerdictsGiven(Event):
    """An author gave verdicts on lumisection ranges of columns of one dataset.

    A verdict is {columns: […], ranges: [[first, last], …], status, cause, comment}.
    """

    kind = "verdicts-given"
    run_number: int
    dataset: str
    verdicts: tuple[Mapping[str, Json], ...]


@dataclass(frozen=True)
class VerdictsRestored(Event):
    """An earlier action was taken back: columns × ranges hold again what they held before it.

    `layers` is [{column, ranges, person: [[first, last, status, cause, comment, author], …], rule: […]}, …].
    """

    kind = "verdicts-restored"
    run_number: int
    dataset: str
    undone_action: int
    layers: tuple[Mapping[str, Json], ...]


#: facts that change what was said of one dataset
Verdicts = VerdictsGiven | RulesDecided | VerdictsRestored


@dataclass(frozen=True)
class DocumentSet(Event):
    """A versioned document holds from now on: a rule, workspaces, accepted datasets, a list, a label."""

    kind = "document-set"
    category: str
    name: str
    document: Json


@dataclass(frozen=True)
class ImportFinished(Event):
    """A file or directory was read in; its runs were recorded before this, as one action."""

    kind = "import-finished"
    what: str
    digest: str
    counts: Mapping[str, int]


KINDS: Mapping[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        RunReported,
        LumisectionsReported,
        BitsOverridden,
        LuminosityReported,
        RunAttributesSet,
        DatasetCreated,
        DatasetStateMoved,
        DatasetFound,
        DatasetHidden,
        ProposalsMade,
        ProposalsAnswered,
        VerdictsGiven,
        VerdictsRestored,
        DocumentSet,
        ImportFinished,
        LumisectionsChanged,
        RulesDecided,
        LateChangeProposed,
        LateChangeAnswered,
        ProductProposed,
        ProductApproved,
        ProductWithdrawn,
        ProductPublished,
        ReportFrozen,
    )
}


def from_payload(kind: str, payload: Mapping[str, Json]) -> Event:
    """Read an event back from the journal.

    Raises:
        ValueError: unknown kind, or a key the event does not have.
    """
    cls = KINDS.get(kind)
    if cls is None:
        raise ValueError(f"unknown kind of event: {kind}")
    strange = set(payload) - {f.name for f in fields(cls)}
    if strange:
        raise ValueError(f"{kind} has no {', '.join(sorted(strange))}")
    return cls(**payload)
