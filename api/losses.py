"""What was processed and not certified, and the lumisections behind each bar, over HTTP."""

from dataclasses import asdict
from typing import Any, Literal

from flask import Response
from pydantic import Field
from sqlalchemy import Connection

from api.answers.luminosity import OpenedBar, ToldLosses
from api.contract.noun import json_or_csv, kinds, noun
from api.contract.reads import reading
from api.contract.tabular import answer
from api.luminosity import AccountQuery, about, question
from model.accounting.flow import line
from model.accounting.ledger import ledger
from model.accounting.losses import MIXED, Split, losses, opened
from model.accounting.parts import Of
from model.accounting.question import Question
from model.registry import registry

blueprint = noun("losses", tag="luminosity")


class LossQuery(AccountQuery):
    """By whom losses are told."""

    of: Of = Field(Of.SUBSYSTEM, description="subsystem, column, variable (single bits and columns) or cause")
    order: str = Field(
        "", description="parts by comma, the first to be charged first; the rule's order if absent"
    )


class BarQuery(LossQuery):
    """One bar."""

    part: str = Field(description="a part of the answer to /losses, UNKNOWN, tracker_hv or mixed")
    how: Literal["exclusive", "inclusive", "sequential"] = Field("exclusive", description="way to count it")


@blueprint.get("/losses", responses={200: json_or_csv(ToldLosses)})
def all_losses(query: LossQuery) -> Response:
    """Return what each part costs: exclusive and mixed add up to what was lost; CSV where that is accepted."""
    return _losses(query)


@blueprint.get("/losses.csv", responses={200: kinds("text/csv")})
def losses_csv(query: LossQuery) -> Response:
    """Return what each part costs as CSV."""
    return _losses(query)


@blueprint.get("/losses/lumisections", responses={200: OpenedBar})
def lumisections(query: BarQuery) -> dict[str, Any]:
    """Return the lumisections behind one bar, run by run, most luminosity first."""
    with reading(query.as_of) as (connection, at):
        asked, split = _split(connection, query, at)
        found = opened(split.ledger, split.of_kind(query.part, query.how))
    runs = [{**asdict(each), "ranges": [list(span) for span in each.ranges]} for each in found]
    return {**about(asked), "part": query.part, "how": query.how, "runs": runs}


def _split(connection: Connection, query: LossQuery, at: int) -> tuple[Question, Split]:
    asked = question(connection, query, at)
    order = [each.strip() for each in query.order.split(",") if each.strip()]
    return asked, Split(ledger(connection, registry().golden.frames, asked), query.of, order)


def _losses(query: LossQuery) -> Response:
    with reading(query.as_of) as (connection, at):
        asked, split = _split(connection, query, at)
        found = losses(split)
    total = line("all", split.ledger.accounts)
    steps = ("recorded", "low", "unprocessed", "processed", "certified")
    whole = {**asdict(found), **{f"{step}_invpb": getattr(total, f"{step}_invpb") for step in steps}}
    rows: list[dict[str, Any]] = [{**asdict(part), "source": found.source} for part in found.parts]
    mixed = {"name": MIXED, "exclusive_invpb": found.mixed_invpb, "exclusive": found.mixed}
    rows.append({**dict.fromkeys(rows[0], ""), **mixed, "source": found.source})
    return answer({**about(asked), **whole, "of": query.of.value}, rows)
