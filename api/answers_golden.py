"""What the doors of golden lists, products, luminosity and reports answer, as documented."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.answers import Span, Told
from model.accounting.losses import Combination, Loss
from model.products.algebra import Block


class CertificationList(RootModel[dict[str, list[Span]]]):
    """Runs and their lumisections [first, last], both included: {"381543": [[1, 100]]}."""


class RuleName(BaseModel):
    """Which rule, which version, which content."""

    name: str
    version: int
    digest: str


class Manifest(BaseModel):
    """What makes the same bytes again; it may say more than this."""

    model_config = ConfigDict(extra="allow")

    sequence: int | None
    sha256: str = Field(description="of the canonical bytes")
    runs: int
    lumisections: int


class GoldenManifest(Manifest):
    """The manifest of a list that a rule makes."""

    manifest: int = Field(description="version of the manifest's form")
    journal_hash: str
    rule: RuleName
    null_policy: str
    dataset: str
    within: dict[str, Any]
    several: str
    luminosity_source: str
    recorded_invpb: float
    delivered_invpb: float
    unknown_lumisections: int


class ListWithManifest(BaseModel):
    """A list and what it was made of."""

    list: CertificationList
    manifest: GoldenManifest


class SeveralLists(RootModel[dict[str, ListWithManifest]]):
    """Lists by the names of their rules."""


class Difference(BaseModel):
    """What differs, each lumisection once, by the cause that turned it for good."""

    model_config = ConfigDict(extra="allow")

    before: dict[str, Any]
    after: dict[str, Any]
    luminosity_source: str
    differing: int
    kinds: dict[str, dict[str, Any]]
    causes: list[dict[str, Any]]


class RunsOfComparison(BaseModel):
    """Runs of which lumisections came or went."""

    added: list[int]
    removed: list[int]
    changed: list[int]


class ListComparison(BaseModel):
    """What list `b` has more and less than `a`; luminosities in 1/pb of the source."""

    sequence: int | None = None
    ls_added: int
    ls_removed: int
    runs_added: int
    runs_removed: int
    runs_changed: int
    recorded_invpb: float
    gained_invpb: float
    lost_invpb: float
    source: str
    ls_without_luminosity: int
    runs: RunsOfComparison
    blocks: list[Block]
    notes: list[str] = []


class SaidOfProduct(BaseModel):
    """Who did something with a product, when and why."""

    author: str
    at: str
    comment: str


class ToldProduct(Manifest):
    """A product: its manifest, and what was said of it."""

    product: str
    state: str
    approver: str | None
    official_sequence: int | None
    official_at: str | None
    superseded_by: str | None
    previous: str | None
    proposed: SaidOfProduct
    decided: SaidOfProduct | None
    list: str = Field(description="where its bytes are")


class Products(Told):
    """Products, the newest first."""

    products: list[ToldProduct]


class ProposedProduct(BaseModel):
    """A product that waits for a second person."""

    sequence: int
    name: str


class Recognised(BaseModel):
    """Which product a list is, byte for byte or by value."""

    sentence: str
    is_product: bool
    is_identical: bool
    product: str | None
    state: str | None
    official: str | None
    differs_from_official: ListComparison | None
    differs_from_nearest: ListComparison | None
    notes: list[str]


class JsonFeed(BaseModel):
    """A JSON Feed 1.1."""

    model_config = ConfigDict(extra="allow")

    version: str
    title: str
    feed_url: str
    items: list[dict[str, Any]]


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


class ToldReport(BaseModel):
    """A frozen report as lists show it, with the address of each of its forms."""

    name: str
    kind: str
    scope: str
    title: str
    sequence: int
    as_of: str
    sha256: str
    frozen: int
    author: str
    at: str
    asked: dict[str, str]
    figures: dict[str, Any]
    forms: dict[str, str]


class Reports(Told):
    """Frozen reports, the newest first."""

    reports: list[ToldReport]


class Ordered(BaseModel):
    """A report that is being made."""

    order: str
    address: str = Field(description="where to look how far it is")
    title: str


class ToldOrder(BaseModel):
    """How far a report is."""

    state: str
    done: int
    of: int
    report: str
    error: str
    message: str
    address: str
