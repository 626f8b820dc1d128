"""What a page shows when there is nothing, not yet, or not any more."""

from typing import Any

from dash import dcc, html

from components.markup import attributes


def empty(title: str, sentence: str = "", action: Any = None) -> html.Div:
    """Return the place of something that does not exist, with what to do about it."""
    return html.Div([html.H2(title), html.P(sentence) if sentence else None, action], className="empty")


def loading(what: str, lines: int = 4) -> html.Div:
    """Return grey bars while something is fetched."""
    bars = [html.Div(className="loading", style={"width": f"{92 - 11 * i}%"}) for i in range(lines)]
    words = attributes({"aria-busy": "true", "aria-label": f"loading {what}"})
    return html.Div(bars, className="stack", role="status", **words)


def failure(sentence: str, reference: str = "") -> html.Div:
    """Return what went wrong in one sentence, and the reference that finds it in the log."""
    return html.Div(
        [html.B("This did not work. "), sentence, html.Code(f" {reference}") if reference else None],
        className="notice is-refusal",
        role="alert",
    )


def not_found(address: str) -> html.Div:
    """Return the page of an address that leads nowhere."""
    return empty(
        "Nothing here",
        f"{address} is no page of the Run Registry.",
        dcc.Link("Back to the board", href="/", className="button"),
    )
