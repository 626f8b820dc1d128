"""Two lists: the address names products, a hand drops files; the answer follows."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import Input, Output, State, callback, no_update
from sqlalchemy import Connection

from callbacks.file_drop import dropped
from components import lists as page
from components import shell
from identity.address import place, value
from model.errors import Invalid, RunRegistryError
from model.golden.lists import to_bytes
from model.products import algebra
from model.products.products import list_of, products
from model.products.reading import Read, read
from model.registry import registry
from model.vocabulary import DEFAULT_SOURCE

Json = Any


@callback(
    output={
        "options": [Output(page.chosen(side), "options") for side in page.SIDES],
        "products": [Output(page.chosen(side), "value") for side in page.SIDES],
        "operation": Output(page.OPERATION, "value"),
        "sources": Output(page.SOURCE, "options"),
        "source": Output(page.SOURCE, "value"),
        "runs": [Output(page.FIRST, "value"), Output(page.LAST, "value")],
    },
    inputs={
        "pathname": Input(shell.ADDRESS, "pathname"),
        "search": Input(shell.ADDRESS, "search"),
        "_version": Input(shell.VERSION, "data"),
    },
)
def fill_form(pathname: str, search: str | None, _version: Json) -> Json:
    """Offer every product and source, and show what the address chooses."""
    if pathname != "/lists":
        blank = dict.fromkeys(("operation", "sources", "source"), no_update)
        return {**blank, **dict.fromkeys(("options", "products", "runs"), [no_update] * 2)}
    with registry().reading() as connection:
        offered = [(each.name, each.state.value) for each in products(connection, place(connection, search).at)]
        sources = algebra.sources(connection)
    operation = value(search, "op")
    return {
        "options": [page.product_options(offered)] * 2,
        "products": [value(search, side) or page.NO_PRODUCT for side in page.SIDES],
        "operation": operation if operation in page.OPERATIONS else "compare",
        "sources": sorted({*sources, DEFAULT_SOURCE}),
        "source": value(search, "source") or DEFAULT_SOURCE,
        "runs": [_run(value(search, "first_run")), _run(value(search, "last_run"))],
    }


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    inputs={
        "a": Input(page.chosen("a"), "value"),
        "b": Input(page.chosen("b"), "value"),
        "op": Input(page.OPERATION, "value"),
        "source": Input(page.SOURCE, "value"),
        "first_run": Input(page.FIRST, "value"),
        "last_run": Input(page.LAST, "value"),
    },
    state={"pathname": State(shell.ADDRESS, "pathname"), "search": State(shell.ADDRESS, "search")},
    prevent_initial_call=True,
)
def choose(pathname: str, search: str | None, **chosen: Json) -> Json:
    """Put into the address what a hand chose."""
    if pathname != "/lists":
        return no_update
    kept = {name: values[0] for name, values in parse_qs((search or "").lstrip("?")).items()}
    usual = {"op": "compare", "source": DEFAULT_SOURCE, "a": page.NO_PRODUCT, "b": page.NO_PRODUCT}
    said = {name: str(given or "") for name, given in chosen.items()}
    wanted = {**kept, **{name: "" if usual.get(name) == text else text for name, text in said.items()}}
    written = {name: text for name, text in wanted.items() if text}
    return no_update if written == kept else f"?{urlencode(written)}" if written else ""


@callback(
    Output(page.kept("a"), "data"),
    Output(page.kept("b"), "data"),
    Input(page.file("a"), "contents"),
    Input(page.file("b"), "contents"),
    State(page.file("a"), "filename"),
    State(page.file("b"), "filename"),
    prevent_initial_call=True,
)
def keep_files(a: str | None, b: str | None, name_a: str | None, name_b: str | None) -> tuple[Json, Json]:
    """Read dropped files; what is no list says so on its side."""
    return _dropped(a, name_a), _dropped(b, name_b)


def _dropped(contents: str | None, name: str | None) -> Json:
    if not contents:
        return no_update
    try:
        found = read(dropped(contents))
    except RunRegistryError as error:
        return {"name": name, "error": f"{name}: {error}"}
    return {"name": name, "text": to_bytes(found.lists).decode(), "notes": found.notes}


@callback(
    Output(page.said("a"), "children"),
    Output(page.said("b"), "children"),
    Output(page.BODY, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(page.kept("a"), "data"),
    Input(page.kept("b"), "data"),
)
def answer(pathname: str, search: str | None, a: Json, b: Json) -> tuple[Json, Json, Json]:
    """Say what stands on each side, and what both are together."""
    if pathname != "/lists":
        return no_update, no_update, no_update
    with registry().reading() as connection:
        sides, said = [], []
        for side, kept in zip(page.SIDES, (a, b), strict=True):
            found, words = _side(connection, value(search, side), kept)
            sides.append(found)
            said.append(words)
        body = _answer(connection, search, *sides)
    return said[0], said[1], body


@callback(
    Output(page.SAVED, "data"),
    Input(page.SAVE, "n_clicks"),
    State(shell.ADDRESS, "search"),
    State(page.kept("a"), "data"),
    State(page.kept("b"), "data"),
    prevent_initial_call=True,
)
def save(clicks: int, search: str | None, a: Json, b: Json) -> Json:
    """Give the canonical bytes of the answer as a file."""
    if not clicks:
        return no_update
    with registry().reading() as connection:
        one, other = (_side(connection, value(search, side), kept)[0] for side, kept in (("a", a), ("b", b)))
        found = to_bytes(_together(search, one, other))
    return {"content": found.decode(), "filename": f"{value(search, 'op')}.json", "type": "application/json"}


def _side(connection: Connection, product: str, kept: Json) -> tuple[Read | None, Json]:
    """Return the list of a side, a file before a product, and what is said of it."""
    try:
        if kept and "error" in kept:
            raise Invalid(kept["error"])
        if kept:
            found, name = Read(read(kept["text"]).lists, tuple(kept["notes"])), kept["name"]
        elif product:
            found, name = Read(list_of(connection, product)), product
        else:
            return None, None
    except RunRegistryError as error:
        return None, page.refused(str(error))
    return found, page.about(name, found.lists, found.notes)


def _together(search: str | None, a: Read | None, b: Read | None) -> algebra.Lists:
    """Return what both lists are together, within the runs that are asked for.

    Raises:
        Invalid: the runs are in the wrong order.
    """
    runs = _run(value(search, "first_run")), _run(value(search, "last_run"))
    one, other = (algebra.filtered(side.lists if side else {}, *runs) for side in (a, b))
    operation = value(search, "op")
    return one if operation == page.ALONE else algebra.OPERATIONS[operation](one, other)


def _answer(connection: Connection, search: str | None, a: Read | None, b: Read | None) -> Json:
    operation = value(search, "op")
    if a is None or (b is None and operation != page.ALONE):
        return page.waiting()
    at, source = place(connection, search).at, value(search, "source") or DEFAULT_SOURCE
    runs = _run(value(search, "first_run")), _run(value(search, "last_run"))
    try:
        algebra.require_source(connection, source)
        if b is None or operation in (page.ALONE, *algebra.OPERATIONS):
            found = _together(search, a, b)
            return page.result(found, *algebra.recorded(connection, found, source, at), source)
        one, other = (algebra.filtered(side.lists, *runs) for side in (a, b))
        return page.comparison(algebra.compare(connection, one, other, source, at))
    except RunRegistryError as error:
        return page.refused(str(error))


def _run(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
