"""Whatever is refused below /api/ is refused in one shape: the problem details of RFC 9457."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from api.contract import errors
from model import errors as refusals
from model.registry import Registry, registry, use

V1 = "/api/v1"


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "not-found"),
        ("GET", "/runs/1", {}, 404, "not-found"),
        ("PUT", "/nothing/at/all", {}, 404, "not-found"),
        ("GET", "/runs/many", {}, 404, "not-found"),
        ("PUT", "/runs", {}, 405, "method-not-allowed"),
        ("GET", "/verdicts", {}, 405, "method-not-allowed"),
        ("GET", "/runs?limit=0", {}, 422, "invalid"),
        ("POST", "/verdicts", {"data": "{", "content_type": "application/json"}, 400, "unreadable"),
        ("POST", "/verdicts", {"data": "x", "content_type": "text/plain"}, 415, "unreadable"),
        ("POST", "/verdicts", {"json": {"seen": 1}}, 422, "invalid"),
        ("POST", "/golden-json", {"json": {"dataset": "x" * 300_000}}, 413, "unreadable"),
        ("POST", "/rules/check", {"json": {}}, 422, "no-rule"),
        (
            "POST",
            "/cycles",
            {"json": {"name": "a", "deadline": "2024-01-01", "datasets": []}},
            403,
            "forbidden",
        ),
        ("POST", "/verdicts", {"json": {}, "headers": {"Origin": "https://evil.example"}}, 403, "forbidden"),
    ],
)
def test_every_refusal_is_a_problem_with_a_sentence(
    client: FlaskClient, method: str, path: str, sent: dict[str, Any], status: int, code: str
) -> None:
    found = client.open(V1 + path, method=method, **sent)
    said = found.get_json()
    assert (found.status_code, found.mimetype) == (status, "application/problem+json")
    assert (said["status"], said["code"], said["type"]) == (status, code, f"{V1}/problems#{code}")
    assert said["title"] and said["detail"].endswith((".", "?"))
    assert {"type", "title", "status", "detail", "code"} <= set(said)


def test_a_method_that_is_not_taken_is_told_which_are(client: FlaskClient) -> None:
    assert client.put(f"{V1}/cycles").headers["Allow"] == "GET, POST"
    assert client.get(f"{V1}/verdicts").headers["Allow"] == "POST"


def test_a_failure_names_a_reference_and_the_log_has_it(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    # a registry without a database: whatever is read fails
    use(Registry(None, registry().golden))  # type: ignore[arg-type]  # on purpose
    found = client.get(f"{V1}/runs")
    said = found.get_json()
    assert (found.status_code, said["code"]) == (500, "failure")
    assert said["reference"] in said["detail"] and "Traceback" not in found.get_data(as_text=True)
    assert any(said["reference"] in each.getMessage() and each.exc_info for each in caplog.records)


def test_every_code_of_the_model_is_told(client: FlaskClient) -> None:
    told = client.get(f"{V1}/problems").get_json()
    assert {each.code for each in errors.STATUS} <= set(told)
    assert told["stale"] == {"title": refusals.Stale.__doc__, "status": 409}


def test_pages_are_still_pages(client: FlaskClient) -> None:
    assert client.get("/runs").mimetype == "text/html"
    assert client.put("/runs").mimetype == "text/html"
