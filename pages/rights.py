"""`/rights`: which group is which role, which role may do what, tokens of programs, and what was denied."""

from dash import html, register_page

from components.rights_page import rights_body

register_page(__name__, path="/rights", name="Rights", title="Rights · Run Registry", order=26)


def layout(**_address: str) -> html.Div:
    """Return the page; callbacks fill it."""
    return rights_body()
