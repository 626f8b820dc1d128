"""Training over HTTP: answers are laid over what rules said, and a sitting is kept once, for its owner."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from model.commands.datasets import move_dataset
from model.registry import Registry
from tests.api.conftest import PIXEL
from tests.model import world
from tests.model.world import PROMPT, RUN

V1 = "/api/v1/training"
READER = {"X-Run-Registry-User": "r.reader"}
COLUMNS = [PIXEL, "tracker-strip", "tracker-track"]


@pytest.fixture
def sitting(registry: Registry) -> str:
    """Sign the run's prompt dataset off; return the name of a sitting of it."""
    world.report_run(registry, start_time="2024-05-01T12:00:00Z")
    world.give(registry, world.TRACKER, COLUMNS[1:], [(1, 10)], "GOOD")
    with registry.writing() as tx:
        move_dataset(tx, RUN, PROMPT, "tracker", ("OPEN", "SIGNOFF"), world.EXPERT)
    return f"tracker-prompt-30d-10-1-{world.now(registry)}"


def said(status: str, *columns: str, **but: Any) -> dict[str, Any]:
    cells = [{"run_number": RUN, "dataset": PROMPT, "columns": list(columns), "ranges": []}]
    return {"key": status, "seen": 0, "cells": cells, "status": status, **but}


def test_answers_are_taken_or_refused_one_by_one_and_nothing_is_recorded(
    client: FlaskClient, registry: Registry, sitting: str
) -> None:
    before = world.now(registry)
    kept, edits = [said("GOOD", *COLUMNS)], [said("BAD", PIXEL), said("STANDBY", PIXEL, within=[2, 3])]
    told = client.post(f"{V1}/answers", json={"sitting": sitting, "kept": kept, "edits": edits}).json
    assert [answer["code"] for answer in told["answers"]] == ["invalid", ""]
    assert "BAD needs a cause" in told["answers"][0]["message"]
    (row,) = told["rows"]
    cells = dict(zip(told["columns"], row["c"].split(";"), strict=True))
    assert cells == {PIXEL: "S20|1x1,3x2,1x7", "tracker-strip": "G", "tracker-track": "G"}
    nothing = client.post(f"{V1}/answers", json={"sitting": sitting, "rows": [999]}).json
    assert (nothing["rows"], nothing["answers"]) == ([], [])
    assert world.now(registry) == before


def test_a_sitting_is_kept_once_and_told_to_its_owner(
    client: FlaskClient, registry: Registry, sitting: str
) -> None:
    body = {"sitting": sitting, "answers": [said("GOOD", *COLUMNS)]}
    kept = client.post(f"{V1}/sittings", json=body, headers=READER)
    assert kept.json == {"sequence": world.now(registry), "name": f"r.reader/{sitting}"}
    (mine,) = client.get(f"{V1}/sittings", headers=READER).json["sittings"]
    assert (mine["sitting"], mine["owner"], mine["is_shared"]) == (sitting, "r.reader", False)
    assert mine["result"]["lenient_invpb"] == pytest.approx(0.2)
    assert mine["result"]["agreed"] == pytest.approx(28 / 30)
    assert client.get(f"{V1}/sittings").json["sittings"] == []
    again = client.post(f"{V1}/sittings", json=body, headers=READER)
    assert again.status_code == 422
    assert "compared this sitting before" in again.json["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sitting": "nonsense"}, 422),
        ({"sitting": "tracker-prompt-30d-10-1-99999"}, 422),
        ({"sitting": "nobody-prompt-30d-10-1-5"}, 404),
        ({"sitting": "tracker-express-30d-10-1-5"}, 404),
        ({}, 422),
    ],
)
def test_what_is_no_sitting_is_refused_and_nothing_is_written(
    client: FlaskClient, registry: Registry, sitting: str, body: dict[str, str], status: int
) -> None:
    before = world.now(registry)
    for path, more in (("answers", {}), ("sittings", {"answers": [said("GOOD", PIXEL)]})):
        answer = client.post(f"{V1}/{path}", json={**body, **more}, headers=READER)
        assert answer.status_code == status, answer.text
        assert answer.json["detail"]
    nothing = client.post(f"{V1}/sittings", json={"sitting": sitting, "answers": []}, headers=READER)
    assert (nothing.status_code, world.now(registry)) == (422, before)
