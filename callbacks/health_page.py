"""The health page: fill it, and keep it up to date."""

from typing import Any

from dash import Input, Output, callback, no_update

from components import health_page, shell
from model import journal
from model.clock import from_us
from model.queries.feeds import count_refusals, feeds, refusals
from model.registry import registry


@callback(
    Output(health_page.FEEDS, "children"),
    Output(health_page.REFUSED, "children"),
    Output(health_page.JOURNAL, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
    Input(health_page.TICK, "n_intervals"),
)
def fill_health(pathname: str, _version: Any, _tick: Any) -> tuple[Any, Any, Any]:
    """Show what each feed says of itself, what of it was refused, and how far the journal is."""
    if pathname != "/health":
        return (no_update,) * 3
    with registry().reading() as connection:
        ages = feeds(connection, registry().clock())
        found, n = refusals(connection, limit=health_page.SHOWN), count_refusals(connection)
        head = journal.head(connection)
    recorded_at = from_us(head.recorded_us) if head.sequence else None
    return health_page.feeds(ages), health_page.refused(found, n), health_page.journal(head, recorded_at)
