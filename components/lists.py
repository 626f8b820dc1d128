"""`/lists`: two lists side by side, what they differ in, and what they are together."""

from collections.abc import Sequence
from typing import Literal

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.empty import empty
from components.file_drop import file_drop
from components.markup import attributes, labelled, page_title
from model.golden.lists import RunRanges, sha256, size, to_bytes
from model.products.algebra import Block, Comparison
from model.vocabulary import DEFAULT_SOURCE

BODY = "lists-body"
OPERATION = "lists-operation"
SOURCE = "lists-source"
FIRST = "lists-first-run"
LAST = "lists-last-run"
SAVE = "lists-save"
SAVED = "lists-saved"
Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")
#: a choice cannot be empty
NO_PRODUCT = "-"
#: what needs one side only
ALONE = "filter"
OPERATIONS = {
    "compare": "compare: what B has more and less",
    "and": "A and B: what is in both",
    "or": "A or B: what is in either",
    "minus": "A minus B: what is in A only",
    ALONE: "A alone, cut to the runs",
}
_SHOWN = 500


def chosen(side: Side) -> str:
    """Return the id of the choice of a product."""
    return f"lists-{side}"


def file(side: Side) -> str:
    """Return the id of the place where a file is dropped."""
    return f"lists-{side}-file"


def kept(side: Side) -> str:
    """Return the id of what was dropped, kept in the browser: a file is in no address."""
    return f"lists-{side}-kept"


def said(side: Side) -> str:
    """Return the id of what is said of a side."""
    return f"lists-{side}-said"


def lists_body() -> html.Div:
    """Return the two sides, what to do with them, and the place of the answer."""
    operations = [{"label": label, "value": value} for value, label in OPERATIONS.items()]
    how = html.Section(
        [
            html.Div(
                [
                    labelled(
                        "Together", dbc.Select(id=OPERATION, size="sm", value="compare", options=operations)
                    ),
                    labelled("Luminosity of", dbc.Select(id=SOURCE, size="sm", value=DEFAULT_SOURCE)),
                    labelled("Runs from", _run(FIRST)),
                    labelled("to", _run(LAST)),
                ],
                className="lists-form",
            )
        ],
        className="card-plain",
    )
    sides = html.Div([_side(side) for side in SIDES], className="lists-sides")
    answer = dcc.Loading(html.Div(id=BODY), delay_show=300, type="dot")
    return html.Div([page_title("Lists"), sides, how, answer, dcc.Download(id=SAVED)], className="stack")


def _run(name: str) -> dbc.Input:
    return dbc.Input(id=name, size="sm", type="number", min=1, step=1, debounce=True)


def _side(side: Side) -> html.Section:
    return html.Section(
        [
            html.H2(f"List {side.upper()}"),
            labelled("A product", dbc.Select(id=chosen(side), size="sm", value=NO_PRODUCT)),
            html.P("or a file, in any layout:", className="dim"),
            file_drop(file(side), "Choose or drop a file", "lists-drop"),
            dcc.Store(id=kept(side)),
            html.Div(id=said(side), **attributes({"aria-live": "polite"})),
        ],
        className="card-plain",
    )


def product_options(names: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return the choices of products, with the state of each."""
    return [{"label": "no product", "value": NO_PRODUCT}] + [
        {"label": f"{name} ({state})", "value": name} for name, state in names
    ]


def about(name: str, lists: RunRanges, notes: Sequence[str]) -> html.Div:
    """Return what was read on a side."""
    many = f"{name}: {_runs(lists)}, {size(lists):,} LS"
    return html.Div([html.P(many), *(html.P(note, className="dim") for note in notes)])


def _runs(lists: RunRanges) -> str:
    return f"{len(lists):,} run{'' if len(lists) == 1 else 's'}"


def refused(sentence: str) -> html.Div:
    """Return why a side, or the whole, cannot be answered."""
    return html.Div(sentence, className="notice is-refusal", role="alert")


def waiting() -> html.Div:
    """Return what to do first."""
    return empty("Two lists", "Choose a product or drop a file on each side; the answer follows at once.")


def comparison(found: Comparison) -> html.Section:
    """Return in what two lists differ."""
    change, source = found.change, found.change.source
    facts = [
        ("LS added", f"+{found.ls_added:,}"),
        ("LS removed", f"{-found.ls_removed:,}".replace("-", "−")),
        ("runs added", f"{len(found.added):,}"),
        ("runs removed", f"{len(found.removed):,}"),
        ("runs changed", f"{len(found.changed):,}"),
        ("gained", f"{change.gained_invpb:,.3f} pb⁻¹"),
        ("lost", f"{change.lost_invpb:,.3f} pb⁻¹"),
        ("in all", f"{'−' if change.recorded_invpb < 0 else '+'}{abs(change.recorded_invpb):,.3f} pb⁻¹"),
    ]
    unknown = (
        f"{change.unknown:,} of these lumisections have no luminosity of {source}; they count as none."
        if change.unknown
        else ""
    )
    none = empty("The same lumisections", "A and B are equal.") if not found.runs else None
    return html.Section(
        [
            html.H2(["What B has more and less ", html.Span(f"luminosity of {source}", className="dim")]),
            html.Dl([html.Div([html.Dt(k), html.Dd(v)]) for k, v in facts], className="consequence"),
            html.P(unknown, className="notice is-late") if unknown else None,
            none or _blocks(found.blocks),
        ],
        className="card-plain",
    )


def _blocks(blocks: Sequence[Block]) -> html.Div:
    names = (("run", "num"), ("lumisections", "num"), ("LS", "num"), ("", ""), ("pb⁻¹", "num"))
    head = html.Thead(html.Tr([html.Th(label, className=css) for label, css in names]))
    rows = [
        html.Tr(
            [
                html.Td(dcc.Link(str(b.run_number), href=f"/runs/{b.run_number}"), className="num"),
                html.Td(f"{b.first}–{b.last}" if b.last > b.first else str(b.first), className="num"),
                html.Td(f"{b.last - b.first + 1:,}", className="num"),
                html.Td("added" if b.is_added else "removed"),
                html.Td("–" if b.recorded_invpb is None else f"{b.recorded_invpb:,.4f}", className="num"),
            ]
        )
        for b in blocks[:_SHOWN]
    ]
    more = len(blocks) - _SHOWN
    note = html.P(f"and {more:,} blocks more; the API gives all", className="dim") if more > 0 else None
    table = html.Div(html.Table([head, html.Tbody(rows)]), className="cycles-table lists-blocks")
    return html.Div([table, note])


def result(lists: RunRanges, recorded_invpb: float | None, unknown: int, source: str) -> html.Section:
    """Return what two lists are together, and the button that saves its canonical bytes."""
    body = to_bytes(lists)
    if not lists:
        return html.Section(empty("No lumisection", "The answer is an empty list."), className="card-plain")
    recorded = (
        f"no luminosity of {source}" if recorded_invpb is None else f"{recorded_invpb:,.3f} pb⁻¹ ({source})"
    )
    text = body.decode()
    return html.Section(
        [
            html.H2("The answer"),
            html.P([html.Strong(f"{_runs(lists)} · {size(lists):,} LS"), f" · {recorded}"]),
            html.P(f"{unknown:,} LS have no luminosity of {source}", className="dim") if unknown else None,
            html.P(["SHA-256 ", html.Code(sha256(body))], className="lists-digest"),
            html.Pre(text if len(text) <= 1_000 else f"{text[:1_000]} …", tabIndex=0),
            html.Button("Save the list", id=SAVE, type="button", className="button is-primary", n_clicks=0),
        ],
        className="card-plain",
    )
