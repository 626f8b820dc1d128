"""`/map`: a whole era as one picture."""

from dash import html, register_page

from components.era_map import era_map_body

register_page(__name__, path="/map", name="Map", title="Era map · Run Registry", order=4)


def layout(**_address: str) -> html.Div:
    """Return the map; a callback fills it."""
    return era_map_body()
