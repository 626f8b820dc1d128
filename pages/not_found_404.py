"""Any other address."""

from dash import html, register_page

from components.empty import not_found

register_page(__name__, title="Not found · Run Registry")


def layout(**_address: str) -> html.Div:
    """Say that nothing is here, and where to go."""
    return not_found("this address")
