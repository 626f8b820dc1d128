"""The call of each screen is answered, and with what the screen shows; its SQL agrees on a snapshot."""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dash
import duckdb
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks.certify_page import fill_certify
from callbacks.consistency_page import fill_findings
from callbacks.decide_page import fill_queue
from callbacks.runs_page import read_runs
from callbacks.show_call import address_of, write_calls
from components.calls.call import Call, client, python
from components.calls.pages import PAGES, calls_of
from identity import here
from model.columnar import snapshots
from model.registry import Registry
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import product_world as made
from tests.model import world

WHO = "d.coordinator"
#: pages whose calls others write
_LATER = {"tokens", "not_found_404"}
_BAD = json.dumps({"or": [["cell", "tracker-pixel", "BAD", "any"], ["says", "it's $HOME `x`\n"]]})
ADDRESSES = [
    "/",
    "/?as_of=12",
    "/runs",
    f"/runs?q={FIRST}",
    "/runs?sort=recorded_invpb-asc&as_of=15",
    f"/runs?where={_BAD}&stage=prompt",
    f"/runs/{FIRST}",
    f"/runs/{FIRST}?as_of=14",
    "/certify",
    "/certify/tracker?stage=express&sort=run-asc",
    f"/certify/global?runs={FIRST}&where={_BAD}",
    "/certify/tracker?runs=nonsense&stage=late&where=nonsense",
    "/decide?workspace=tracker",
    "/consistency?kind=beam&runs=380001-380002",
    "/map",
    "/map?column=tracker-pixel&runs=380001-380002",
    "/map?bit=bpix_ready&stage=online",
    "/map?show=golden",
    "/trends",
    "/trends?by=run&runs=380001-380002&of=cause&brush=380001-380001",
    "/golden",
    "/golden?null_policy=good&era=2024C&several=union",
    "/golden?off=0.0.3",
    "/reports",
    "/rules?name=golden-2024",
    "/products?product=call-1",
    "/products",
    "/lists?a=call-1&b=call-2",
    "/lists?a=call-1&b=call-2&op=minus",
    "/lists?a=call-1&op=filter&first_run=380002",
    "/cycles",
    "/rights",
    "/rights?as_of=12",
    "/datasets",
    "/bulk",
    "/health",
    "/training",
    "/log",
    f"/log?run={FIRST}&kind=verdicts-given&workspace=tracker&as_of=15",
    "/log?run=x&kind=nonsense",
]


@pytest.fixture
def told(small_registry: Registry) -> Registry:
    """Tell one BAD range, and two products."""
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(4, 9)], "BAD", run_number=FIRST)
    for name in ("call-1", "call-2"):
        made.propose_draft(small_registry, made.draft_of(small_registry, "golden-2024", PROMPT, name))
        with small_registry.writing() as tx:
            made.approve_product(tx, name, made.SECOND)
    return small_registry


@pytest.fixture(scope="module")
def kept_snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give one folder to all who only want their SQL to run: the same is told each time, up to the clock."""
    return tmp_path_factory.mktemp("snapshots")


@pytest.fixture
def asks(server: Flask) -> Iterator[FlaskClient]:
    with server.test_client() as found:
        yield found


def _calls(registry: Registry, asking: Asking, address: str) -> tuple[list[Call], int]:
    path, _, search = address.partition("?")
    with asking(WHO), registry.reading() as connection:
        found = address_of(connection, path, f"?{search}")
    return calls_of(found), found.at


def _answered(asks: FlaskClient, call: Call) -> Any:
    head = {here.HEADER: WHO}
    if call.body is None:
        return asks.get(call.path, query_string=dict(call.params), headers=head)
    return asks.post(call.path, json=call.body, headers=head)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_call_is_answered(told: Registry, asking: Asking, asks: FlaskClient, address: str) -> None:
    calls, _ = _calls(told, asking, address)
    assert calls
    for call in calls:
        answer = _answered(asks, call)
        assert answer.status_code == 200, (call.path, answer.text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_sql_is_answered_on_a_snapshot(
    told: Registry, asking: Asking, kept_snapshots: Path, address: str
) -> None:
    calls, at = _calls(told, asking, address)
    for call in calls:
        assert call.sql or call.no_sql
        if call.sql:
            _on_snapshot(told, kept_snapshots, at, call.sql)


def _on_snapshot(registry: Registry, folder: Path, at: int, sql: str) -> list[tuple[Any, ...]]:
    made_ = snapshots.make(registry.reading, at, folder)
    with duckdb.connect() as connection:
        for name in made_.manifest["tables"]:
            connection.execute(f"CREATE VIEW {name} AS FROM '{made_.file(name)}'")
        return list(connection.execute(sql).fetchall())


def test_only_administrators_are_shown_the_call_for_what_was_denied(told: Registry, asking: Asking) -> None:
    with asking("b.expert"), told.reading() as connection:
        found = calls_of(address_of(connection, "/rights", ""))
    assert [call.path for call in found] == ["/api/v1/rights", "/api/v1/rights/denied"]
    assert [call.path for call in _calls(told, asking, "/rights")[0]] == ["/api/v1/rights"]


def test_every_page_has_its_calls(server: Flask) -> None:
    pages = {page["module"].split(".")[-1] for page in dash.page_registry.values()}
    paths = {str(page["path"]).strip("/").split("/")[0] for page in dash.page_registry.values()}
    assert pages and not paths - set(PAGES) - _LATER - {"none", "not-found-404"}


WHERES = [
    ["cell", "tracker-pixel", "BAD", "any"],
    ["cell", "tracker-pixel", "GOOD", "all"],
    ["cell", "tracker-pixel", "BAD", "none"],
    ["cell", "tracker-pixel", "BAD", "lumisections", 6],
    ["cell", "tracker-pixel", "BAD", "lumisections", 7],
    ["cell", "tracker-pixel", "BAD", "invpb", 0.5],
    ["cell", "tracker-pixel", "BAD", "invpb", 0.7],
    ["by", "t.certifier"],
    ["says", "hv TRIP"],
    ["state", "tracker", "OPEN"],
    ["since", 15],
    ["since", "2024-05-20T12:00:00Z"],
    ["started", ">=", "2024-05-20"],
    ["significant"],
    ["runs", f"1-9, {FIRST}"],
    ["era", "=", "2024C"],
    ["name", "contains", "promptRECO"],
    ["run_state", "!=", "OPEN"],
    ["lumisections", ">", 60],
    ["recorded_invpb", ">=", 7.5],
    ["duration_s", ">", 0],
    {"not": ["started", "<", "2024-05-21"]},
    {"and": [{"or": []}, ["significant"]]},
    {"or": [["run_number", "=", FIRST + 1], {"not": ["by", "t.certifier"]}]},
]


@pytest.mark.parametrize("where", WHERES)
def test_a_filter_chooses_the_same_on_screen_by_call_and_by_sql(
    told: Registry,
    asking: Asking,
    asks: FlaskClient,
    tmp_path: Path,
    triggered_by: Callable[..., None],
    where: Any,
) -> None:
    triggered_by("shell-address.search")
    address = f"/certify/tracker?where={json.dumps(where)}"
    (call,), at = _calls(told, asking, address)
    with asking(WHO):
        drawn = fill_certify("/certify/tracker", f"?where={json.dumps(where)}", None, None)[1]
    shown = {(row["r"], row["d"]) for row in orjson.loads(orjson.dumps(drawn))}
    assert {(row["r"], row["d"]) for row in _answered(asks, call).json["rows"]} == shown
    assert {row[:2] for row in _on_snapshot(told, tmp_path, at, call.sql)} == shown


@pytest.mark.parametrize("search", ["", "?sort=lumisections-asc", "?q=2024C&sort=run_number-asc"])
def test_the_run_table_is_the_same_on_screen_by_call_and_by_sql(
    told: Registry, asking: Asking, asks: FlaskClient, tmp_path: Path, search: str
) -> None:
    (call,), at = _calls(told, asking, f"/runs{search}")
    field, _, way = (search.rpartition("sort=")[2] or "run_number-desc").partition("-")
    model = [{"colId": field, "sort": way or "desc"}]
    with asking(WHO):
        block, _ = read_runs({"startRow": 0, "endRow": 100, "sortModel": model}, search)
    assert _answered(asks, call).json["runs"] == json.loads(json.dumps(block["rowData"]))
    rows = _on_snapshot(told, tmp_path, at, call.sql)
    assert [row[0] for row in rows] == [row["run_number"] for row in block["rowData"]]


def test_what_waits_and_what_contradicts_itself_is_what_the_screens_show(
    told: Registry, asking: Asking, asks: FlaskClient
) -> None:
    (call,), _ = _calls(told, asking, "/decide")
    with asking(WHO):
        shown = fill_queue("/decide", "", None)[0]["items"]
        rows = words(fill_findings("/consistency", "", None)[1])
    answer = _answered(asks, call).json
    assert len(next(each for each in answer.values() if isinstance(each, list))) == len(shown)
    (call,), _ = _calls(told, asking, "/consistency")
    found = _answered(asks, call).json["findings"]
    assert all(str(each["run_number"]) in rows for each in found)


def test_the_run_of_a_product_is_what_its_list_holds(
    told: Registry, asking: Asking, asks: FlaskClient, tmp_path: Path
) -> None:
    (one, every), at = _calls(told, asking, "/products?product=call-1")
    body = asks.get("/api/v1/products/call-1/list").json
    rows = _on_snapshot(told, tmp_path, at, one.sql)
    assert [[run, a, b] for run, a, b in rows] == [
        [int(r), a, b] for r, spans in body.items() for a, b in spans
    ]
    assert len(_on_snapshot(told, tmp_path, at, every.sql)) == len(_answered(asks, every).json["products"]) == 2


def test_the_python_that_is_shown_runs(told: Registry, asking: Asking, asks: FlaskClient) -> None:
    """Against a server it runs in tests/browser; here each is read, that of the client too."""
    for address in ADDRESSES:
        for call in _calls(told, asking, address)[0]:
            assert ast.parse(python(call, "https://example.org"))
            if call.client:
                assert ast.parse(client(call))


def test_the_panel_says_the_call_of_the_screen_and_a_refusal_as_a_sentence(
    told: Registry, asking: Asking
) -> None:
    with asking(WHO):
        said = words(write_calls(1, "/runs", "?q=2024C"))
        assert "--data-urlencode q=2024C" in said and "requests.get(" in said and "FROM runs r" in said
        assert write_calls(0, "/runs", "") is dash.no_update
        assert "nope" in words(write_calls(1, "/golden", "?rule=nope"))
