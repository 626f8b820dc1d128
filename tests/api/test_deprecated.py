"""A door that is going to close says so a year before."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from api.contract import deprecated
from api.contract.deprecated import NOTICE_DAYS, Deprecation


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
