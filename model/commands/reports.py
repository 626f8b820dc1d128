"""Reports are frozen: what was gathered at a sequence is written down with its digest, and never changes."""

import re

from model import rights
from model.authors import Author
from model.errors import Invalid
from model.events import ReportFrozen
from model.journal import Transaction
from model.queries import documents
from model.report.kept import CATEGORY
from model.report.report import Report, sha256
from model.report.scope import Kind
from model.rights import Action


def freeze_report(tx: Transaction, report: Report, by: Author) -> str:
    """Freeze a report; return its name.

    Raises:
        Invalid: it is frozen already, or about what the journal has not reached.
        Forbidden: the author may not.
    """
    rights.require(by, action_of(Kind(report.kind)))
    if report.sequence > tx.head.sequence:
        raise Invalid(f"The journal has not reached sequence {report.sequence}; it is at {tx.head.sequence}.")
    name, body = name_of(report), report.body
    if documents.document(tx.connection, CATEGORY, name) is not None:
        raise Invalid(f"The report {name} is frozen already, and is the same.")
    tx.record(ReportFrozen(name, _about(report), sha256(body), body.decode()), by)
    return name


def action_of(kind: Kind) -> Action:
    """Return the right that a report of a kind takes."""
    return Action.FREEZE_SHIFT_REPORT if kind is Kind.SHIFT else Action.FREEZE_REPORT


def name_of(report: Report) -> str:
    """Return the name of a report: what it is about, its sequence, and the beginning of its digest."""
    scope = re.sub(r"[^A-Za-z0-9]+", "-", report.scope).strip("-")[:60]
    return f"{report.kind}-{scope}-{report.sequence}-{sha256(report.body)[:8]}"


def _about(report: Report) -> dict[str, object]:
    summary = report.table("summary")
    asked = {
        "rule": report.rule.name if report.rule else "",
        "null_policy": report.rule.null_policy if report.rule else "",
        "dataset": report.datasets,
        "source": report.luminosity_source,
    }
    return {
        "kind": report.kind,
        "scope": report.scope,
        "title": report.title,
        "sequence": report.sequence,
        "as_of": report.as_of,
        "asked": asked,
        "figures": dict(zip(summary.column("figure"), summary.column("value"), strict=True)),
    }
