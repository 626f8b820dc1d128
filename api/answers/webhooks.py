"""What the doors of webhooks answer."""

from pydantic import BaseModel, Field


class ToldWebhook(BaseModel):
    """An address that is told, without its secret."""

    id: int
    url: str
    author: str
    made_at: str
    is_active: bool
    kinds: list[str] = Field(description="of events; product-official alone: new products")
    state: str
    told: int = Field(description="sequence up to which it was told")
    attempts: int = Field(description="in vain, at the next event")
    due_at: str | None
    failing_since: str | None
    given_up_at: str | None


class Webhooks(BaseModel):
    """Every webhook."""

    sequence: int
    webhooks: list[ToldWebhook]


class NewWebhook(BaseModel):
    """A webhook and its secret, told once."""

    id: int
    secret: str


class WebhookNumber(BaseModel):
    """Which webhook."""

    id: int


class ToldDelivery(BaseModel):
    """One product told to one address."""

    webhook_id: int
    product: str
    attempts: int
    due_at: str | None
    tried_at: str | None
    delivered_at: str | None
    answer: str


class Deliveries(BaseModel):
    """What an address was told, the last first."""

    deliveries: list[ToldDelivery]
