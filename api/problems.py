"""What a program may be refused for: every code of the model, with its status and what it means."""

from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.contract.errors import FAILURE, STATUS, TITLES
from api.contract.noun import noun
from model.errors import Conflict

blueprint = noun("problems", "/problems")


class Problem(BaseModel):
    """Why there is no answer (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="where codes are told")
    title: str = Field(description="the reason in general")
    status: int = Field(description="the HTTP status once more")
    detail: str = Field(description="the reason as a sentence")
    code: str = Field(description="stable name of the reason, for programs")
    pointer: str | None = Field(None, description="of a rule: JSON pointer to the part that is refused")
    conflicts: list[Conflict] | None = Field(None, description="both sides of edits that somebody overtook")
    reference: str | None = Field(None, description="of a failure: where the log has it")


class Meaning(BaseModel):
    """What a code means."""

    title: str
    status: int


class Codes(RootModel[dict[str, Meaning]]):
    """Each code with its meaning."""


@blueprint.get("", responses={200: Codes})
def read() -> dict[str, dict[str, object]]:
    """Return what each `code` of a refusal means, and its HTTP status."""
    statuses = {error.code: status for error, status in STATUS.items()}
    told: dict[str, dict[str, object]] = {
        code: {"title": title, "status": statuses.get(code, 400)} for code, title in TITLES.items()
    }
    return {**told, FAILURE: {"title": "Something failed that nobody foresaw.", "status": 500}}
