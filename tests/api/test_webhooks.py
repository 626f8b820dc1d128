"""Subscriptions to new official products as a coordinator makes them."""

from flask.testing import FlaskClient

HEAD = {"X-Run-Registry-User": "d.coordinator"}
URL = "https://hooks.example.org/crr"


def test_a_secret_is_shown_once_and_a_webhook_is_stopped(client: FlaskClient) -> None:
    made = client.post("/api/v1/webhooks", json={"url": URL}, headers=HEAD).json
    assert len(made["secret"]) == 64
    (listed,) = client.get("/api/v1/webhooks", headers=HEAD).json["webhooks"]
    assert listed["url"] == URL and listed["is_active"] and "secret" not in listed
    assert client.post(f"/api/v1/webhooks/{made['id']}/stop", json={}, headers=HEAD).status_code == 200
    assert not client.get("/api/v1/webhooks", headers=HEAD).json["webhooks"][0]["is_active"]
    assert client.get(f"/api/v1/webhooks/{made['id']}/deliveries", headers=HEAD).json == {"deliveries": []}
    assert client.post("/api/v1/webhooks/9/stop", json={}, headers=HEAD).status_code == 404


def test_kinds_are_subscribed_to_and_one_is_told_again(client: FlaskClient) -> None:
    body = {"url": URL, "kinds": "verdicts-given, dataset-hidden"}
    number = client.post("/api/v1/webhooks", json=body, headers=HEAD).json["id"]
    (listed,) = client.get("/api/v1/webhooks", headers=HEAD).json["webhooks"]
    assert listed["kinds"] == ["dataset-hidden", "verdicts-given"] and listed["state"] == "told"
    again = f"/api/v1/webhooks/{number}/again"
    assert client.post(again, json={"after": 2}, headers=HEAD).status_code == 200
    assert client.get("/api/v1/webhooks", headers=HEAD).json["webhooks"][0]["told"] == 2
    assert client.post(again, json={"after": 10**6}, headers=HEAD).status_code == 422
    assert client.post(again, json={}, headers={"X-Run-Registry-User": "a.shifter"}).status_code == 403
    assert client.post("/api/v1/webhooks", json={"url": URL, "kinds": "x"}, headers=HEAD).status_code == 422


def test_who_is_no_coordinator_sees_and_makes_none(client: FlaskClient) -> None:
    shifter = {"X-Run-Registry-User": "a.shifter"}
    assert client.get("/api/v1/webhooks", headers=shifter).status_code == 403
    assert client.post("/api/v1/webhooks", json={"url": URL}, headers=shifter).status_code == 403


def test_an_address_inside_is_refused(client: FlaskClient) -> None:
    for url in ("http://127.0.0.1:8050/", "file:///x"):
        answer = client.post("/api/v1/webhooks", json={"url": url}, headers=HEAD)
        assert answer.status_code == 422, answer.text
