"""Why a cell is what it is: whose word counts, which rule spoke, and what the golden rule makes of it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components.certify_panel import Why, why
from model.queries.verdicts import Verdict
from model.rulebook.why import Cell, Explanation, Step

_MOST_REASONS = 12
_HOLDS = {True: "holds", False: "fails", None: "is open, for want of data"}


def of_cell(cell: Cell, run_number: int, lumisection: int) -> html.Div:
    """Return whose word counts, what it outranks, and what decided the rule that spoke."""
    said = [_said("counts", cell.verdict)] if cell.verdict else [html.P("Nobody and no rule has spoken yet.")]
    if cell.overruled:
        said.append(_said("is outranked by it", cell.overruled))
    if cell.note:
        said.append(html.P(cell.note, className="dim"))
    rules = [_rule(each) for each in cell.rules]
    return html.Div([html.H3(f"Why, {cell.column} of run {run_number} on LS {lumisection}"), *said, *rules])


def of_golden(found: Explanation, dataset: str, *, reads: bool) -> html.Div:
    """Return why a lumisection is in the golden JSON, or not."""
    inside = {True: "in", False: "not in", None: "not in, for want of data,"}[found.truth]
    note = f"on {dataset}" if reads else f"as if {found.rule} read {dataset}"
    return why(reasons(found.blame), f"Why {inside} {found.rule} v{found.version}, {note}")


def reasons(steps: Sequence[Step]) -> list[Why]:
    """Return parts of a rule as lines with the values they met; the first dozen."""
    shown = [Why(_text(step), step.truth, _values(step)) for step in steps[:_MOST_REASONS]]
    if len(steps) > _MOST_REASONS:
        shown.append(Why(f"and {len(steps) - _MOST_REASONS} more", steps[-1].truth))
    return shown


def word(value: Any) -> str:
    """Return what a variable holds as a person reads it."""
    return "unknown" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _said(what: str, verdict: Verdict) -> html.P:
    reason = ", ".join(word for word in (verdict.cause, verdict.comment) if word)
    by = verdict.author if verdict.is_person else f"{verdict.author}, a rule"
    words = f" on LS {verdict.span.first}–{verdict.span.last} {what}, by {by}"
    return html.P(
        [html.B(verdict.status.name), f"{words}{': ' if reason else '.'}", html.Q(reason) if reason else ""]
    )


def _rule(found: Explanation) -> html.Div:
    address = f"/rules?{urlencode({'name': found.rule})}"
    title: list[Any] = [
        dcc.Link(f"{found.rule} v{found.version}", href=address),
        f" gives {found.value}: it {_HOLDS[found.truth]}",
    ]
    return html.Div([html.P(title), why(reasons(found.blame), "")])


def _text(step: Step) -> str:
    return f"{step.text} (flag {step.flag})" if step.flag else step.text


def _values(step: Step) -> str:
    return ", ".join(word(value) for value in step.values.values())
