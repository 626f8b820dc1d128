"""What the doors of rights answer."""

from pydantic import BaseModel, Field

from api.answers.common import Told
from model.policy import Role
from model.queries.rights import Change


class ToldGrant(BaseModel):
    """What a group makes of its members."""

    group: str = Field(description="name of the group; {workspace} in it stands for any")
    role: Role
    workspace: str = Field("", description="of a role of one workspace, where the group's name does not say it")


class Rights(Told):
    """Who may do what."""

    groups: list[ToldGrant]
    matrix: dict[str, list[Role]] = Field(description="the roles that may, by action")


class ToldDenial(BaseModel):
    """What was denied to somebody within one hour."""

    author: str
    action: str
    workspace: str
    first_at: str
    last_at: str
    times: int
    sentence: str


class Denied(Told):
    """What was denied, the last first."""

    denied: list[ToldDenial]


class ChangedRights(BaseModel):
    """What a change of rights gives and takes; recorded, unless it was only asked."""

    changes: list[Change]
    sequence: int | None = Field(description="the new sequence; null where it was only asked")
    action: int | None = Field(description="to be taken back as one unit; null where it was only asked")
