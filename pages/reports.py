"""`/reports`: certification and shift reports, frozen at a sequence."""

from dash import html, register_page

from components.reports_page import reports_body

register_page(__name__, path="/reports", name="Reports", title="Reports · Run Registry", order=7)


def layout(**_address: str) -> html.Div:
    """Return the reports; callbacks fill them."""
    return reports_body()
