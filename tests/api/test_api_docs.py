"""The examples of docs/api.md do what they say, in their order."""

import json
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.contract import deprecated
from api.contract.deprecated import NOTICE_DAYS, Deprecation
from tests.house.files import ROOT

PAGE = ROOT / "docs" / "api.md"
_BLOCK = re.compile(r"```http\n(.*?)```", re.DOTALL)
_CALL = re.compile(r"(?P<method>GET|POST) (?P<path>\S+)\n(?P<more>.*?)→ (?P<status>\d{3})\n", re.DOTALL)
_HEADER = re.compile(r"([A-Z][A-Za-z-]+): (.+)\n")


def _sent(more: str) -> dict[str, Any]:
    body = re.search(r"^\{", more, re.MULTILINE)
    sent: dict[str, Any] = {"headers": dict(_HEADER.findall(more[: body.start()] if body else more))}
    return {**sent, "json": json.loads(more[body.start() :])} if body else sent


def test_every_example_does_what_it_says(client: FlaskClient) -> None:
    known = {"sequence": str(client.get("/api/v1/version").get_json()["sequence"])}
    blocks = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    calls = [call for block in blocks for call in _CALL.finditer(block)]
    assert len(calls) > 8
    for call in calls:
        path, more = call["path"], call["more"]
        for name, value in known.items():
            path, more = (text.replace(f"{{{name}}}", value) for text in (path, more))
        answer = client.open(path, method=call["method"], **_sent(more))
        assert answer.status_code == int(call["status"]), (path, answer.get_data(as_text=True))
        known["ETag"] = answer.headers.get("ETag", known.get("ETag", ""))
        told = answer.get_json() if answer.is_json else {}
        # what was written is what an author has seen from now on
        names = ("next_cursor", *(("sequence", "digest") if call["method"] == "POST" else ()))
        known |= {name: str(told[name]) for name in names if told.get(name)}


def test_a_door_that_is_going_to_close_says_when(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Deprecation(date(2027, 1, 1), date(2028, 1, 2), "/api/v1/datasets")
    monkeypatch.setattr(deprecated, "DEPRECATED", {("/api/v1/runs/{run_number}", "get"): told})
    headers = client.get("/api/v1/runs/380001").headers
    assert headers["Deprecation"] == "@1798761600"
    assert headers["Sunset"] == "Sun, 02 Jan 2028 00:00:00 GMT"
    assert headers["Link"] == '</api/v1/datasets>; rel="successor-version"'
    assert "Deprecation" not in client.get("/api/v1/runs").headers


def test_nobody_is_shut_out_within_a_year() -> None:
    assert all((each.sunset - each.since).days >= NOTICE_DAYS for each in deprecated.DEPRECATED.values())
