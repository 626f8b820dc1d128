"""`/admin`: workspaces with their columns, what changes them, who did, and the labels of the journal."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import shell
from components.empty import empty
from components.markup import attributes, labelled, page_title, unseen
from model.queries.workspaces import PLACES, Changed, Workspace
from model.vocabulary import Level

WORKSPACES = "admin-workspaces"
CHANGES = "admin-changes"
LABELS = "admin-labels"
MAY = "admin-may"
VERB = "admin-verb"
NAME, LEVEL, PLACE, LABEL, CAUSES = "admin-name", "admin-level", "admin-place", "admin-label", "admin-causes"
REASON = "admin-reason"
#: what only administrators see, and the names that there are
FORM, NAMES = "admin-form", "admin-names"
APPLY = "admin-apply"
SAID = "admin-said"
MARK, MARK_WHY, KEEP_MARK, MARK_SAID = "admin-mark", "admin-mark-why", "admin-keep-mark", "admin-mark-said"
#: what can be done, and what each needs besides a name and a reason
VERBS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "add-workspace": ("Add a workspace", (LEVEL,)),
    "add-column": ("Add a column", (PLACE,)),
    "label": ("Rename on the screen", (LABEL,)),
    "causes": ("Causes of a workspace", (CAUSES,)),
    "retire-column": ("Retire a column", (PLACE,)),
    "retire-workspace": ("Retire a workspace", ()),
}
FIELDS = (LEVEL, PLACE, LABEL, CAUSES)
#: what a change is called where it is done
_DONE: Mapping[str, str] = {
    "add-workspace": "{} is a workspace from now on.",
    "add-column": "{} is a column from now on.",
    "label": "{} has another label from now on.",
    "causes": "{} has these causes from now on.",
    "retire-column": "{} is retired.",
    "retire-workspace": "{} is retired with its columns.",
}
_SUCH_AS: Mapping[str, str] = {
    "add-workspace": "higgs",
    "add-column": "higgs-diphoton",
    "label": "tracker-pixel",
    "causes": "tracker",
    "retire-column": "tracker-pixel",
    "retire-workspace": "tracker",
}
_HINTS: Mapping[str, str] = {
    "add-workspace": "Small letters, digits and _: higgs. It certifies as soon as it has a column.",
    "add-column": "workspace-column: higgs-diphoton.",
    "label": "A workspace or a workspace-column; files, rules and programs keep the name. Empty: no label.",
    "causes": "A workspace; these stand behind the common causes. None: the common ones only.",
    "retire-column": "workspace-column. It goes out of sight from now on; what was said of it stays.",
    "retire-workspace": "A workspace with all of its columns. What was said of them stays.",
}


def part(name: str) -> str:
    """Return the id of the place of a field, which is shown where its verb needs it."""
    return f"{name}-part"


def admin_body() -> html.Div:
    """Return the places that callbacks fill, and the forms."""
    live = attributes({"aria-live": "polite"})
    links = [
        ("Accepted datasets", "/datasets"),
        ("Cycles", "/cycles"),
        ("Rules", "/rules"),
        ("Health", "/health"),
    ]
    left = html.Section(
        [
            html.H2(
                [
                    "Workspaces ",
                    html.Span(
                        "who certifies what; a dashed column is seen in its workspace only", className="dim"
                    ),
                ]
            ),
            html.Div(id=WORKSPACES, className="scroll-x waits"),
        ],
        className="card-plain",
    )
    nav = html.P(["Administered elsewhere: ", *_between(links)], className="dim")
    changes = html.Section(
        [html.H2("Last changes"), html.Div(id=CHANGES, className="scroll-x waits")], className="card-plain"
    )
    beside = html.Div([_form(live), _marks(live), nav], className="admin-side")
    two = html.Div([left, beside], className="admin-two")
    return html.Div([page_title("Administration"), two, changes], className="stack admin-page")


def _between(links: Sequence[tuple[str, str]]) -> list[Any]:
    found: list[Any] = []
    for name, path in links:
        found += [" · "] * bool(found) + [dcc.Link(name, href=path)]
    return found


def _form(live: dict[str, Any]) -> html.Section:
    verbs = [{"label": words, "value": verb} for verb, (words, _) in VERBS.items()]
    levels = [{"label": each.value, "value": each.value} for each in Level]
    places = [{"label": words, "value": place} for place, words in PLACES.items()]
    words = html.P(hint("add-column"), id=f"{VERB}-hint", className="dim")
    fields = (
        (LEVEL, "Level", dbc.Select(id=LEVEL, size="sm", options=levels, value=Level.PAG.value)),
        (PLACE, "Where it stands", dbc.Select(id=PLACE, size="sm", options=places, value="offline")),
        (LABEL, "Label", dbc.Input(id=LABEL, size="sm", maxLength=60)),
        (CAUSES, "Causes, one a line", dbc.Textarea(id=CAUSES, rows=4)),
    )
    return html.Section(
        [
            html.H2("Change"),
            html.P(id=MAY, className="notice", hidden=True),
            html.Div(_asked(words, fields, verbs), id=FORM, className="admin-asked"),
            html.Div(id=SAID, **live),
        ],
        className="card-plain admin-form",
    )


def _asked(words: html.P, fields: Sequence[tuple[str, str, Any]], verbs: Sequence[Any]) -> list[Any]:
    name = dbc.Input(id=NAME, size="sm", placeholder=such_as("add-column"), list=NAMES, autocomplete="off")
    return [
        labelled("What", dbc.Select(id=VERB, size="sm", options=verbs, value="add-column")),
        words,
        labelled("Name", name),
        html.Datalist(id=NAMES),
        *(
            html.Div(labelled(said, control), id=part(name), hidden=name != PLACE)
            for name, said, control in fields
        ),
        labelled("Why", dbc.Input(id=REASON, size="sm", placeholder="stands in the journal")),
        html.Button("Apply", id=APPLY, type="button", className="button is-primary", n_clicks=0),
    ]


def _marks(live: dict[str, Any]) -> html.Section:
    return html.Section(
        [
            html.H2(["Labels ", html.Span("names of moments, for as of", className="dim")]),
            html.Div(id=LABELS),
            labelled("New label", dbc.Input(id=MARK, size="sm", placeholder="call-3")),
            labelled("Why", dbc.Input(id=MARK_WHY, size="sm")),
            html.Button("Label this moment", id=KEEP_MARK, type="button", className="button", n_clicks=0),
            html.Div(id=MARK_SAID, **live),
        ],
        className="card-plain admin-form",
    )


def hint(verb: str) -> str:
    """Say what a verb takes as a name, and what it does."""
    return _HINTS[verb]


def such_as(verb: str) -> str:
    """Return a name that a verb could be given."""
    return _SUCH_AS[verb]


def done(verb: str, name: str) -> str:
    """Say what is so now."""
    return _DONE[verb].format(name)


def names(found: Sequence[Workspace]) -> list[html.Option]:
    """Return every name that there is, for the field to complete."""
    known = [each.name for each in found] + [column.name for each in found for column in each.columns]
    return [html.Option(value=name) for name in known]


def hidden(verb: str) -> tuple[bool, ...]:
    """Tell of each field whether a verb does without it."""
    return tuple(name not in VERBS[verb][1] for name in FIELDS)


def workspaces(found: Sequence[Workspace]) -> html.Table:
    """Return every workspace with its columns; what has neither column nor cause stands last, in one line."""
    shown = [each for each in found if each.columns or each.causes]
    has_causes = any(each.causes for each in shown)
    rows = [
        html.Tr(
            [
                html.Td([html.B(each.name), *_called(each.name, each.label)]),
                html.Td(each.level.value if each.level else "", className="dim"),
                html.Td(html.Div([_column(column) for column in each.columns], className="admin-columns")),
                *([html.Td(", ".join(each.causes), className="dim")] if has_causes else []),
            ]
        )
        for each in shown
    ]
    bare = [each.name for each in found if each not in shown]
    if bare:
        rows.append(html.Tr(html.Td(f"without columns: {', '.join(bare)}", colSpan=4, className="dim")))
    head = [
        html.Th(name)
        for name in ("workspace", "level", "columns", *(["causes of its own"] if has_causes else []))
    ]
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)])


def _called(name: str, label: str) -> list[Any]:
    return [] if label == name else [html.Br(), html.Span(label, className="dim")]


def _column(column: Any) -> html.Span:
    own = column.name.partition("-")[2]
    said = own if column.label == column.name else f"{own} “{column.label}”"
    is_local = all(place.endswith("-local") for place in column.places)
    title = f"{column.name}: {'; '.join(PLACES[place] for place in column.places)}"
    return html.Span(said, className="chip is-quiet" if is_local else "chip", title=title)


def changes(found: Sequence[Changed], *, may_undo: bool) -> Any:
    """Return the last changes, each with who and why; what nobody changed again can be taken back."""
    if not found:
        return empty("Nothing was changed yet", "The workspaces are those that ship.")
    rows = [
        html.Tr(
            [
                html.Td(html.Time(f"{each.at[:16].replace('T', ' ')}"), className="num"),
                html.Td(each.author),
                html.Td([html.Div(_WHAT.get(each.what, each.what), className="dim"), *_told(each.steps)]),
                html.Td(each.comment),
                html.Td(shell.undo_button(each.action) if may_undo and each.is_undoable else ""),
            ]
        )
        for each in found
    ]
    head = [html.Th(name) for name in ("UTC", "who", "what", "why", unseen("undo"))]
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)])


def _told(steps: Sequence[str]) -> list[Any]:
    more = [f"and {len(steps) - _MOST_STEPS} more"] if len(steps) > _MOST_STEPS else []
    return [html.Div(step) for step in (*steps[:_MOST_STEPS], *more)]


#: of one change
_MOST_STEPS = 4
_WHAT: Mapping[str, str] = {
    **{place: f"columns {words}" for place, words in PLACES.items()},
    "levels": "workspaces and their levels",
    "labels": "labels",
    "causes": "causes",
}


def marks(found: Mapping[str, int]) -> Any:
    """Return the labels, each leading to the registry as it was."""
    if not found:
        return html.P("No moment has a name yet.", className="dim")
    newest = sorted(found.items(), key=lambda each: -each[1])[:20]
    lines = [html.Li([dcc.Link(name, href=f"/?as_of={name}"), f" sequence {at:,}"]) for name, at in newest]
    return html.Ul(lines, className="admin-marks")
