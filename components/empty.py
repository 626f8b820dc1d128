"""What a page shows when there is nothing, not yet, or not any more."""

from typing import Any

from dash import dcc, html

from components.markup import page_title


def empty(title: str, sentence: str = "", action: Any = None) -> html.Div:
    """Return the place of something that does not exist, with what to do about it."""
    return html.Div([html.H2(title), html.P(sentence) if sentence else None, action], className="empty")


def way(label: str, href: str) -> dcc.Link:
    """Return what comes next where there is nothing: a link as a button."""
    return dcc.Link(label, href=href, className="button")


def not_found(address: str) -> html.Div:
    """Return the page of an address that leads nowhere."""
    sentence = empty(
        "Nothing here",
        f"{address} is no page of the Run Registry.",
        way("Back to the board", "/"),
    )
    return html.Div([page_title("Not found"), sentence])
