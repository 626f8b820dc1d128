"""The overlay that `?` opens: the help of the page that one is on, tours, and the keys of every page."""

from typing import Any

from dash import dcc, html

from components import glossary, tour_card
from components.help.page import EVERYWHERE, Help, Keys
from components.markup import attributes
from model.glossary import TERMS

HELP = "shell-keys"
OPEN = "shell-help"
#: what a callback writes of the page
BODY = "shell-help-body"
_TITLE = "shell-help-title"


def help_button() -> html.Button:
    """Return the control in the header."""
    words = attributes({"aria-label": "help", "aria-haspopup": "dialog", "data-sign": "?"})
    return html.Button(
        id=OPEN,
        className="icon-button shell-help",
        type="button",
        title="help: this page, its keys, guided tours (?)",
        n_clicks=0,
        **words,
    )


def overlay() -> html.Div:
    """Return the overlay, out of sight; a callback writes what it tells of the page."""
    close = html.Button("close", className="button shell-keys-close", type="button")
    return html.Div(
        html.Div(
            [
                html.Div([html.H2("Help", id=_TITLE), close], className="shell-keys-head"),
                html.Div(id=BODY, className="help-body"),
                tour_card.choices(),
                html.Section([html.H3("On every page"), _keys(EVERYWHERE)]),
            ],
            className="shell-keys-card",
            role="dialog",
            **attributes({"aria-modal": "true", "aria-labelledby": _TITLE}),
        ),
        id=HELP,
        className="shell-keys",
        hidden=True,
    )


def told(page: Help, docs: str) -> list[Any]:
    """Return the help of a page.

    Args:
        docs: where the documentation is served; empty where it is not.
    """
    more: list[Any] = [dcc.Link("All words", href=glossary.PATH, className="shell-keys-close")]
    if docs:
        more.append(html.A("Documentation", href=f"{docs}{page.docs}.html", target="_blank", rel="noopener"))
    more.append(html.A("The API", href="/api/docs/", target="_blank", rel="noopener"))
    parts: list[Any] = [
        html.H3(page.name),
        html.P(page.purpose, className="help-purpose"),
        html.H4("What one does here"),
        html.Ul([html.Li(deed) for deed in page.deeds], className="help-deeds"),
    ]
    if page.keys:
        parts += [html.H4("Keys of this page"), _keys(page.keys)]
    if page.words:
        words = [html.Div([html.Dt(name), html.Dd(TERMS[name])]) for name in page.words]
        parts += [html.H4("Words of this page"), html.Dl(words, className="help-words")]
    return [*parts, html.P(more, className="help-more")]


def _keys(keys: Keys) -> html.Dl:
    return html.Dl([html.Div([html.Dt(html.Kbd(key)), html.Dd(what)]) for key, what in keys])
