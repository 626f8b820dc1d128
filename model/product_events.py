"""What happens to products: proposed, made official by a second person, withdrawn, published at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from model.event import Event, Json


@dataclass(frozen=True)
class ProductProposed(Event):
    """Somebody proposed a list as the next product of a series; `body` is its canonical bytes as text.

    The manifest says all it takes to make these bytes again; it never changes.
    """

    kind = "product-proposed"
    name: str
    series: str
    manifest: Mapping[str, Json]
    body: str


@dataclass(frozen=True)
class ProductApproved(Event):
    """A second person made a proposed product official; the last official one of its series is superseded."""

    kind = "product-approved"
    name: str


@dataclass(frozen=True)
class ProductWithdrawn(Event):
    """A proposal was taken back; the comment says why."""

    kind = "product-withdrawn"
    name: str


@dataclass(frozen=True)
class ProductPublished(Event):
    """A product is official at once: published outside before, or by schedule what two persons once approved.

    `origin` is `outside` or `scheduled`; `happened_at` of the journal is when it was published.
    """

    kind = "product-published"
    name: str
    series: str
    origin: str
    manifest: Mapping[str, Json]
    body: str
