"""The door of the event stream, where no process holds streams."""

from flask.testing import FlaskClient

from model import feeds
from model.registry import Registry
from tests.model import world


def test_without_a_stream_process_a_browser_is_told_to_stop_asking(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stream")
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_start_that_is_no_sequence_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/v1/stream?after=-1").status_code == 422


def test_feeds_tell_their_last_answer_and_their_trouble(client: FlaskClient, registry: Registry) -> None:
    assert client.get("/api/v1/feeds").json["feeds"] == []
    feeds.hear(registry.database, "OMS", normal_s=2.0, trouble="no route")
    assert client.get("/api/v1/feeds").json["feeds"] == [
        {"name": "OMS", "at_ms": None, "normal_s": 2.0, "trouble": "no route", "over_s": None}
    ]
    feeds.hear(registry.database, "OMS", normal_s=2.0, clock=lambda: world.START)
    said = client.get("/api/v1/feeds").json["feeds"][0]
    assert (said["at_ms"], said["trouble"]) == (int(world.START.timestamp() * 1000), "")
