"""`/products`: what is official, what is proposed, and what a file is."""

from dash import html, register_page

from components.products import products_body

register_page(__name__, path="/products", name="Products", title="Products · Run Registry", order=21)


def layout(**_address: str) -> html.Div:
    """Return the products; callbacks fill them."""
    return products_body()
