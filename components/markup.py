"""Attributes of an element that Dash's typed signatures do not name."""

import json
from typing import Any

from dash import html

from components import glossary


def attributes(words: dict[str, Any]) -> dict[str, Any]:
    """Return `aria-*` and `data-*` attributes (or none) to spread into a component."""
    return dict(words)


def page_title(name: str) -> html.H1:
    """Return the heading of a page whose name the header shows already: only a screen reader meets it."""
    return html.H1(name, className="visually-hidden")


def slashed(words: str) -> list[str | html.Wbr]:
    """Return words in which a line may end after a slash, as in the name of a dataset."""
    first, *others = words.split("/")
    return [first, *(part for each in others for part in ("/", html.Wbr(), each))]


def unseen(words: str) -> html.Span:
    """Return what only a screen reader says."""
    return html.Span(words, className="visually-hidden")


def labelled(label: str, control: Any, css: str = "", *, is_hidden: bool = False) -> html.Div:
    """Return a control with its label, which only a screen reader may hear."""
    words = attributes({"className": "visually-hidden"} if is_hidden else {})
    said = label if is_hidden else glossary.known(label)
    name = html.Label(said, htmlFor=_key(control.id), **words)
    return html.Div([name, control], **attributes({"className": css} if css else {}))


def _key(name: Any) -> str:
    """Return an id as Dash writes it into the page."""
    return json.dumps(name, sort_keys=True, separators=(",", ":")) if isinstance(name, dict) else str(name)
