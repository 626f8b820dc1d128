"""`/glossary`: what the words mean."""

from dash import html, register_page

from components.glossary import glossary_body

register_page(__name__, path="/glossary", name="Glossary", title="Glossary · Run Registry", order=28)


def layout(**_address: str) -> html.Div:
    """Return all words."""
    return glossary_body()
