"""The grid over HTTP: rows, a batch of edits answered one by one, and who else is here."""

from typing import Any

from model.registry import Registry
from tests.model import world
from tests.model.world import PROMPT, RUN

AS = {"X-Run-Registry-User": "t.certifier"}


def edit(key: str, seen: int, column: str, status: str) -> dict[str, Any]:
    cells = [{"run_number": RUN, "dataset": PROMPT, "columns": [column]}]
    return {"key": key, "seen": seen, "cells": cells, "status": status}


def test_rows_and_edits_meet(client: Any, registry: Registry) -> None:
    found = client.get("/api/v1/grid?workspace=tracker&stage=prompt").json
    assert found["columns"] == ["tracker-track", "tracker-pixel", "tracker-strip"]
    (row,) = found["rows"]
    assert (row["r"], row["c"]) == (RUN, "·;B20*|1x3,2x2,1x5;·")
    edits = [
        edit("1", found["sequence"], "tracker-pixel", "GOOD"),
        edit("2", found["sequence"], "dt-dt", "GOOD"),
    ]
    body = {"workspace": "tracker", "stage": "prompt", "edits": edits, "rows": [row["i"]]}
    answer = client.post("/api/v1/grid/edits", json=body, headers=AS).json
    assert [each["code"] for each in answer["answers"]] == ["", "forbidden"]
    assert "cms-dqm-runregistry-offline-dt-certifiers" in answer["answers"][1]["message"]
    assert answer["rows"][0]["c"] == "·;G;·"


def test_changes_are_those_since_a_sequence(client: Any, registry: Registry) -> None:
    since = world.now(registry)
    query = f"/api/v1/grid/changes?workspace=tracker&stage=prompt&since={since}"
    assert client.get(query, headers=AS).json["rows"] == []
    world.give(registry, world.TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    assert [row["r"] for row in client.get(query, headers=AS).json["rows"]] == [RUN]


def test_a_malformed_batch_is_refused_whole(client: Any, registry: Registry) -> None:
    for body in (
        {"edits": [{"key": "1", "seen": "soon"}]},
        {"edits": "many"},
        {"stage": "nowhere", "edits": []},
        {"edits": [edit("k" * 99, 0, "dt-dt", "GOOD")]},
        {"edits": [edit("1", 0, "dt-dt", "GOOD")] * 501},
    ):
        assert client.post("/api/v1/grid/edits", json=body, headers=AS).status_code == 422
    assert world.statuses(registry, "dt-dt") == []


def test_an_edit_within_lumisections_leaves_the_others(client: Any, registry: Registry) -> None:
    def answer(**more: Any) -> Any:
        cells = [{"run_number": RUN, "dataset": PROMPT, "columns": ["tracker-strip"]}]
        edit = {"key": "1", "seen": world.now(registry), "cells": cells, "status": "GOOD", **more}
        body = {"workspace": "tracker", "edits": [edit]}
        return client.post("/api/v1/grid/edits", json=body, headers=AS).json["answers"][0]

    assert answer(within=[3, 40])["code"] == ""
    assert world.statuses(registry, "tracker-strip") == [(3, 10, "GOOD")]
    assert answer(within=[1, 4], status="STANDBY", only_open=True)["code"] == ""
    assert world.statuses(registry, "tracker-strip") == [(1, 2, "STANDBY"), (3, 10, "GOOD")]
    assert "reversed" in answer(within=[5, 4])["message"]
    assert "nothing to certify" in answer(within=[50, 60])["message"]
