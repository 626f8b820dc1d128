"""The change feed as programs read it: pages, lines, one event, and what there is to know of kinds."""

import json

import pytest
from flask.testing import FlaskClient

from model.registry import Registry
from tests.model import world
from tests.model.world import RUN

FEED = "/api/v1/events"


def test_pages_follow_each_other_to_the_end(client: FlaskClient, registry: Registry) -> None:
    head, after, seen = world.now(registry), 0, []
    while True:
        page = client.get(FEED, query_string={"after": after, "limit": 3}).get_json()
        seen += [each["sequence"] for each in page["events"]]
        after = page["next"]
        if not page["has_more"]:
            break
    assert seen == list(range(1, head + 1)) and page["sequence"] == after == head
    world.give(registry, world.TRACKER, "tracker-strip", [(1, 1)], "GOOD")
    (new,) = client.get(FEED, query_string={"after": after}).get_json()["events"]
    assert (new["author"], new["payload"]["verdicts"][0]["columns"]) == ("t.certifier", ["tracker-strip"])


def test_lines_are_the_pages(client: FlaskClient) -> None:
    asked = {"kind": "verdicts-given", "run_number": RUN}
    lines = client.get(f"{FEED}.ndjson", query_string=asked)
    assert lines.mimetype == "application/x-ndjson"
    told = [json.loads(line) for line in lines.data.splitlines()]
    assert told == client.get(FEED, query_string=asked).get_json()["events"] and len(told) == 2
    assert client.get(f"{FEED}.ndjson", query_string={**asked, "limit": 1}).data.count(b"\n") == 1


def test_the_journal_as_of_a_label_ends_there(client: FlaskClient) -> None:
    label = client.get("/api/v1/labels").get_json()["call-1"]
    page = client.get(FEED, query_string={"as_of": "call-1"}).get_json()
    assert page["events"][-1]["sequence"] == page["next"] == page["sequence"] == label
    lines = client.get(f"{FEED}.ndjson?as_of=call-1").data.splitlines()
    assert json.loads(lines[-1])["sequence"] == label


def test_one_event_is_what_the_page_says(client: FlaskClient) -> None:
    (first,) = client.get(FEED, query_string={"limit": 1}).get_json()["events"]
    assert client.get(f"{FEED}/1").get_json() == first
    bare = client.get(FEED, query_string={"limit": 1, "payload": "false"}).get_json()["events"][0]
    assert bare == {name: value for name, value in first.items() if name != "payload"}


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ("after=999999", 404, "has not reached sequence 999999"),
        ("kind=runs", 422, "no kind of event"),
        ("after=-1", 422, "after"),
        ("after=x", 422, "after"),
        ("limit=0", 422, "limit"),
        ("limit=1000000000", 422, "limit"),
        ("wait=31", 422, "wait"),
        ("wait=nan", 422, "wait"),
        ("as_of=nothing", 404, "nothing"),
        ("author=" + "x" * 101, 422, "author"),
    ],
)
def test_nonsense_is_refused(client: FlaskClient, asked: str, status: int, sentence: str) -> None:
    answer = client.get(f"{FEED}?{asked}")
    assert answer.status_code == status and sentence in answer.text
    if not asked.startswith(("limit", "wait")):
        assert client.get(f"{FEED}.ndjson?{asked}").status_code == status


def test_an_event_that_is_not_there_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{FEED}/0").status_code == client.get(f"{FEED}/999999").status_code == 404


def test_without_a_stream_process_nobody_waits(client: FlaskClient, registry: Registry) -> None:
    asked = {"after": world.now(registry), "wait": 30}
    assert client.get(FEED, query_string=asked).get_json()["events"] == []
    assert client.get("/api/v1/stream?events=1").status_code == 204
    assert client.get("/api/v1/stream?events=1&kind=x").status_code == 422
    assert client.get("/api/v1/stream?events=1&after=999999").status_code == 404


def test_kinds_are_told_with_their_fields(client: FlaskClient) -> None:
    kinds = {each["kind"]: each for each in client.get(f"{FEED}/kinds").get_json()["kinds"]}
    assert {"name": "dataset", "type": "string", "optional": False} in kinds["verdicts-given"]["fields"]
