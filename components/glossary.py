"""Words with their definition on hover and focus; `assets/glossary.js` shows it, one for the whole screen."""

from typing import Any

from dash import html

from model.glossary import TERMS, says, term_of

#: where the browser writes the definition of the word that one is at
TIP = "glossary-tip"
PATH = "/glossary"


def term(name: str, shown: Any = None) -> html.Abbr:
    """Return a word that tells what it means.

    Args:
        shown: how it is written here, where not as its name.

    Raises:
        KeyError: nobody defined it.
    """
    words: dict[str, Any] = {"data-says": says(name)}
    return html.Abbr(name if shown is None else shown, className="term", tabIndex=0, **words)


def known(words: str) -> str | html.Abbr:
    """Return the words of a head or a label, with their definition where they are a term."""
    return term(words, words) if term_of(words) else words


def tip() -> html.Div:
    """Return the one place of definitions, out of sight until somebody is at a word."""
    return html.Div(id=TIP, className="glossary-tip", role="tooltip", hidden=True)


def glossary_body() -> html.Div:
    """Return every word with its definition, by name."""
    rows = [
        html.Div([html.Dt(name), html.Dd(TERMS[name])], id=anchor(name))
        for name in sorted(TERMS, key=str.lower)
    ]
    head = html.Header(
        [
            html.H1("Glossary"),
            html.P("What the words on these screens mean, each defined once.", className="dim"),
        ]
    )
    return html.Div([head, html.Dl(rows, className="glossary-list")], className="stack glossary-page")


def anchor(name: str) -> str:
    """Return the id of a word on the page of all words."""
    return f"glossary-{name.lower().replace(' ', '-')}"
