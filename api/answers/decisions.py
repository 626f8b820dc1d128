"""What the doors of what waits for somebody answer: decisions, findings, late changes."""

from pydantic import BaseModel

from api.answers.common import Span, Told
from model.queries.late_changes import LateChange


class Decision(BaseModel):
    """One thing to decide, in one cell."""

    kind: str
    run_number: int
    dataset: str
    column: str
    ranges: list[Span]
    sentence: str
    at_stake_invpb: float | None
    workspace: str
    late_change: int | None


class Decisions(Told):
    """What waits for whoever asks, most luminosity at stake first."""

    items: list[Decision]


class AcknowledgedBy(BaseModel):
    """Who acknowledged a finding."""

    digest: str
    author: str
    reason: str
    at: str


class ToldFinding(BaseModel):
    """One contradiction in one run; luminosities in 1/pb."""

    kind: str
    run_number: int
    owner: str
    sentence: str
    lumisections: list[Span]
    recorded_invpb: float
    delivered_invpb: float
    expected_invpb: float
    bits: list[str]
    since: int
    since_at: str
    key: str
    digest: str
    words: str
    mend: str
    at_stake_invpb: float
    acknowledged: AcknowledgedBy | None


class KindOfFindings(BaseModel):
    """Findings of one kind together."""

    kind: str
    words: str
    findings: int
    runs: int
    lumisections: int
    at_stake_invpb: float


class Findings(Told):
    """Findings, most luminosity first, and what each kind of those asked for adds up to."""

    kinds: list[KindOfFindings]
    findings: list[ToldFinding]


class LateChanges(Told):
    """What upstream changed of runs that were signed off."""

    late_changes: list[LateChange]
