"""Who is told of events: the addresses with their last answer, and the form of one more."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.copy_text import copyable
from components.empty import empty
from components.markup import attributes, labelled
from model.products.deliveries import Delivery
from model.products.webhooks import PRODUCTS, Webhook

BODY = "webhooks-body"
URL = "webhooks-url"
KINDS = "webhooks-kinds"
ADD = "webhooks-add"
SAID = "webhooks-said"
#: changes when an address was added or stopped
CHANGED = "webhooks-changed"
#: type of the ids of the buttons that stop one
STOP = "webhooks-stop"
#: type of the ids of the buttons that let one go on
AGAIN = "webhooks-again"


_HINT = (
    f"Kinds by commas, such as verdicts-given, dataset-state-moved; {PRODUCTS} alone is each official product."
)


def webhooks_card() -> html.Details:
    """Return the form and the place of the addresses, folded until somebody wants them."""
    url = dbc.Input(id=URL, size="sm", type="url", maxLength=500, placeholder="https://example.org/hook")
    kinds = dbc.Input(id=KINDS, value=PRODUCTS, size="sm", type="text", maxLength=800)
    add = html.Button("Tell this address", id=ADD, type="button", className="button", n_clicks=0)
    fields = [labelled("Address", url, "webhooks-url"), labelled("Kinds of events", kinds, "webhooks-url"), add]
    return html.Details(
        [
            html.Summary(
                ["Webhooks ", html.Span("who is told of new products and other events", className="dim")]
            ),
            html.Div(fields, className="cycles-form"),
            html.P(_HINT, className="dim"),
            html.Div(id=SAID, **attributes({"aria-live": "polite"})),
            html.Div(id=BODY),
            dcc.Store(id=CHANGED),
        ],
        className="card-plain webhooks",
    )


def table(found: Sequence[Webhook], last: Mapping[int, Delivery]) -> Any:
    """Return the addresses; `last` is what each was told last, by id."""
    if not found:
        return empty("Nobody is told yet", "An address gets each event it asks for, signed with its secret.")
    head = html.Thead(html.Tr([html.Th(name) for name in ("address", "of", "by", "told last", "answered", "")]))
    body = html.Tbody([_row(each, last.get(each.id)) for each in found])
    return html.Div(html.Table([head, body]), className="scroll-x")


def _row(each: Webhook, last: Delivery | None) -> html.Tr:
    answer = "nothing yet" if last is None else last.answer
    if each.state == "given up":
        answer = f"{answer}; given up, nothing was taken since {each.failing_since:%Y-%m-%d %H:%M} UTC"
    elif each.due_at is not None:
        answer = f"{answer}; try {each.attempts + 1} at {each.due_at:%H:%M:%S} UTC"
    return html.Tr(
        [
            html.Td(html.Code(each.url)),
            html.Td(", ".join(each.kinds)),
            html.Td(each.author),
            html.Td(f"{last.subject} ({last.sequence:,})" if last else "–"),
            html.Td(answer, className="is-refused" if each.state == "given up" else ""),
            html.Td(_buttons(each) if each.is_active else html.Span("stopped", className="dim")),
        ]
    )


def _buttons(each: Webhook) -> list[html.Button]:
    again = _button(AGAIN, each, "Try now", f"Try {each.url} now")
    stop = _button(STOP, each, "Stop", f"Stop telling {each.url}")
    return [again, stop] if each.failing_since is not None else [stop]


def _button(kind: str, each: Webhook, label: str, says: str) -> html.Button:
    name = {"type": kind, "webhook": each.id}
    words = attributes({"aria-label": says})
    return html.Button(label, id=name, type="button", className="button", n_clicks=0, **words)


def added(url: str, secret: str) -> html.Div:
    """Return the secret of a new webhook: it is shown here, and never again."""
    words = f"{url} is told from now on. Its secret, shown this once: "
    return html.Div([words, *copyable(secret, "the secret")], className="notice is-info")
