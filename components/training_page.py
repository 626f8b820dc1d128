"""`/training`: choose a sitting, certify it blind in the same grid, and see it beside what was decided.

Answers stay in the browser until they are compared (`assets/training_page.js`).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import certify_grid, certify_panel, skeleton, status_key
from components.empty import empty, not_found
from components.markup import attributes, labelled, page_title
from model.training.kept import Kept
from model.training.question import MOST_DATASETS, MOST_DAYS, MOST_DRAWS, Question
from model.training.sitting import Sitting
from model.vocabulary import Level, Stage

WORKSPACE = "training-workspace"
STAGE = "training-stage"
DAYS = "training-days"
SIZE = "training-size"
DRAW = "training-draw"
BEGIN = "training-begin"
REFUSAL = "training-refusal"
#: one's sittings, and the shared ones
KEPT = "training-kept"
HEAD = "training-head"
NAMES = certify_grid.Names("training-grid")
#: what the strip's keys ask for: it is answered in the browser, and by no callback that records
INTENT = "training-intent"
PATH, PRACTICE, RESULT = "/training", "/training/practice", "/training/result"
_DAYS, _SIZE = 30, 10
_WORDS = (
    "You get datasets that were signed off, as they stood before any person had spoken: bits, luminosity and "
    "what rules proposed, and nobody's verdict. Certify them with the keys of the shift; then compare with "
    "what was decided. Nothing of it is certified, and nobody sees it unless you share it."
)
_DRAWN = (
    "The days end with the newest run that is signed off. The same draw gives everybody the same datasets: a "
    "trainer sends the address of a sitting. A dataset in which somebody found something is drawn three times "
    "as often."
)
_STAGES = {Stage.PROMPT: "Prompt", Stage.EXPRESS: "Express", Stage.RERECO: "ReReco", Stage.ONLINE: "Online"}
_KEYS = tuple(
    (key, "compare" if what == "sign off" else what) for key, what in certify_grid.KEYS if key != "P X"
)


def practice_address(asked: Question) -> str:
    """Return the address at which a sitting is answered; whoever opens it gets the same datasets."""
    return f"{PRACTICE}?{urlencode({'sitting': asked.name})}"


def result_address(key: str) -> str:
    """Return the address at which a sitting stands beside what was decided."""
    return f"{RESULT}?{urlencode({'sitting': key})}"


def training_body(step: str, result: html.Div) -> html.Div:
    """Return one of the three steps; callbacks fill it.

    Args:
        result: the place of the last step.
    """
    if step == "":
        return _choose()
    if step == "practice":
        return _practice()
    return result if step == "result" else not_found(f"{PATH}/{step}")


def _choose() -> html.Div:
    stages = [{"label": label, "value": stage.value} for stage, label in _STAGES.items()]
    number = {"size": "sm", "type": "number", "min": 1, "step": 1}
    fields = [
        labelled("Workspace", dbc.Select(id=WORKSPACE, size="sm", options=[])),
        labelled("Stage", dbc.Select(id=STAGE, size="sm", value=Stage.PROMPT.value, options=stages)),
        labelled("Last days", dbc.Input(id=DAYS, value=_DAYS, max=MOST_DAYS, **number)),
        labelled("Datasets", dbc.Input(id=SIZE, value=_SIZE, max=MOST_DATASETS, **number)),
        labelled("Draw", dbc.Input(id=DRAW, max=MOST_DRAWS, placeholder="any", **number)),
    ]
    form = html.Section(
        [
            html.H2("Certify last month's runs blind"),
            html.P(_WORDS, className="training-words"),
            html.Div(fields, className="training-form"),
            html.Div(html.Button("Begin", id=BEGIN, type="button", className="button is-primary", n_clicks=0)),
            html.Div(id=REFUSAL, role="alert"),
            html.P(_DRAWN, className="dim"),
        ],
        className="card-plain training-new",
    )
    kept = html.Section(
        html.Div(skeleton.lines(4), id=KEPT, **attributes({"aria-live": "polite"})),
        className="card-plain training-kept",
    )
    return html.Div([page_title("Training"), form, kept], className="stack training-page")


def workspace_options(levels: Mapping[str, Level]) -> list[dict[str, str]]:
    """Return the workspaces to choose from, by level."""
    ordered = sorted(levels, key=lambda name: (list(Level).index(levels[name]), name))
    return [{"label": f"{name} · {levels[name].value}", "value": name} for name in ordered]


def _practice() -> html.Div:
    compare = html.Button(
        ["Compare ", html.Kbd("⇧↵")],
        className="button is-primary",
        type="button",
        **attributes({"data-task": "sign-off"}),
    )
    left = html.Section(
        [certify_grid.grid(NAMES), status_key.of_grid(), certify_grid.keys(_KEYS)],
        className="card-plain certify-left",
    )
    more = html.Div(
        [html.H3("This sitting"), html.Div(compare, className="actions")], className="certify-tasks"
    )
    return html.Div(
        [
            page_title("Training"),
            html.Div(id=HEAD, className="certify-head training-head"),
            html.Div([left, certify_panel.panel(more=more)], className="certify-body"),
        ],
        className="stack certify-page training-practice",
    )


def head(found: Sitting, compared: str = "") -> list[Any]:
    """Return what stands above the grid of a sitting.

    Args:
        compared: the address of its comparison, where its author has seen it already.
    """
    asked = found.question
    drawn = f" · {len(found.datasets)} of {found.choice} datasets signed off in {asked.days} days"
    words: list[Any] = [html.B(f"{asked.workspace} · {asked.stage.value}"), drawn, f" · draw {asked.draw}"]
    note = html.Div(
        [
            "You have compared this sitting and seen what was decided. ",
            dcc.Link("The comparison", href=compared),
        ],
        className="notice is-late",
    )
    blind = "as each dataset stood before a person spoke; nothing you say here is certified"
    return [
        html.Span("BLIND", className="training-blind", title=blind),
        html.Span(words),
        html.Span(id="training-progress", className="certify-sum", role="status"),
        html.Span(id=NAMES.outbox, className="certify-outbox", role="status"),
        dcc.Link("another sitting", href=PATH, className="chip is-offer"),
        note if compared else None,
    ]


def refused(words: str) -> list[Any]:
    """Return what stands where there is no sitting."""
    return [empty("No sitting", words, dcc.Link("Choose another one", href=PATH, className="button"))]


def bar(share: float, by_rules: float) -> html.Div:
    """Return how much was as decided, with a mark where rules alone would be."""
    words = f"{percent(share)} as decided; rules alone {percent(by_rules)}"
    return html.Div(
        [html.I(style={"width": f"{100 * share:.1f}%"}), html.B(style={"left": f"{100 * by_rules:.1f}%"})],
        className="training-bar",
        title=words,
        role="img",
        **attributes({"aria-label": words}),
    )


def percent(share: float) -> str:
    """Return a share as a person reads it; only all of it is 100 %."""
    return f"{min(100 * share, 99.9) if share < 1 else 100:.1f} %"


def sittings(found: Sequence[Kept], who: str) -> list[Any]:
    """Return one's own sittings, which show how one gets on, and those of others that are shared."""
    mine, others = [k for k in found if k.owner == who], [k for k in found if k.owner != who]
    nothing = empty(
        "No sitting yet", "Begin one: what comes of it stands here, and the next ones show how you get on."
    )
    return [
        html.H2(["Your sittings ", html.Span("only you see them, unless shared", className="dim")]),
        _table(mine) if mine else nothing,
        *([html.H2("Shared with everybody"), _table(others, has_owner=True)] if others else []),
    ]


def _table(found: Sequence[Kept], *, has_owner: bool = False) -> html.Div:
    heads = [
        ("compared", ""),
        *([("who", "")] if has_owner else []),
        ("workspace", ""),
        ("datasets", "num"),
        ("as decided", ""),
        ("", "num"),
        ("GOOD where it was not, pb⁻¹", "num"),
        ("not GOOD where it was, pb⁻¹", "num"),
        ("not judged, pb⁻¹", "num"),
    ]
    top = html.Thead(html.Tr([html.Th(words, className=css) for words, css in heads]))
    body = html.Tbody([_line(each, has_owner=has_owner) for each in found])
    return html.Div(html.Table([top, body]), className="training-table")


def _line(each: Kept, *, has_owner: bool) -> html.Tr:
    asked, result = each.question, each.result
    when = dcc.Link(f"{each.at:%Y-%m-%d %H:%M}", href=result_address(each.key))
    mark = "" if has_owner or not each.is_shared else " · shared"
    invpb = (result.lenient_invpb, result.strict_invpb, result.silent_invpb)
    return html.Tr(
        [
            html.Td(when),
            *([html.Td(each.owner)] if has_owner else []),
            html.Td(f"{asked.workspace} · {asked.stage.value}{mark}"),
            html.Td(result.datasets, className="num"),
            html.Td(bar(result.agreed, result.by_rules)),
            html.Td(percent(result.agreed), className="num"),
            *[html.Td(f"{value:,.1f}", className="num") for value in invpb],
        ]
    )
