"""Golden JSON over HTTP: the list itself, and the manifest that lets anybody make it again."""

from typing import Any

import orjson
from flask import Response
from pydantic import Field
from sqlalchemy import Connection

from api.answers.golden import CertificationList, GoldenManifest, SeveralLists
from api.contract.noun import ASKS, AsOf, noun
from api.contract.reads import reading
from model import journal
from model.errors import Invalid
from model.golden.choice import Within
from model.golden.golden import Golden, Question
from model.golden.manifest import file_name, manifest
from model.registry import registry
from model.rulebook.book import RuleVersion, given_rule, rule_version, rulebook
from model.spans import spans

blueprint = noun("golden", "/golden-json", tag="golden JSON")
_NULL = (
    "what missing bits count as: bad, good or unknown; as the rule says, and bad for a given logic, if absent"
)


class Chosen(AsOf):
    """Which datasets, as of when, and in which luminosity."""

    several: str = Field("refuse", description="where a run has several datasets: refuse, union, intersection")
    source: str = Field("OMS", description="luminosity source")
    run_class: str = Field("", description="only runs of this class, such as Collisions24")
    era: str = Field("", description="only runs of this era, such as 2024C")
    runs: str = Field("", description="only these runs: 380649, 381000-381594")
    cycle: str = Field("", description="only the datasets of this cycle")
    null_policy: str | None = Field(None, description=_NULL)

    def question(self, rule: RuleVersion, dataset: str, at: int) -> Question:
        """Return what is asked of a rule over the datasets of a name pattern."""
        within = Within(self.run_class, self.era, spans(self.runs), self.cycle)
        return Question(rule, dataset, at, self.several, self.source, within)


class GoldenQuery(Chosen):
    """A kept rule over the datasets of a name pattern."""

    rule: str = Field(description="name of a kept rule")
    dataset: str = Field(description="dataset name; % stands for any text")


class GoldenBody(Chosen):
    """A kept rule, or a logic given with the question."""

    rule: str | None = Field(None, description="name of a kept rule")
    logic: Any = Field(None, description="JsonLogic, instead of a kept rule")
    dataset: str = Field(description="dataset name; % stands for any text")


class SeveralBody(Chosen):
    """Kept rules, each over the datasets it is meant for, or all over those of one pattern."""

    rules: list[str] = Field(description="names of kept rules", min_length=1, max_length=20)
    dataset: str = Field("", description="dataset name for all of them; each rule's own if absent")


@blueprint.get("", responses={200: CertificationList})
def download(query: GoldenQuery) -> Response:
    """Return the canonical bytes of the list."""
    return _list(query)


@blueprint.post("", openapi_extensions=ASKS, responses={200: CertificationList})
def evaluate(body: GoldenBody) -> Response:
    """Return the canonical bytes of the list of a rule or logic in the body."""
    return _list(body)


@blueprint.get("/manifest", responses={200: GoldenManifest})
def describe(query: GoldenQuery) -> dict[str, Any]:
    """Return what the list was made of: sequence, rule digest, luminosity source, SHA-256."""
    return _manifest(query)


@blueprint.post("/manifest", openapi_extensions=ASKS, responses={200: GoldenManifest})
def describe_given(body: GoldenBody) -> dict[str, Any]:
    """Return the manifest of the list of a rule or logic in the body."""
    return _manifest(body)


@blueprint.post("/several", openapi_extensions=ASKS, responses={200: SeveralLists})
def evaluate_several(body: SeveralBody) -> dict[str, Any]:
    """Return several lists made in one pass, by rule: the list and its manifest."""
    with reading(body.as_of) as (connection, at):
        rules = [_kept(connection, name, body.null_policy, at) for name in dict.fromkeys(body.rules)]
        asked = [body.question(rule, body.dataset or rule.text.datasets, at) for rule in rules]
        found = registry().golden.several(connection, asked)
        stands = journal.hash_at(connection, at)
    return {
        question.rule.name: {
            "list": orjson.loads(golden.body),
            "manifest": manifest(question, golden, stands),
        }
        for question, golden in zip(asked, found, strict=True)
    }


def _manifest(asked: GoldenQuery | GoldenBody) -> dict[str, Any]:
    with reading(asked.as_of) as (connection, at):
        question, golden = answer(connection, asked, at)
        return manifest(question, golden, journal.hash_at(connection, at))


def answer(connection: Connection, asked: GoldenQuery | GoldenBody, at: int) -> tuple[Question, Golden]:
    """Return the question that a request asks, and its answer."""
    question = asked_question(connection, asked, at)
    return question, registry().golden.golden(connection, question)


def asked_question(connection: Connection, asked: GoldenQuery | GoldenBody, at: int) -> Question:
    """Return the question of a request."""
    return asked.question(_rule(connection, asked, at), asked.dataset, at)


def _rule(connection: Connection, asked: GoldenQuery | GoldenBody, at: int) -> RuleVersion:
    logic = asked.logic if isinstance(asked, GoldenBody) else None
    if isinstance(asked, GoldenBody) and logic is not None and asked.rule is None:
        return given_rule(logic, asked.null_policy or "bad", rulebook(connection, at))
    if asked.rule is None or logic is not None:
        raise Invalid("Give either the name of a kept rule or a logic.")
    return _kept(connection, asked.rule, asked.null_policy, at)


def _kept(connection: Connection, name: str, null_policy: str | None, at: int) -> RuleVersion:
    kept = rule_version(connection, name, at)
    return kept if null_policy is None else kept.under(null_policy)


def _list(asked: GoldenQuery | GoldenBody) -> Response:
    with reading(asked.as_of) as (connection, at):
        question, golden = answer(connection, asked, at)
    response = Response(golden.body, mimetype="application/json")
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(question, golden)}"'
    return response
