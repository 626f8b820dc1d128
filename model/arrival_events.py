"""While upstream speaks: lumisections arrive or change, rules decide, late changes are proposed."""

from collections.abc import Mapping
from dataclasses import dataclass

from model.event import Event, Json, Span
from model.vocabulary import DEFAULT_SOURCE


@dataclass(frozen=True)
class LumisectionsChanged(Event):
    """Upstream gave some lumisections of a run, new or anew; the others stay as they were.

    `lumisections` are told in full: a bit that is not named has no value on them. `delivered`, `recorded`
    (1/pb) and `pileup` have one number for each of them, in order (`-` where there is none). What is `removed`
    is gone.
    """

    kind = "lumisections-changed"
    run_number: int
    lumisections: tuple[Span, ...]
    attributes: Mapping[str, tuple[tuple[int, int, Json], ...]]
    source: str
    delivered: str
    recorded: str
    pileup: str = ""
    removed: tuple[Span, ...] = ()


@dataclass(frozen=True)
class RulesDecided(Event):
    """Rules gave verdicts on lumisections of columns of one dataset, each under its own name and version.

    A verdict is {author: `rule:name@version`, columns, ranges, status, cause, comment}.
    """

    kind = "rules-decided"
    run_number: int
    dataset: str
    verdicts: tuple[Mapping[str, Json], ...]


@dataclass(frozen=True)
class LateChangeProposed(Event):
    """Upstream changed a run that was signed off: kept aside until a person answers; replaces an earlier one.

    `attributes` are new attributes of the run, `change` the fields of a LumisectionsChanged, or of a
    LuminosityReported (empty where there is none). Both empty: upstream says again what the registry has.
    `consequence` is what accepting would do: kinds of change, lumisections, columns, change of recorded and of
    golden luminosity in 1/pb. One `source` replaces its own only.
    """

    kind = "late-change-proposed"
    run_number: int
    attributes: Mapping[str, Json]
    change: Mapping[str, Json]
    consequence: Mapping[str, Json]
    source: str = DEFAULT_SOURCE


@dataclass(frozen=True)
class LateChangeAnswered(Event):
    """A person accepted or rejected a late change, by its id; what an accepted one changes follows."""

    kind = "late-change-answered"
    run_number: int
    late_change: int
    accepted: bool
