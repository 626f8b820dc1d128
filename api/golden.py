"""Golden JSON over HTTP: the list itself, and the manifest that lets anybody make it again."""

from typing import Any

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from model import asof, journal
from model.errors import Invalid
from model.golden.golden import Golden, Question
from model.golden.manifest import manifest
from model.registry import registry
from model.rulebook.book import RuleVersion, given_rule, rule_version, rulebook

blueprint = APIBlueprint(
    "golden", __name__, url_prefix="/api/v1/golden-json", abp_tags=[Tag(name="golden JSON")]
)
_NULL = (
    "what missing bits count as: bad, good or unknown; as the rule says, and bad for a given logic, if absent"
)


class GoldenQuery(BaseModel):
    """A kept rule over the datasets of a name pattern."""

    rule: str = Field(description="name of a kept rule")
    dataset: str = Field(description="dataset name; % stands for any text")
    as_of: str = Field("now", description="sequence, RFC 3339 time or label")
    several: str = Field("refuse", description="where a run has several datasets: refuse, union, intersection")
    source: str = Field("OMS", description="luminosity source")
    null_policy: str | None = Field(None, description=_NULL)


class GoldenBody(BaseModel):
    """A kept rule, or a logic given with the question."""

    rule: str | None = Field(None, description="name of a kept rule")
    logic: Any = Field(None, description="JsonLogic, instead of a kept rule")
    null_policy: str | None = Field(None, description=_NULL)
    dataset: str = Field(description="dataset name; % stands for any text")
    as_of: str = "now"
    several: str = "refuse"
    source: str = "OMS"


@blueprint.get("")
def download(query: GoldenQuery) -> Response:
    """Return the canonical bytes of the list."""
    return _list_response(answer(query)[1])


@blueprint.post("")
def evaluate(body: GoldenBody) -> Response:
    """Return the canonical bytes of the list of a rule or logic in the body."""
    return _list_response(answer(body)[1])


@blueprint.get("/manifest")
def describe(query: GoldenQuery) -> dict[str, Any]:
    """Return what the list was made of: sequence, rule digest, luminosity source, SHA-256."""
    return _manifest(query)


@blueprint.post("/manifest")
def describe_given(body: GoldenBody) -> dict[str, Any]:
    """Return the manifest of the list of a rule or logic in the body."""
    return _manifest(body)


def _manifest(asked: GoldenQuery | GoldenBody) -> dict[str, Any]:
    question, golden = answer(asked)
    with registry().reading() as connection:
        return manifest(question, golden, journal.hash_at(connection, question.at))


def answer(asked: GoldenQuery | GoldenBody) -> tuple[Question, Golden]:
    """Return the question that a request asks, and its answer."""
    with registry().reading() as connection:
        at = asof.resolve(connection, asked.as_of)
        question = Question(_rule(connection, asked, at), asked.dataset, at, asked.several, asked.source)
        return question, registry().golden.golden(connection, question)


def _rule(connection: Connection, asked: GoldenQuery | GoldenBody, at: int) -> RuleVersion:
    logic = asked.logic if isinstance(asked, GoldenBody) else None
    if isinstance(asked, GoldenBody) and logic is not None and asked.rule is None:
        return given_rule(logic, asked.null_policy or "bad", rulebook(connection, at))
    if asked.rule is None or logic is not None:
        raise Invalid("Give either the name of a kept rule or a logic.")
    kept = rule_version(connection, asked.rule, at)
    return kept if asked.null_policy is None else kept.under(asked.null_policy)


def _list_response(golden: Golden) -> Response:
    response = Response(golden.body, mimetype="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response
