"""`/decide`: what waits for a person in a row, one thing at a time in the middle, hands on the keyboard.

The browser moves along the row, presses the status buttons and says what to do (`assets/decide_page.js`);
callbacks fill the row and the middle, and listen to `INTENT`.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.amounts import invpb
from components.certify_panel import causes_offered
from components.empty import empty, way
from components.markup import attributes, labelled, page_title
from components.written import written
from model.queries.decisions import Kind
from model.vocabulary import CAUSES, LETTER, Status

HEAD = "decide-head"
LIST = "decide-list"
ITEM = "decide-item"
REFUSAL = "decide-refusal"
CAUSE = "decide-cause"
COMMENT = "decide-comment"
#: what is in the row: sequence, items, and where the last answer left off
QUEUE = "decide-queue"
#: which one the browser looks at: {"key", "index"}
CHOSEN = "decide-chosen"
#: what is near in the row, wanted before it is asked for: {"sequence", "keys"}; and that, drawn
WANTED = "decide-wanted"
AHEAD = "decide-ahead"
#: what a key asked for: {"do": "status" | "accept" | "reject" | "alike" | "undo", "key", "n", …}
INTENT = "decide-intent"
#: actions of this visit, the last one first to be taken back
DONE = "decide-done"

WORDS = {
    Kind.UNDECIDED: "undecided",
    Kind.PEOPLE: "people differ",
    Kind.RULE: "a rule differs",
    Kind.PROPOSAL: "proposed",
    Kind.LATE: "late change",
}
_STATUSES = (Status.GOOD, Status.BAD, Status.STANDBY, Status.EXCLUDED)
_KEYS = (("J K", "next, previous"), ("G B S E", "status"), ("↵", "apply"), ("C", "comment"))
_PROPOSAL_KEYS = (
    ("A", "accept"),
    ("X", "reject"),
    ("L", "accept all late changes alike"),
    ("U", "undo"),
    ("?", "all keys"),
)
Json = Any


def decide_body() -> html.Div:
    """Return the page; callbacks fill it."""
    row = html.Section(
        [
            html.H2(["Needs a decision ", html.Span("by luminosity at stake", className="dim")]),
            html.Ol(id=LIST, className="decide-list waits"),
        ],
        className="card-plain decide-row",
    )
    middle = html.Section(
        [html.Div(id=ITEM, className="decide-item waits"), _answer()], className="card-plain decide-middle"
    )
    stores = [dcc.Store(id=name) for name in (QUEUE, CHOSEN, WANTED, AHEAD, INTENT, DONE)]
    return html.Div(
        [
            page_title("Decide"),
            *stores,
            html.Div(id=HEAD, className="decide-head waits"),
            html.Div([row, middle], className="decide-two"),
        ],
        className="stack decide-page",
    )


def _answer() -> html.Div:
    buttons = [
        html.Button(
            [html.Kbd(LETTER[status]), f" {status.name.capitalize()}"],
            className=f"status-button status-{status.name.lower()}",
            type="button",
            **attributes({"data-decide-status": status.name, "aria-pressed": "false"}),
        )
        for status in _STATUSES
    ]
    causes = causes_offered(CAUSES)
    group = attributes({"aria-label": "status"})
    keys = [html.Span([html.Kbd(key), f" {what}"]) for key, what in (*_KEYS, *_PROPOSAL_KEYS)]
    return html.Div(
        [
            html.Div(buttons, className="status-buttons", role="group", **group),
            html.Div(
                [
                    labelled(
                        "Cause",
                        dbc.Select(id=CAUSE, options=causes, value="", size="sm", placeholder="no cause"),
                    ),
                    labelled("Comment", dbc.Input(id=COMMENT, size="sm", type="text", maxLength=2_000)),
                    html.Button(
                        ["Apply ", html.Kbd("↵")],
                        className="apply",
                        type="button",
                        **attributes({"data-decide": "apply"}),
                    ),
                ],
                className="decide-fields",
            ),
            html.Div(id=REFUSAL, role="alert"),
            html.Div(keys, className="decide-keys dim"),
        ],
        className="decide-answer",
        **attributes({"data-cause": CAUSE, "data-comment": COMMENT, "data-chosen": CHOSEN})
        | {"data-intent": INTENT},
    )


def head(mine: Sequence[str], asked: Mapping[str, str], as_of: Mapping[str, str], note: str) -> list[Any]:
    """Return the filters, my workspaces and the kinds of decisions, and what was dropped from the address."""
    kept = {**asked, **as_of}
    of_workspace = [_tab("all mine", "workspace", "", kept)]
    of_workspace += [_tab(name, "workspace", name, kept) for name in mine]
    of_kind = [_tab("everything", "kind", "", kept)]
    of_kind += [_tab(words, "kind", name.value, kept) for name, words in WORDS.items()]
    return [
        html.Nav(of_workspace, className="certify-tabs", **attributes({"aria-label": "workspaces"})),
        html.Nav(of_kind, className="certify-tabs", **attributes({"aria-label": "kinds of decisions"})),
        html.Div(note, className="notice is-late") if note else None,
    ]


def _tab(label: str, name: str, value: str, kept: Mapping[str, str]) -> dcc.Link:
    wanted = {k: v for k, v in {**kept, name: value}.items() if v}
    address = f"/decide?{urlencode(wanted)}" if wanted else "/decide"
    is_active = kept.get(name, "") == value
    return dcc.Link(label, href=address, className="is-active" if is_active else "tab-link")


def row(items: Sequence[Json], limit: int, at: int) -> list[Any]:
    """Return the row: one line for each thing that waits."""
    if not items:
        return [html.Li("nothing waits", className="dim decide-more")]
    lines = [_line(item, at) for item in items]
    more = f"the {limit} with most luminosity; the next ones follow as these are answered"
    return [*lines, html.Li(more, className="dim decide-more")] if len(items) == limit else lines


def _line(item: Json, at: int) -> html.Li:
    line = html.Li(
        html.Button(
            [
                html.Span([html.B(title(item)), html.Small(item["dataset"])]),
                html.Span(
                    [html.Strong(invpb(item["at_stake_invpb"])), html.Small(WORDS[Kind(item["kind"])])],
                    className="num",
                ),
            ],
            type="button",
        ),
        className=f"is-{item['kind']}",
        **attributes({"data-key": item["key"], "data-sequence": at}),
    )
    return written(line)


def title(item: Json) -> str:
    """Return what an item is called: its run and column."""
    return f"{item['run_number']} · {item['column'] or WORDS[Kind(item['kind'])]}"


def nothing(mine: Sequence[str]) -> html.Div:
    """Return the middle where nothing waits."""
    if not mine:
        sentence = "You may certify in no workspace: nothing waits for you."
        return empty("Nothing to decide", sentence, way("Who may", "/rights"))
    return empty("Nothing waits", "Every decision of yours is made.", way("To the grid", "/certify"))


def refused(sentence: Any, n: int) -> html.Div:
    """Return a refusal of the request of a number, so that the browser knows that it was answered."""
    return html.Div(sentence, **attributes({"data-n": n}))
