"""The health page: fill it, and keep it up to date."""

from typing import Any

from dash import Input, Output, callback, no_update

from components import health_page, shell
from model import journal
from model.clock import from_us
from model.jobs import jobs
from model.leases import holders
from model.queries.feeds import count_refusals, feeds, refusals
from model.registry import registry


@callback(
    Output(health_page.FEEDS, "children"),
    Output(health_page.JOBS, "children"),
    Output(health_page.REFUSED, "children"),
    Output(health_page.JOURNAL, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
    Input(health_page.TICK, "n_intervals"),
)
def fill_health(pathname: str, _version: Any, _tick: Any) -> tuple[Any, ...]:
    """Show what each feed says of itself, what jobs last did, and how far the journal is."""
    if pathname != "/health":
        return (no_update,) * 4
    now = registry().clock()
    with registry().reading() as connection:
        ages, told, alone = feeds(connection, now), jobs(connection), holders(connection)
        found, n = refusals(connection, limit=health_page.SHOWN), count_refusals(connection)
        head, size_bytes = journal.head(connection), registry().database.size_bytes(connection)
    recorded_at = from_us(head.recorded_us) if head.sequence else None
    drawn = health_page.jobs(told, now, alone), health_page.refused(found, n)
    return health_page.feeds(ages), *drawn, health_page.journal(head, recorded_at, size_bytes)
