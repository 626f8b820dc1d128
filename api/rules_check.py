"""Checking a rule over HTTP, and why a lumisection or a status is what it is."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify
from pydantic import Field
from sqlalchemy import Connection

from api.answers.rules import ToldCell, ToldExplanation
from api.contract.noun import AsOf, noun
from api.contract.reads import reading
from api.rule_questions.body import Draft, Refused, draft, refusal
from api.rule_questions.models import CheckBody, Checked, answers, documented
from model import asof
from model.errors import Invalid
from model.registry import registry
from model.rulebook.book import RuleVersion, golden_rule, rule_version, rulebook
from model.rulebook.why import Cell, Explanation, Step, explain_at, why_status
from rules.check import Finding, diagnose
from rules.errors import RuleError
from rules.schema import Schema
from rules.syntax import Rule, parse

blueprint = noun("explain", tag="rules")


class Where(AsOf):
    """One lumisection of a dataset, as of a time."""

    run: int = Field(description="run number", ge=1)
    dataset: str = Field("online", description="dataset name")
    lumisection: int = Field(description="lumisection number", ge=1)


class WhereRule(Where):
    """One lumisection, and the rule that is asked about it."""

    rule: str | None = Field(None, description="name of a kept rule; the golden rule where none is named")


class WhereColumn(Where):
    """One lumisection of one column."""

    column: str = Field(description="workspace-column")


@blueprint.post("/rules/check", openapi_extensions=documented(CheckBody), responses=answers(Checked))
def check() -> Response:
    """Check a rule, or what is written of one: findings with severity, code, place and sentence.

    A rule that cannot be read is no error of the request: it is a finding. Names of kept rules may be read as
    flags.
    """
    try:
        given = draft()
    except Refused as error:
        return refusal(error.status, error.code, str(error))
    except RuleError as error:
        return jsonify(_said([Finding.of("error", error.code, error.pointer, error.message)], None))
    with registry().reading() as connection:
        book = rulebook(connection, asof.resolve(connection, "now"))
    return jsonify(_checked(given, book.schema()))


@blueprint.get("/explain/lumisection", responses={200: ToldExplanation})
def lumisection(query: WhereRule) -> dict[str, Any]:
    """Explain a rule on one lumisection: its value, the fewest parts that decide it, and the whole tree."""
    with reading(query.as_of, run_number=query.run) as (connection, at):
        rule = _rule(connection, query.rule, at)
        return _explained(explain_at(connection, rule, (query.run, query.dataset, query.lumisection), at))


@blueprint.get("/explain/status", responses={200: ToldCell})
def status(query: WhereColumn) -> dict[str, Any]:
    """Explain the status of a column: who said it, what it outranks, and the rule that a machine followed."""
    with reading(query.as_of, run_number=query.run) as (connection, at):
        where = (query.run, query.dataset, query.lumisection)
        return _cell(why_status(connection, where, query.column, at))


def _checked(given: Draft, schema: Schema) -> dict[str, Any]:
    findings = diagnose(given.source, schema, given.null)
    try:
        return _said(findings, parse(given.source))
    except RuleError:
        # diagnose has said why
        return _said(findings, None)


def _said(findings: Sequence[Finding], rule: Rule | None) -> dict[str, Any]:
    return {
        "ok": all(each.severity != "error" for each in findings),
        "findings": [asdict(each) for each in findings],
        "digest": rule.digest if rule else None,
        "canonical": rule.canonical if rule else None,
        "variables": sorted(rule.variables) if rule else [],
    }


def _rule(connection: Connection, name: str | None, at: int) -> RuleVersion:
    if name is not None:
        return rule_version(connection, name, at)
    found = golden_rule(connection, at)
    if found is None:
        raise Invalid("There was no golden rule then: name a rule.")
    return found


def _explained(found: Explanation) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "version": found.version,
        "value": found.value,
        "result": found.truth,
        "blame": [_step(each) for each in found.blame],
        "tree": _step(found.tree),
    }


def _step(step: Step) -> dict[str, Any]:
    said = {"pointer": step.place, "op": step.op, "text": step.text, "truth": step.truth}
    children = [_step(each) for each in step.children]
    return {**said, "values": dict(step.values), **({"children": children} if children else {})}


def _cell(cell: Cell) -> dict[str, Any]:
    voices = {"verdict": cell.verdict, "overruled": cell.overruled}
    said = {
        name: v
        and {
            "status": v.status.name,
            "cause": v.cause,
            "comment": v.comment,
            "author": v.author,
            "is_person": v.is_person,
            "range": list(v.span),
            "since": v.since,
        }
        for name, v in voices.items()
    }
    rules = [_explained(each) for each in cell.rules]
    return {"column": cell.column, **said, "rules": rules, "note": cell.note}
