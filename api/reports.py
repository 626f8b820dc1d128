"""Reports over HTTP: those that are frozen, in four forms, and how to have one made."""

from dataclasses import asdict
from typing import Any

from flask import Response, url_for
from pydantic import BaseModel, Field

from api import report_work
from api.answers.reports import Ordered, Reports, ToldOrder
from api.contract.noun import AsOf, kinds, noun
from api.contract.reads import reading
from api.contract.writes import is_repeated, write
from identity.here import asker
from model import rights
from model.commands.reports import action_of
from model.registry import registry
from model.report.gather import planned
from model.report.kept import Kept, body_of, report_of, reports
from model.report.orders import order_of
from model.report.report import Report, read
from model.report.scope import Asked, kind_of, runs_of
from reports.csv import as_csv
from reports.html import as_html
from reports.kept import kept_pdf

blueprint = noun("reports", "/reports")
_MIME = {"json": "application/json", "html": "text/html", "csv": "text/csv", "pdf": "application/pdf"}
_FORMS = tuple(_MIME)


class Wanted(AsOf):
    """Which of the frozen reports, as of when."""

    kind: str = Field("", description="week, era, cycle or shift; all where not given")
    scope: str = Field("", description="2024-W20, 2024C, a cycle's name, or begin/end of a shift")


class Named(BaseModel):
    """One report; its name may end in .json, .html, .csv or .pdf."""

    name: str = Field(description="as the list names it")


class OrderPath(BaseModel):
    """One order."""

    order: str = Field(description="as the answer to the order named it")


class ReportBody(AsOf):
    """What the report is to be about; what is empty is the golden rule's own, or the last week or shift."""

    kind: str = Field(description="week, era, cycle or shift")
    scope: str = Field("", description="2024-W20, 2024C, a cycle's name, 2024-05-13T07:00Z/2024-05-13T15:00Z")
    rule: str = Field("", description="name of a kept rule; the golden rule where not given")
    null_policy: str = Field("", description="what missing bits count as; as the rule says where not given")
    dataset: str = Field("", description="dataset names, % stands for any text; the rule's own where not given")
    source: str = Field("", description="luminosity source; OMS where not given")

    def asked(self) -> Asked:
        """Return it in the words of the model."""
        return Asked(**self.model_dump())


@blueprint.get("", responses={200: Reports})
def list_reports(query: Wanted) -> dict[str, Any]:
    """Return the frozen reports, the newest first."""
    with reading(query.as_of) as (connection, at):
        found = reports(connection, at)
    kind = kind_of(query.kind) if query.kind else None
    chosen = [each for each in found if kind in (None, each.kind) and query.scope in ("", each.scope)]
    return {"sequence": at, "reports": [plain(each) for each in chosen]}


@blueprint.post("", responses={202: Ordered})
def make_report(body: ReportBody) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Begin to make a report beside the web: 202, and where to look how far it is."""
    asked, by = body.asked(), asker()
    with registry().reading() as connection:
        rights.require(by, action_of(kind_of(asked.kind)))
        plan = planned(connection, asked, registry().clock())
        runs_of(connection, plan.scope, plan.at)
    told = write(lambda _: {"order": report_work.new(), "title": plan.scope.title})
    if not is_repeated():
        report_work.begin(told["order"], asked, by)
    where = url_for("reports.read_order", order=told["order"])
    return {**told, "address": where}, 202, {"Location": where}


@blueprint.get("/orders/<string:order>", responses={200: ToldOrder})
def read_order(path: OrderPath) -> dict[str, Any]:
    """Return how far an ordered report is: making, frozen (and where it is), or refused (and why)."""
    found = order_of(registry().golden.cache, path.order)
    address = url_for("reports.read_report", name=found.report) if found.report else ""
    return {**asdict(found), "address": address}


@blueprint.get("/<string:name>", responses={200: kinds(*_MIME.values())})
def read_report(path: Named, query: AsOf) -> Response:
    """Return a report as JSON (the bytes of its digest), HTML, CSV or PDF."""
    name, _, form = path.name.rpartition(".")
    if form not in _FORMS:
        name, form = path.name, "json"
    with reading(query.as_of) as (connection, at):
        kept = report_of(connection, name, at)
        body = body_of(connection, kept)
    response = Response(_formed(form, body), mimetype=_MIME[form])
    response.headers["Content-Disposition"] = f"inline; filename={kept.name}.{form}"
    return response


def _formed(form: str, body: bytes) -> bytes | str:
    if form == "json":
        return body
    report: Report = read(body)
    if form == "pdf":
        return kept_pdf(registry().golden.cache, report)
    return as_html(report) if form == "html" else as_csv(report)


def plain(each: Kept) -> dict[str, Any]:
    """Return a report as lists show it, with the address of each of its forms."""
    forms = {form: url_for("reports.read_report", name=f"{each.name}.{form}") for form in _FORMS}
    return {**asdict(each), "forms": forms}
