"""What the doors of feeds and of health answer."""

from pydantic import BaseModel, Field

from api.answers.common import Told


class ToldFeed(BaseModel):
    """One feed: when it last got an answer, its normal lag, what is wrong now."""

    name: str
    at_ms: int | None = Field(description="ms since 1970; null where it never got an answer")
    normal_s: float
    trouble: str
    over_s: float | None = Field(description="seconds of silence after which a replay is over; null for others")


class Feeds(BaseModel):
    """Feeds that a worker speaks for."""

    now_ms: int
    feeds: list[ToldFeed]


class JournalHead(BaseModel):
    """Where the journal ends."""

    recorded_at: str | None
    hash: str


class FeedAge(BaseModel):
    """How old what a feed said last is."""

    name: str
    age: str
    state: str
    detail: str


class RefusedRecord(BaseModel):
    """What upstream sent and could not be taken."""

    feed: str
    record: str
    reason: str
    at: str


class Health(Told):
    """How the registry is."""

    journal: JournalHead
    feeds: list[FeedAge]
    refused: int
    refusals: list[RefusedRecord]
