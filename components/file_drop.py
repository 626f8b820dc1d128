"""Where a file is chosen or dropped; one that is too long is refused by a sentence before it is sent."""

from typing import Any

from dash import dcc, html

from components.markup import attributes
from model.bulk.rows import MOST_BYTES


def file_drop(name: Any, words: str, css: str = "") -> html.Div:
    """Return the place of a file.

    Args:
        words: on its button.
    """
    button = html.Button(words, type="button", className="button")
    place = dcc.Upload(button, id=name, max_size=MOST_BYTES, className=css)
    said = html.P(hidden=True, role="alert", className="file-drop-refusal refusal")
    return html.Div([place, said], className="file-drop", **attributes({"data-most-bytes": MOST_BYTES}))
