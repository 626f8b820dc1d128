"""`/admin`: workspaces, their columns and causes, labels of the journal, and who changed what."""

from dash import html, register_page

from components.admin_page import admin_body

register_page(__name__, path="/admin", name="Administration", title="Administration · Run Registry", order=27)


def layout(**_address: str) -> html.Div:
    """Return the page; callbacks fill it."""
    return admin_body()
