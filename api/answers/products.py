"""What the doors of products answer."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.answers.common import Told
from api.answers.golden import ListComparison, Manifest


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
