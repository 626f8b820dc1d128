"""`/datasets`: accepted datasets, a pattern tester, and how far people agree with programs."""

from dash import html, register_page

from components.datasets_page import datasets_body

register_page(__name__, path="/datasets", name="Datasets", title="Datasets · Run Registry", order=24)


def layout(**_address: str) -> html.Div:
    """Return the page; callbacks fill it."""
    return datasets_body()
