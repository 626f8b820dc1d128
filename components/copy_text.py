"""A text to take away, and the button beside it that copies it; `assets/copy_text.js` is the hand."""

from typing import Any

from dash import html

from components.markup import attributes


def copyable(text: str, what: str) -> list[Any]:
    """Return a text and its button; `what` tells those who hear the page what is copied."""
    label = attributes({"aria-label": f"copy {what}"})
    return [html.Code(text), html.Button("copy", type="button", className="button copy-text", **label)]
