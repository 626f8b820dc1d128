"""What the doors of events answer."""

from typing import Any

from pydantic import BaseModel, Field


class ToldEvent(BaseModel):
    """One fact of the journal."""

    sequence: int
    kind: str = Field(description="see /api/v1/events/kinds")
    recorded_at: str
    happened_at: str = Field(description="may be long before it was recorded")
    author: str
    is_person: bool
    action: int | None = Field(description="sequence of the first event of the action it is part of")
    run_number: int | None
    dataset: str | None
    workspaces: list[str]
    comment: str
    payload: dict[str, Any] = Field({}, description="as its kind says; absent where it was not asked for")


class Events(BaseModel):
    """Events after a place, in order."""

    events: list[ToldEvent]
    sequence: int = Field(description="the last of the journal")
    next: int = Field(description="the `after` to ask with next")
    has_more: bool


class FieldOfKind(BaseModel):
    """A field of a payload."""

    name: str
    type: str
    optional: bool


class KindOfEvent(BaseModel):
    """A kind of event."""

    kind: str
    says: str
    fields: list[FieldOfKind]


class Kinds(BaseModel):
    """Every kind of event."""

    kinds: list[KindOfEvent]
