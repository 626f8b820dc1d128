"""What stands where a page is being read: boxes of the size of what comes."""

from collections.abc import Sequence

from dash import html

from components.markup import attributes

#: shares of a row, each a card
Row = tuple[int, Sequence[int]]


def lines(number: int = 5, css: str = "") -> list[html.Div]:
    """Return lines that breathe, inside a card that stands already."""
    return [html.Div(className=f"loading is-line {css}".strip()) for _ in range(number)]


def cards(*rows: Row) -> html.Div:
    """Return rows of blank cards.

    Args:
        rows: the height of each in px, and how its cards share the width.
    """
    shown = [
        html.Div(
            [html.Div(className="loading is-card", style={"flex": f"{share} 1 0"}) for share in shares],
            className="skeleton-row",
            style={"height": f"{height_px}px"},
        )
        for height_px, shares in rows
    ]
    return html.Div(shown, className="skeleton", role="status", **attributes({"aria-label": "is being read"}))
