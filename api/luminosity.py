"""Delivered, recorded, processed and certified luminosity over HTTP."""

from dataclasses import asdict
from typing import Any

from flask import Response, request
from pydantic import Field
from sqlalchemy import Connection

from api.answers.luminosity import Account, SideBySide
from api.contract.noun import AsOf, json_or_csv, kinds, noun
from api.contract.reads import reading
from api.contract.tabular import answer
from model.accounting.flow import Flow, Line, flow, side_by_side
from model.accounting.question import By, Question, ask
from model.registry import registry

blueprint = noun("luminosity")


class AccountQuery(AsOf):
    """Which runs, which datasets, which rule, in which calibration, as of when."""

    source: str = Field("", description="calibration, OMS where not given; two are never added up")
    era: str = Field("", description="such as 2024C; all where not given", max_length=40)
    run_class: str = Field("", description="such as Collisions24; all where not given", max_length=60)
    runs: str = Field("", description="such as 379415-379420")
    rule: str = Field("", description="name of a kept rule; the golden one where not given")
    dataset: str = Field("", description="certified dataset, % stands for any text; the rule's where not given")
    null_policy: str = Field("", description="what missing bits count as: bad, good or unknown; the rule's own")


class FlowQuery(AccountQuery):
    """By what runs are grouped."""

    by: By = Field(By.ERA, description="run, fill, day, week (ISO 8601, UTC) or era")


def question(connection: Connection, query: AccountQuery, at: int) -> Question:
    """Return the question of a request; a calibration that is named twice over is refused."""
    words = {**query.model_dump(), "class": query.run_class}
    # the query model keeps one of several
    words["source"] = ",".join(request.args.getlist("source"))
    return ask(connection, at, words)


def about(asked: Question) -> dict[str, Any]:
    """Return what an answer was made of."""
    rule = asked.rule
    return {
        "sequence": asked.at,
        "source": asked.source,
        "rule": {"name": rule.name, "version": rule.version, "digest": rule.digest},
        "null_policy": rule.null_policy.value,
        "dataset": asked.pattern,
    }


def row(line: Line, source: str) -> dict[str, Any]:
    """Return a line with its shares, and its calibration beside it."""
    shares = {f"certified_of_{whole}": line.share(whole) for whole in ("processed", "recorded")}
    return {**asdict(line), "lost_invpb": line.lost_invpb, **shares, "source": source}


@blueprint.get("/luminosity", responses={200: json_or_csv(Account)})
def luminosity(query: FlowQuery) -> Response:
    """Return the account by groups of runs, in 1/pb of one calibration; CSV where that is accepted."""
    return _flow(query)


@blueprint.get("/luminosity.csv", responses={200: kinds("text/csv")})
def luminosity_csv(query: FlowQuery) -> Response:
    """Return the account by groups of runs as CSV."""
    return _flow(query)


@blueprint.get("/luminosity/sources", responses={200: SideBySide})
def sources(query: AccountQuery) -> dict[str, Any]:
    """Return the same account in each calibration that has luminosity of it, side by side."""
    with reading(query.as_of) as (connection, at):
        asked = question(connection, query, at)
        found = side_by_side(connection, registry().golden.frames, asked)
    return {**about(asked), "sources": [_whole(each) for each in found.values()]}


def _flow(query: FlowQuery) -> Response:
    with reading(query.as_of) as (connection, at):
        asked = question(connection, query, at)
        found = flow(connection, registry().golden.frames, asked, query.by)
    rows = [{"by": found.by.value, **row(line, found.source)} for line in found.lines]
    return answer({**about(asked), **_whole(found), "by": found.by.value, "lines": rows}, rows)


def _whole(found: Flow) -> dict[str, Any]:
    return {
        "source": found.source,
        "total": row(found.total, found.source),
        "elsewhere_invpb": found.elsewhere_invpb,
        "notes": list(found.notes),
    }
