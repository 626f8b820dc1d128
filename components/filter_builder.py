"""A filter as chips with and, or, not, which a hand puts together; and the views that are saved of it.

`assets/filter_builder.js` opens the editor of a chip and writes the changed filter into the address; the
callback draws the chips of the address. Any page whose address has a `where` can hold the bar.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.filter_words import WORDS
from components.markup import attributes, labelled
from model.filters.language import Either, Every, Filter, Leaf, Not
from model.filters.words import words as in_words
from model.queries.views import View

CHIPS = "filter-builder-chips"
EDITOR = "filter-builder-editor"
VIEWS = "filter-builder-views"
NAME = "filter-builder-name"
SHARED = "filter-builder-shared"
SAVE = "filter-builder-save"
REFUSAL = "filter-builder-refusal"
#: type of the ids of buttons that take a view away
DROP = "filter-builder-drop"
_LONGEST = 60
Json = Any


def bar() -> html.Section:
    """Return the bar, empty until a callback fills it."""
    saving = [
        labelled("Name of this view", dbc.Input(id=NAME, size="sm", type="text", maxLength=_LONGEST)),
        dbc.Checkbox(id=SHARED, label="for everybody", value=False),
        html.Button("Save", id=SAVE, type="button", className="button", n_clicks=0),
    ]
    views = html.Details(
        [
            html.Summary("Views", className="button"),
            html.Div(
                [
                    html.Div(id=VIEWS),
                    html.Div(saving, className="filter-saving"),
                    html.Div(id=REFUSAL, role="alert"),
                ],
                className="filter-views-card",
            ),
        ],
        className="filter-views",
    )
    return html.Section(
        [
            html.Div(id=CHIPS, className="filter-place waits"),
            views,
            html.Div(id=EDITOR, className="filter-editing"),
        ],
        className="filter-bar",
        **attributes({"aria-label": "filter", "data-editor": EDITOR}),
    )


def chips(
    wanted: Filter | None,
    source: str,
    offers: Mapping[str, str],
    columns: Sequence[str],
    workspaces: Sequence[str],
) -> html.Div:
    """Return the filter as chips, or what people ask for most where there is none.

    Args:
        source: the filter as the address has it.
        offers: what to call a filter → its address.
    """
    drawn: list[Any] = [html.Span("Filter", className="filter-title dim")]
    if wanted is not None:
        root = wanted if isinstance(wanted, Every | Either) else Every((wanted,))
        drawn += _parts(root, ())
    drawn += [
        _button("+ condition", "add", (), "add a condition (F)"),
        _button("+ group", "group", (), "add a group"),
    ]
    if wanted is None:
        drawn += [
            dcc.Link(f"+ {name}", href=there, className="chip is-offer") for name, there in offers.items()
        ]
    else:
        drawn.append(_button("clear", "clear", (), "take the whole filter away"))
    known = [word.document(columns, workspaces) for word in WORDS]
    words = attributes({"data-where": source if wanted is not None else "", "data-words": json.dumps(known)})
    return html.Div(drawn, className="filter-chips", **words)


def _parts(group: Every | Either, path: tuple[int, ...]) -> list[Any]:
    joint = "and" if isinstance(group, Every) else "or"
    title = "all must hold; press for “or”" if joint == "and" else "one is enough; press for “and”"
    drawn: list[Any] = []
    for place, part in enumerate(group.parts):
        if place:
            drawn.append(_button(joint, "join", path, title, "filter-join"))
        drawn.append(_part(part, (*path, place)))
    return drawn


def _part(part: Filter, path: tuple[int, ...]) -> html.Span:
    is_not = False
    while isinstance(part, Not):
        part, is_not = part.part, not is_not
    look = " is-not" if is_not else ""
    away = _button("✕", "drop", path, "take away", "filter-away")
    if isinstance(part, Leaf):
        said = f"not {in_words(part)}" if is_not else in_words(part)
        return html.Span(
            [_button(said, "edit", path, "change", "filter-words"), away], className=f"chip filter-chip{look}"
        )
    inside = [
        _button("not", "not", path, "turn into its opposite", f"filter-not{' is-on' if is_not else ''}"),
        *_parts(part, path),
        _button("+", "add", path, "add a condition to this group"),
        away,
    ]
    return html.Span(inside, className=f"filter-group{look}", role="group")


def _button(label: str, do: str, path: tuple[int, ...], title: str, look: str = "chip is-offer") -> html.Button:
    words = {"data-filter": do, "data-path": ".".join(map(str, path)), "aria-label": f"{title}: {label}"}
    return html.Button(label, type="button", className=look, title=title, **attributes(words))


def offers(columns: Sequence[str], path: str, kept: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that people ask for most, each with its address."""
    asked = {
        "something open": {"or": [["cell", c, s, "any"] for c in columns for s in ("EMPTY", "NOTSET")]},
        "something BAD": {"or": [["cell", c, "BAD", "any"] for c in columns]},
        "differs from express": {"or": [["disagrees", c, "express"] for c in columns]},
        "proposed by a program": ["proposed"],
    }
    return _addressed(asked, path, kept)


def run_offers(columns: Sequence[str], kept: Mapping[str, str]) -> dict[str, str]:
    """Return the filters of runs that people ask for most, each with its address."""
    asked = {
        "not signed off": ["run_state", "=", "OPEN"],
        "significant": ["significant"],
        "collisions": ["run_class", "contains", "Collisions"],
        "longer than an hour": ["duration_s", ">", 3600],
        "something BAD": {"or": [["cell", c, "BAD", "any"] for c in columns]},
    }
    return _addressed(asked, "/runs", kept)


def _addressed(asked: Mapping[str, Json], path: str, kept: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"{path}?{urlencode({**kept, 'where': json.dumps(where, separators=(',', ':'))})}"
        for name, where in asked.items()
    }


def views(found: Sequence[View], who: str) -> Any:
    """Return the views that somebody sees, one's own with a button that takes it away."""
    if not found:
        return html.P("No view yet: filter, then give it a name.", className="dim")
    return html.Ul([_view(each, who) for each in found])


def _view(each: View, who: str) -> html.Li:
    is_mine = each.owner == who
    whose = ("shared" if each.is_shared else "mine") if is_mine else f"by {each.owner}"
    name = {"type": DROP, "owner": each.owner, "name": each.name}
    label = attributes({"aria-label": f"take the view {each.name} away"})
    away = html.Button("✕", id=name, type="button", className="filter-away", n_clicks=0, **label)
    return html.Li(
        [dcc.Link(each.name, href=each.address), html.Span(whose, className="dim"), away if is_mine else None]
    )
