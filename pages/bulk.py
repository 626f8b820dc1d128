"""`/bulk`: paste rows of verdicts, see what they would do, write all or none."""

from dash import html, register_page

from components.bulk_page import bulk_body

register_page(__name__, path="/bulk", name="Bulk", title="Bulk · Run Registry")


def layout(**_address: str) -> html.Div:
    """Return the form; callbacks answer it."""
    return bulk_body()
