"""How a noun of API v1 is made; `api.contract.document` says of all at once what they have in common."""

from functools import cache
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

VERSION = "/api/v1"
#: marks a POST that asks and writes nothing: what it asks is too long for an address
ASKS: dict[str, Any] = {"x-question": True}


def noun(name: str, path: str = "", *, tag: str = "") -> APIBlueprint:
    """Return the doors of one noun, below its path.

    Args:
        name: its module's.
        tag: the group it is told under, where that is not its name.
    """
    return APIBlueprint(name, __name__, url_prefix=f"{VERSION}{path}", abp_tags=[Tag(name=tag or name)])


def kinds(*names: str) -> dict[str, Any]:
    """Return what documents an answer in one of several media types that are no JSON of a model."""
    return {"content": {name: {"schema": {} if "json" in name else {"type": "string"}} for name in names}}


def json_or_csv(model: type[BaseModel]) -> type[BaseModel]:
    """Return the model of an answer that is also had as CSV, by what the request accepts."""
    csv = {"content": {"text/csv": {"schema": {"type": "string"}}}}
    model.model_config["openapi_extra"] = csv  # type: ignore[typeddict-unknown-key]  # flask-openapi3 reads it
    return model


class Sent(BaseModel):
    """What a request holds: nothing that is not known, so that a slip is no silence."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def model_json_schema(cls, *how: Any, **words: Any) -> dict[str, Any]:
        """Return the schema; the plain one, which the framework reads at every question, is made once."""
        return super().model_json_schema(*how, **words) if how or words else _plain(cls)


@cache
def _plain(of: type[Sent]) -> dict[str, Any]:
    return super(Sent, of).model_json_schema()


class AsOf(Sent):
    """As of when."""

    as_of: str = Field("now", description="sequence, RFC 3339 time or label", max_length=100)


class Seen(Sent):
    """An edit of what somebody looked at."""

    seen: int = Field(description="sequence the author was looking at")


class RunPath(BaseModel):
    """Which run."""

    run_number: int = Field(description="OMS run number", ge=1)
