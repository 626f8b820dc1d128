"""`/lists`: two certification lists, dropped or chosen, compared and joined."""

from dash import html, register_page

from components.lists import lists_body

register_page(__name__, path="/lists", name="Lists", title="Lists · Run Registry", order=22)


def layout(**_address: str) -> html.Div:
    """Return the two sides; callbacks fill them."""
    return lists_body()
