"""Bodies that are packed, too long or too deep, paths that lead elsewhere: refused, and nothing is written."""

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.contract import readable
from model.registry import Registry
from tests.model import world

PRESS = "/_dash-update-component"
DEEP = "[" * 100_000
PLACES = ("/api/v1/verdicts", "/api/v1/golden-json", "/api/v1/rules/check", "/runs_filtered_ordered", PRESS)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("how", ["gzip", "deflate", "br", "x-gzip", "gzip, gzip"])
def test_what_is_packed_is_not_unpacked(client: FlaskClient, place: str, how: str) -> None:
    bomb = gzip.compress(b" " * 2**20)
    headers = {"Content-Encoding": how, "Content-Type": "application/json"}
    answer = client.post(place, data=bomb, headers=headers)
    assert answer.status_code == 415 and "packed" in answer.get_data(as_text=True)


def test_a_body_as_it_is_may_say_so(client: FlaskClient) -> None:
    answer = client.post("/api/v1/lists/or", json={}, headers={"Content-Encoding": "identity"})
    assert answer.status_code == 422


@pytest.mark.parametrize("place", PLACES)
def test_what_is_nested_too_deep_is_told_so(client: FlaskClient, registry: Registry, place: str) -> None:
    before = world.now(registry)
    answer = client.post(place, data=DEEP, content_type="application/json")
    assert answer.status_code in (400, 413, 422)
    assert world.now(registry) == before


def test_a_file_that_is_too_long_for_a_page_is_refused_with_a_sentence(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readable, "PAGE_BYTES", 1000)
    answer = client.post(PRESS, json={"contents": "x" * 1000})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "unreadable")
    assert "1,000 bytes, the most that a page may send" in answer.get_json()["detail"]


@pytest.mark.parametrize("body", [{}, {"output": 1}, [], "x", None, {"output": {}}])
def test_what_no_page_asks_is_no_failure_of_the_registry(client: FlaskClient, body: Any) -> None:
    answer = client.post(PRESS, json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "unreadable")


@pytest.mark.parametrize(
    "place",
    [
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/..%2fapp.py",
        "/assets//etc/passwd",
        "/_dash-component-suites/dash/../../../../../../etc/passwd",
        "/_dash-component-suites/os/../../etc/passwd",
        "/api/docs/static/..%2f..%2f__init__.py",
        "/static/..%2fapp.py",
        "/api/v1/snapshots/1/..%2f..%2fsecret.parquet",
        "/api/v1/snapshots/..%2f1/manifest",
        "/api/v1/reports/..%2f..%2fsecret",
        "/api/v1/products/..%2f..%2fsecret/list",
    ],
)
def test_no_path_leads_out_of_its_folder(client: FlaskClient, place: str) -> None:
    answer = client.get(place)
    said = answer.get_data(as_text=True)
    # what is no file is a page of Dash, or nothing
    assert answer.status_code in (200, 308, 400, 404, 422), said[:200]
    assert "root:" not in said and "create_server" not in said


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_was_asked_is_never_answered_as_markup(client: FlaskClient, text: str) -> None:
    asked: list[tuple[str, Any]] = [
        (f"/api/v1/{text}", None),
        (f"/{text}", None),
        (f"/api/v1/runs?as_of={text}", None),
        (f"/api/v1/products/{text}", None),
        ("/api/v1/verdicts", {"edits": [{"status": text}], "seen": 1}),
        (f"/login?next={text}", None),
    ]
    for place, body in asked:
        answer = client.get(place) if body is None else client.post(place, json=body)
        is_markup = answer.mimetype in ("text/html", "image/svg+xml", "application/xhtml+xml")
        assert not (is_markup and text in answer.get_data(as_text=True)), place
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(client.get("/api/v1/nothing").data)["code"] == "not-found"
