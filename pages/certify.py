"""`/certify/<workspace>`: the offline shift."""

from dash import html, register_page

from components.certify_page import certify_body

register_page(
    __name__,
    path="/certify",
    path_template="/certify/<workspace>",
    name="Certify",
    title="Certify · Run Registry",
    order=2,
)


def layout(**_address: str) -> html.Div:
    """Return the grid; a callback fills it."""
    return certify_body()
