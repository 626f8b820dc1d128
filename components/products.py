"""`/products`: every product with its series, the manifest of one, and what a dropped file is."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import dash_bootstrap_components as dbc
import orjson
from dash import dcc, html

from components.empty import empty
from components.file_drop import file_drop
from components.glossary import known
from components.markup import attributes, labelled, page_title
from components.webhooks import webhooks_card
from model.products.products import Product, State, Step
from model.products.verify import Verified

BODY = "products-body"
ONE = "products-one"
FILE = "products-file"
VERIFIED = "products-verified"
REFUSAL = "products-refusal"
#: types of the ids of a proposal's buttons and of its reason
DO = "products-do"
REASON = "products-reason"
SERIES = "products-propose-series"
NAME = "products-propose-name"
COMMENT = "products-propose-comment"
PROPOSE = "products-propose"
PROPOSED = "products-proposed"
_LOOK = {State.OFFICIAL: "is-running", State.PROPOSED: "is-open"}
_POLITE = attributes({"aria-live": "polite"})


#: a product, and how it differs from what it took the place of
Listed = tuple[Product, Step | None]


def products_body() -> html.Div:
    """Return the places that callbacks fill, and where a file is dropped."""
    drop = file_drop(FILE, "Choose or drop a list", "lists-drop")
    verify = html.Section(
        [
            html.H2(
                ["What is this file? ", html.Span("compared by value, whatever its layout", className="dim")]
            ),
            drop,
            dcc.Loading(html.Div(id=VERIFIED, **_POLITE), delay_show=300, type="dot"),
        ],
        className="card-plain",
    )
    there = dcc.Loading(html.Div(id=BODY, className="products-place waits"), delay_show=300, type="dot")
    return html.Div(
        [
            page_title("Products"),
            html.Div(id=REFUSAL, role="alert"),
            there,
            html.Div(id=ONE),
            verify,
            webhooks_card(),
        ],
        className="stack",
    )


def table(found: Sequence[Listed], asker: str, more: int = 0) -> Any:
    """Return the products by series, the newest first, for somebody; `more` are older and not shown."""
    if not found:
        action = dcc.Link("To the golden JSON", href="/golden", className="button")
        return empty("No product yet", "Propose a golden list; a second person makes it official.", action)
    series = dict.fromkeys(each.series for each, _ in found)
    note = html.P(f"{more:,} older ones are in the API.", className="dim") if more else None
    return html.Div(
        [*(_series(name, found, asker) for name in series), note, _feeds()], className="stack products-all"
    )


def _series(name: str, found: Sequence[Listed], asker: str) -> html.Section:
    mine = [each for each in found if each[0].series == name]
    names = (
        ("product", ""),
        ("state", ""),
        ("since, UTC", ""),
        ("author → approver", ""),
        ("runs", "num"),
        ("LS", "num"),
        ("pb⁻¹", "num"),
        ("to the previous", ""),
        ("SHA-256", ""),
        ("", ""),
    )
    head = html.Thead(html.Tr([html.Th(known(label), className=css) for label, css in names]))
    rows = [row for product, step in mine for row in _rows(product, step, len(names), asker)]
    title = html.H2([name, html.Span(f" {len(mine):,} products" if len(mine) > 1 else "", className="dim")])
    words = html.Div(html.Table([head, html.Tbody(rows)]), className="scroll-x products-table")
    return html.Section([title, words], className="card-plain")


def _rows(product: Product, step: Step | None, width: int, asker: str) -> list[html.Tr]:
    said = product.manifest
    at = product.decided.at if product.decided else product.proposed.at
    recorded = said["recorded_invpb"]
    address = f"/api/v1/products/{quote(product.name)}/list"
    cells = [
        html.Td(dcc.Link(product.name, href=f"/products?{urlencode({'product': product.name})}")),
        html.Td(_state(product)),
        html.Td(html.Time(f"{at:%Y-%m-%d %H:%M}")),
        html.Td(_authors(product)),
        html.Td(f"{said['runs']:,}", className="num"),
        html.Td(f"{said['lumisections']:,}", className="num"),
        html.Td(
            "–" if recorded is None else f"{recorded:,.2f}",
            className="num",
            title=f"source: {said['luminosity_source']}",
        ),
        html.Td(_previous(product, step)),
        html.Td(html.Code(product.sha256[:8], title=product.sha256)),
        html.Td(html.A("Download", href=address, className="button", download=f"{product.name}.json")),
    ]
    rows = [html.Tr(cells)]
    if product.state is State.PROPOSED:
        rows.append(html.Tr(html.Td(_answering(product, asker), colSpan=width), className="products-answer"))
    return rows


def _state(product: Product) -> list[Any]:
    mark = html.Span(product.state.value, className=f"state {_LOOK.get(product.state, '')}".strip())
    by = product.superseded_by
    link = dcc.Link(f"by {by}", href=f"/products?{urlencode({'product': by})}", className="dim") if by else None
    return [mark, html.Div(link)] if link else [mark]


def _authors(product: Product) -> list[Any]:
    said, decided = product.proposed, product.decided
    if decided is None or decided.author == said.author:
        return [said.author]
    word = " withdrew it: " if product.state is State.WITHDRAWN else ""
    return [said.author, f" → {decided.author}", html.Div(f"{word}{decided.comment}", className="dim")]


def _previous(product: Product, step: Step | None) -> Any:
    if step is None:
        return html.Span("the first", className="dim")
    where = urlencode({"a": product.previous, "b": product.name})
    words = (
        f"+{step.added:,} −{step.removed:,} LS, runs: {step.runs:,}" if step.runs else "the same lumisections"
    )
    return dcc.Link(words, href=f"/lists?{where}", title=f"compare with {product.previous}")


def _answering(product: Product, asker: str) -> html.Div:
    own = "You proposed it: a" if product.proposed.author == asker else "A"
    name = {"product": product.name}
    why = dbc.Input(
        id={"type": REASON, **name},
        size="sm",
        type="text",
        maxLength=2_000,
        placeholder="reason, needed to withdraw",
    )
    return html.Div(
        [
            labelled(f"Answer {product.name}", why, is_hidden=True),
            _do("Approve", product, "approve", "button is-primary"),
            _do("Withdraw", product, "withdraw", "button"),
            html.Span(f"{own} second person makes it official.", className="dim"),
            _unmeasured(product),
        ],
        className="products-answering",
    )


def _unmeasured(product: Product) -> html.Div | None:
    said = product.manifest
    if not (unknown := said.get("ls_without_luminosity", 0)):
        return None
    source = said["luminosity_source"]
    words = (
        f"{unknown:,} of its LS have no luminosity of {source}: read it in first, or ask for another source."
    )
    return html.Div(words, className="notice is-late")


def _do(label: str, product: Product, do: str, look: str) -> html.Button:
    name = {"type": DO, "product": product.name, "do": do}
    words = attributes({"aria-label": f"{label} {product.name}"})
    return html.Button(label, id=name, type="button", className=look, n_clicks=0, **words)


def _feeds() -> html.Div:
    links = (
        ("Atom feed", "/api/v1/products.atom"),
        ("JSON feed", "/api/v1/products.json"),
        ("API", "/api/docs/"),
    )
    parts = [html.A(label, href=href, className="button") for label, href in links]
    compare = dcc.Link("Compare any two lists", href="/lists", className="button")
    return html.Div([compare, *parts], className="actions")


def one(told: Mapping[str, Any]) -> html.Section:
    """Return the manifest of one product."""
    name = str(told["name"])
    rule = told.get("rule")
    facts = {
        "state": told["state"],
        "author": told["author"],
        "approver": told["approver"] or "nobody yet",
        "data sequence": f"{told['sequence']:,}" if "sequence" in told else "published outside",
        "rule": f"{rule['name']} v{rule['version']}, closure {rule['closure'][:12]}"
        if rule
        else "none of ours",
        "missing data": told.get("null_policy", "not known"),
        "luminosity": told["luminosity_source"],
        "sha256": told["sha256"],
    }
    href = f"/api/v1/products/{quote(name)}"
    return html.Section(
        [
            html.H2(["Manifest of ", name]),
            html.Dl(
                [html.Div([html.Dt(k), html.Dd(html.Code(str(v)))]) for k, v in facts.items()],
                className="facts",
            ),
            html.Pre(orjson.dumps(dict(told), option=orjson.OPT_INDENT_2).decode(), tabIndex=0),
            html.Div(
                [
                    html.A("Manifest", href=href, className="button", target="_blank"),
                    html.A("Download list", href=f"{href}/list", className="button", download=f"{name}.json"),
                    dcc.Link("All products", href="/products", className="button"),
                ],
                className="actions",
            ),
        ],
        className="card-plain",
    )


def verified(found: Verified, name: str) -> html.Div:
    """Return what a dropped file is."""
    look = "info" if found.is_product else "late"
    lines: list[Any] = [html.B(f"{name}: "), found.sentence, *(html.Div(note) for note in found.notes)]
    if found.product is not None:
        lines.append(
            dcc.Link(
                f"Manifest of {found.product.name}",
                href=f"/products?{urlencode({'product': found.product.name})}",
                className="link-button",
            )
        )
    return html.Div(lines, className=f"notice is-{look}", role="status")


def propose_panel() -> html.Section:
    """Return the form that proposes the list of the golden page's address."""
    form = [
        labelled(
            "Series", dbc.Input(id=SERIES, size="sm", type="text", maxLength=120, placeholder="golden-2024")
        ),
        labelled("Name, never used again", dbc.Input(id=NAME, size="sm", type="text", maxLength=120)),
        labelled("Comment", dbc.Input(id=COMMENT, size="sm", type="text", maxLength=2_000)),
        html.Button("Propose", id=PROPOSE, type="button", className="button is-primary", n_clicks=0),
    ]
    about = "as it is asked above; a second person makes it official"
    return html.Section(
        [
            html.H2(["Propose this list ", html.Span(about, className="dim")]),
            html.Div(form, className="cycles-form"),
            html.Div(id=PROPOSED, **_POLITE),
            html.Div(
                [
                    dcc.Link("Products", href="/products", className="button"),
                    dcc.Link("Compare lists", href="/lists", className="button"),
                ],
                className="actions",
            ),
        ],
        className="card-plain",
    )


def proposed(name: str) -> html.Div:
    """Return that a list is proposed, and where it is answered."""
    where = dcc.Link("Products", href=f"/products?{urlencode({'product': name})}")
    return html.Div(
        [f"{name} is proposed. A second person approves it under ", where, "."], className="notice is-info"
    )
