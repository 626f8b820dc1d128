"""`/rules`: every rule, its editor, its tests and its history."""

from dash import html, register_page

from components.rules_page import rules_body

register_page(__name__, path="/rules", name="Rules", title="Rules · Run Registry", order=8)


def layout(**_address: str) -> html.Div:
    """Return the rules; callbacks fill them."""
    return rules_body()
