"""What the doors of golden lists answer."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.answers.common import Span
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
