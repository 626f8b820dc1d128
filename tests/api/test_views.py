"""Views over HTTP."""

from typing import Any

AS = {"X-Run-Registry-User": "t.certifier"}
OTHER = {"X-Run-Registry-User": "r.reader"}
BODY = {"name": "odd", "path": "/certify/tracker", "search": {"where": '["proposed"]'}, "is_shared": True}


def test_a_view_is_kept_read_and_taken_away(client: Any) -> None:
    assert client.post("/api/v1/views", json=BODY, headers=AS).status_code == 200
    (found,) = client.get("/api/v1/views", headers=OTHER).json["views"]
    assert (found["owner"], found["address"]) == (
        "t.certifier",
        "/certify/tracker?where=%5B%22proposed%22%5D",
    )
    name = {"owner": "t.certifier", "name": "odd"}
    assert client.post("/api/v1/views/removal", json=name, headers=OTHER).status_code == 403
    assert client.post("/api/v1/views/removal", json=name, headers=AS).status_code == 200
    assert client.get("/api/v1/views", headers=AS).json["views"] == []
    assert client.post("/api/v1/views/removal", json=name, headers=AS).status_code == 404


def test_a_bad_view_is_refused(client: Any) -> None:
    for change in ({"name": ""}, {"search": {"where": "]"}}, {"path": "/golden"}, {"search": {"where": 5}}):
        assert client.post("/api/v1/views", json={**BODY, **change}, headers=AS).status_code == 422
