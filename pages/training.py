"""`/training`: certify what was signed off once more, blind, and compare."""

from dash import html, register_page

from components.training_page import training_body
from components.training_result import place

register_page(
    __name__,
    path="/training",
    path_template="/training/<step>",
    name="Training",
    title="Training · Run Registry",
    order=28,
)


def layout(step: str = "", **_address: str) -> html.Div:
    """Return a step of a sitting: choose it, answer it, see what came of it; callbacks fill it."""
    return training_body(step, place())
