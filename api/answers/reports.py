"""What the doors of reports answer."""

from typing import Any

from pydantic import BaseModel, Field

from api.answers.common import Told


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
