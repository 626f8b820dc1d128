"""A finding: two things known of a run that cannot both be so, or something that is not known and should be."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

import orjson

from model.ranges import Ranges, count


class Kind(StrEnum):
    """What kind of contradiction it is; each is one function of `model.sentinel.checks`."""

    BEAM = "beam"
    PHYSICS = "physics"
    ACTIVE = "active"
    NOTHING = "nothing-recorded"
    QUIET = "no-luminosity"
    GAP = "bits-blank"
    HOLES = "holes"
    GONE = "gone"
    COUNT = "count"
    OUTSIDE = "outside"
    MISSING = "missing"
    TOTAL = "total"
    NEGATIVE = "negative"
    EXCESS = "excess"
    CLASS = "class"


#: each kind in a few words
WORDS = MappingProxyType(
    {
        Kind.BEAM: "luminosity, beam flag false",
        Kind.PHYSICS: "luminosity, physics flag false",
        Kind.ACTIVE: "recorded, CMS not active",
        Kind.NOTHING: "CMS active, nothing recorded",
        Kind.QUIET: "stable beams, no luminosity",
        Kind.GAP: "bits blank in part of a run",
        Kind.HOLES: "lumisections missing",
        Kind.GONE: "lumisections gone",
        Kind.COUNT: "last lumisection differs",
        Kind.OUTSIDE: "luminosity on no lumisection",
        Kind.MISSING: "lumisections without luminosity",
        Kind.TOTAL: "sum of luminosity differs",
        Kind.NEGATIVE: "negative luminosity",
        Kind.EXCESS: "recorded above delivered",
        Kind.CLASS: "class against run conditions",
    }
)
#: what would mend it
MEND = MappingProxyType(
    {
        Kind.BEAM: "If the beams were there, override the flags; if not, the luminosity is wrong: ask lumi.",
        Kind.PHYSICS: "If the data are good for physics, override the flag; if not, acknowledge why not.",
        Kind.ACTIVE: "Override cms_active if data were taken; if not, ask lumi for the recorded luminosity.",
        Kind.NOTHING: "Say what stopped the data taking (dead time, trigger, DAQ) and acknowledge it.",
        Kind.QUIET: "Read the run from OMS again; if it stays, ask lumi which luminometer failed.",
        Kind.GAP: "Read the run from OMS again; if the bits stay blank, override them.",
        Kind.HOLES: "Read the run from OMS again; if they stay away, acknowledge that nothing was taken.",
        Kind.GONE: "Read the run from OMS again; if they stay away, acknowledge with the reason OMS gives.",
        Kind.COUNT: "Read the run from OMS again.",
        Kind.OUTSIDE: "Read the run from OMS again; if it stays, lumi measures what OMS does not have.",
        Kind.MISSING: "Read the run from OMS again; if it stays, ask lumi for the values.",
        Kind.TOTAL: "Read the run from OMS again; if it stays, the two are of two calibrations.",
        Kind.NEGATIVE: "Noise without beam can be acknowledged; with beam, ask lumi for the pedestal.",
        Kind.EXCESS: "The two come from two calibrations: ask lumi.",
        Kind.CLASS: "Give the run another class, or acknowledge what is special about it.",
    }
)
#: kinds that an override of bits can mend
OVERRIDABLE = (Kind.BEAM, Kind.PHYSICS, Kind.ACTIVE, Kind.GAP)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Finding:
    """One contradiction in one run.

    Args:
        owner: the workspace that answers for it.
        lumisections: where; none where it is about the run as a whole.
        recorded_invpb: luminosity concerned, 1/pb, as measured; of a sum that differs, by how much.
        expected_invpb: delivered 1/pb that the lumisections beside suggest where nothing was measured.
        since: sequence of the journal at which it began to hold, and when that was recorded.
    """

    kind: Kind
    run_number: int
    owner: str
    sentence: str
    lumisections: Ranges = ()
    recorded_invpb: float = 0.0
    delivered_invpb: float = 0.0
    expected_invpb: float = 0.0
    bits: tuple[str, ...] = ()
    since: int = 0
    since_at: datetime = _NEVER

    @property
    def key(self) -> str:
        """Its name: a run has one finding of a kind and owner."""
        return f"{self.run_number}/{self.kind}/{self.owner}"

    @property
    def at_stake_invpb(self) -> float:
        """What findings are sorted by, 1/pb."""
        return max(abs(self.recorded_invpb), abs(self.delivered_invpb), self.expected_invpb)

    @property
    def lumisection_count(self) -> int:
        """How many lumisections it is about."""
        return count(self.lumisections)

    @property
    def mend(self) -> str:
        """What would mend it."""
        return MEND[self.kind]

    @property
    def digest(self) -> str:
        """What an acknowledgement is about: another digest is another finding. Since when is no part of it."""
        numbers = [f"{n:.3f}" for n in (self.recorded_invpb, self.delivered_invpb, self.expected_invpb)]
        said = [self.key, self.sentence, [list(span) for span in self.lumisections], self.bits, numbers]
        return hashlib.sha256(orjson.dumps(said)).hexdigest()[:16]
