"""What the doors of luminosity and losses answer."""

from pydantic import BaseModel

from api.answers.common import Span, Told
from api.answers.golden import RuleName
from model.accounting.losses import Combination, Loss


class About(Told):
    """What an account was made of."""

    source: str
    rule: RuleName
    null_policy: str
    dataset: str


class ToldLine(BaseModel):
    """What became of the luminosity of some runs, in 1/pb of one calibration."""

    by: str | None = None
    key: str
    runs: int
    first_run: int
    last_run: int
    lumisections: int
    delivered_invpb: float
    recorded_invpb: float
    low_invpb: float
    unprocessed_invpb: float
    processed_invpb: float
    certified_invpb: float
    assumed: float
    unmeasured: int
    lost_invpb: float
    certified_of_processed: float | None
    certified_of_recorded: float | None
    source: str


class InOneSource(BaseModel):
    """An account in one calibration."""

    source: str
    total: ToldLine
    elsewhere_invpb: float
    notes: list[str]


class Account(About, InOneSource):
    """An account by groups of runs."""

    by: str
    lines: list[ToldLine]


class SideBySide(About):
    """The same account in each calibration that has luminosity of it."""

    sources: list[InOneSource]


class ToldLosses(About):
    """What each part costs: exclusive and mixed add up to what was lost."""

    of: str
    parts: list[Loss]
    lost_invpb: float
    lost: int
    mixed_invpb: float
    mixed: int
    trigger_invpb: float
    combinations: list[Combination]
    recorded_invpb: float
    low_invpb: float
    unprocessed_invpb: float
    processed_invpb: float
    certified_invpb: float


class OpenedRun(BaseModel):
    """Lumisections of one run behind a bar."""

    run_number: int
    dataset: str
    ranges: list[Span]
    lumisections: int
    recorded_invpb: float


class OpenedBar(About):
    """The lumisections behind one bar, most luminosity first."""

    part: str
    how: str
    runs: list[OpenedRun]
