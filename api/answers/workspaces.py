"""What the doors of workspaces answer."""

from pydantic import BaseModel, Field

from api.answers.common import Told


class ToldColumn(BaseModel):
    """A column: where it stands, and how people call it."""

    name: str = Field(description="workspace-column, as it is written everywhere")
    places: list[str] = Field(description="offline, online: certified; offline-local, online-local: shown only")
    label: str


class ToldWorkspace(BaseModel):
    """A workspace; its causes are those that it has besides the common ones."""

    name: str
    level: str | None
    label: str
    columns: list[ToldColumn]
    causes: list[str]


class Workspaces(Told):
    """Who certifies what."""

    workspaces: list[ToldWorkspace]
