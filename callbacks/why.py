"""Why a cell of the strip is what it is."""

from typing import Any

from dash import Input, Output, callback, html, no_update
from sqlalchemy import Connection

from components import certify_panel as panel
from components import lumisection_strip as strip
from components import proposals, why
from model.errors import RunRegistryError
from model.frames.refs import refs
from model.queries.proposals import proposals as proposals_of
from model.registry import registry
from model.rulebook.book import golden_rule
from model.rulebook.why import explain_at, why_status


@callback(
    Output(panel.WHY, "children", allow_duplicate=True),
    Input(strip.INTENT, "data", allow_optional=True),
    prevent_initial_call=True,
)
def tell_why(intent: Any) -> Any:
    """Tell whose word counts on a cell, which rule spoke, and what the golden rule makes of it."""
    if not intent or not (asked := intent.get("why")):
        return no_update
    where = (intent["run_number"], asked["dataset"], asked["lumisection"])
    sequence = asked["sequence"]
    try:
        with registry().reading() as connection:
            cell = offered = None
            if asked["kind"] == "column":
                cell = why.of_cell(why_status(connection, where, asked["column"], sequence), where[0], where[2])
                offered = _offered(connection, where, asked["column"], sequence)
            return html.Div([offered, cell, _golden(connection, where, sequence)])
    except RunRegistryError as error:
        return panel.refusal(str(error))


def _offered(connection: Connection, where: tuple[int, str, int], column: str, at: int) -> Any:
    run_number, name, number = where
    found = proposals_of(connection, at, run_number=run_number, dataset_name=name)
    here = [p for p in found if p.column == column and p.span.first <= number <= p.span.last]
    return proposals.proposals(here)


def _golden(connection: Connection, where: tuple[int, str, int], at: int) -> Any:
    rule = golden_rule(connection, at)
    if rule is None:
        return html.P("There was no golden rule then.", className="dim")
    read = [r.name for r in refs(connection, at, rule.text.datasets) if r.run_number == where[0]]
    # the golden rule reads one dataset of a run: that one answers, whatever row was asked about
    name = where[1] if where[1] in read or not read else read[0]
    return why.of_golden(explain_at(connection, rule, (where[0], name, where[2]), at), name, reads=bool(read))
