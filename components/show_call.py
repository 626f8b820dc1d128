"""“Show me the call”: what is on the screen, as curl, Python and SQL; it stands in the shell of every page."""

from collections.abc import Sequence

from dash import html

from components.calls.call import Call, curl, python, sql
from components.markup import attributes

OPEN = "show-call-open"
PANEL = "show-call"
BODY = "show-call-body"
_WAYS = (("curl", "curl"), ("python", "Python"), ("sql", "SQL"))


def show_call_button() -> html.Button:
    """Return the control in the header."""
    words = attributes({"aria-label": "show me the call", "aria-haspopup": "dialog", "data-sign": "</>"})
    return html.Button(
        id=OPEN,
        className="icon-button show-call-open",
        type="button",
        title="show me the call (R)",
        n_clicks=0,
        **words,
    )


def show_call_panel() -> html.Div:
    """Return the panel, out of sight until somebody asks."""
    close = html.Button("close", className="button show-call-close", type="button")
    ways = html.Div(
        [
            html.Button(
                label,
                className="button show-call-way",
                type="button",
                **attributes({"data-way": way, "aria-pressed": str(way == "curl").lower()}),
            )
            for way, label in _WAYS
        ],
        className="show-call-ways",
        role="group",
        **attributes({"aria-label": "written as"}),
    )
    card = html.Div(
        [
            html.Div([html.H2("The call"), ways, close], className="show-call-head"),
            html.Div(id=BODY, **attributes({"aria-live": "polite"})),
        ],
        className="show-call-card",
        role="dialog",
        **attributes({"aria-modal": "true", "aria-label": "the call that answers this screen"}),
    )
    return html.Div(card, id=PANEL, className="show-call", hidden=True, **attributes({"data-way": "curl"}))


def shown(calls: Sequence[Call], origin: str, at: int, who: str | None) -> list[html.Section] | html.P:
    """Return each call in every way of writing it; the panel shows one way at a time."""
    if not calls:
        return html.P("Nothing on this screen is asked of the registry yet.", className="dim")
    return [_one(call, origin, at, who) for call in calls]


def _one(call: Call, origin: str, at: int, who: str | None) -> html.Section:
    texts = {"curl": curl(call, origin, who), "python": python(call, origin, who), "sql": sql(call, at)}
    blocks = [
        html.Div(
            [
                html.Pre(
                    html.Code(texts[way]), tabIndex=0, **attributes({"aria-label": f"{label}: {call.says}"})
                ),
                html.Button(
                    "copy",
                    className="button show-call-copy",
                    type="button",
                    **attributes({"aria-label": f"copy the {label} of: {call.says}"}),
                ),
            ],
            className=f"show-call-text is-{way}",
        )
        for way, label in _WAYS
    ]
    return html.Section([html.H3(call.says), *blocks], className="show-call-one")
