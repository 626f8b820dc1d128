"""Who is told of new official products: the addresses with their last answer, and the form of one more."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.empty import empty
from components.markup import attributes, labelled
from model.products.webhooks import Delivery, Webhook

BODY = "webhooks-body"
URL = "webhooks-url"
ADD = "webhooks-add"
SAID = "webhooks-said"
#: changes when an address was added or stopped
CHANGED = "webhooks-changed"
#: type of the ids of the buttons that stop one
STOP = "webhooks-stop"


def webhooks_card() -> html.Details:
    """Return the form and the place of the addresses, folded until somebody wants them."""
    url = dbc.Input(id=URL, size="sm", type="url", maxLength=500, placeholder="https://example.org/hook")
    add = html.Button("Tell this address", id=ADD, type="button", className="button", n_clicks=0)
    return html.Details(
        [
            html.Summary(["Webhooks ", html.Span("who is told of each new official product", className="dim")]),
            html.Div([labelled("Address", url, "webhooks-url"), add], className="cycles-form"),
            html.Div(id=SAID, **attributes({"aria-live": "polite"})),
            html.Div(id=BODY),
            dcc.Store(id=CHANGED),
        ],
        className="card-plain webhooks",
    )


def table(found: Sequence[Webhook], last: Mapping[int, Delivery]) -> Any:
    """Return the addresses; `last` is what each was told last, by id."""
    if not found:
        return empty("Nobody is told yet", "An address gets each new official product, signed with its secret.")
    head = html.Thead(html.Tr([html.Th(name) for name in ("address", "by", "told last", "answered", "")]))
    body = html.Tbody([_row(each, last.get(each.id)) for each in found])
    return html.Div(html.Table([head, body]), className="scroll-x")


def _row(each: Webhook, told: Delivery | None) -> html.Tr:
    answer = "nothing yet" if told is None else told.answer or "waits"
    if told is not None and told.due_at is not None and told.attempts:
        answer = f"{answer}; try {told.attempts + 1} at {told.due_at:%H:%M:%S} UTC"
    stop = html.Button(
        "Stop",
        id={"type": STOP, "webhook": each.id},
        type="button",
        className="button",
        n_clicks=0,
        **attributes({"aria-label": f"Stop telling {each.url}"}),
    )
    return html.Tr(
        [
            html.Td(html.Code(each.url)),
            html.Td(each.author),
            html.Td(told.product if told else "–"),
            html.Td(answer),
            html.Td(stop if each.is_active else html.Span("stopped", className="dim")),
        ]
    )


def added(url: str, secret: str) -> html.Div:
    """Return the secret of a new webhook: it is shown here, and never again."""
    words: list[Any] = [f"{url} is told from now on. Its secret, shown this once: ", html.Code(secret)]
    return html.Div(words, className="notice is-info")
