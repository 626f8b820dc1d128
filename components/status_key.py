"""What letters, tints and marks of a grid or a strip mean: one quiet line beside them."""

from collections.abc import Sequence

from dash import html

from components.glossary import term
from components.markup import attributes

#: (look of the sample, what is written in it, what it means); a term of the glossary tells more
_GRID: Sequence[tuple[str, str, str]] = (
    ("is-bad", "B 21", "on 21 % of it"),
    ("is-bad is-rule", "B", "a rule says"),
    ("is-bad has-reason", "B", "has a reason"),
    ("is-bad has-proposal", "B", "a program proposes"),
    ("is-notset", "?", "NOTSET"),
    ("is-empty", "·", "EMPTY"),
)
_STRIP: Sequence[tuple[str, str, str]] = (
    ("is-good", "", "GOOD"),
    ("is-good-rule", "", "a rule says"),
    ("is-hint", "B", "a program proposes"),
    ("is-notset", "?", "NOTSET"),
    ("is-empty", "", "EMPTY"),
    ("is-otherwise", "", "a bit, overridden"),
)
_SHORT = {"NOTSET": "waits for a person", "EMPTY": "nobody spoke"}


def of_grid() -> html.P:
    """Return the key of a grid of datasets × columns."""
    return _key(_GRID, "certify-cell")


def of_strip() -> html.P:
    """Return the key of the strip of a run."""
    return _key(_STRIP, "status-key-span")


def _key(lines: Sequence[tuple[str, str, str]], sample: str) -> html.P:
    hidden = attributes({"aria-hidden": "true"})
    return html.P(
        [
            html.Span(
                [
                    html.I(letter, className=f"{sample} {look}", **hidden),
                    *([term(means), f": {_SHORT[means]}"] if means in _SHORT else [means]),
                ]
            )
            for look, letter, means in lines
        ],
        className="status-key dim",
    )
