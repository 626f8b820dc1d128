"""What waits for a person, over HTTP."""

from typing import Any

from model.registry import Registry
from tests.model import world
from tests.model.world import PROMPT, RUN

AS = {"X-Run-Registry-User": "t.certifier"}
ADDRESS = "/api/v1/decisions"


def test_whoever_asks_is_told_what_is_theirs(client: Any, registry: Registry) -> None:
    found = client.get(f"{ADDRESS}?workspace=tracker&kind=undecided", headers=AS).json
    assert found["sequence"] == world.now(registry)
    of_prompt = [item for item in found["items"] if item["dataset"] == PROMPT]
    assert [(item["column"], item["ranges"]) for item in of_prompt] == [
        ("tracker-strip", [[1, 10]]),
        ("tracker-track", [[1, 10]]),
    ]
    assert of_prompt[0]["run_number"] == RUN
    assert of_prompt[0]["at_stake_invpb"] == 1.0
    assert client.get(ADDRESS, headers={"X-Run-Registry-User": "r.reader"}).json["items"] == []


def test_it_is_answered_as_of_any_sequence(client: Any, registry: Registry) -> None:
    before = world.now(registry)
    world.give(registry, world.TRACKER, "tracker-strip", [(1, 10)], "GOOD")
    then = client.get(f"{ADDRESS}?as_of={before}", headers=AS).json["items"]
    now = client.get(ADDRESS, headers=AS).json["items"]
    assert len(then) - len(now) == 1


def test_what_makes_no_sense_is_refused_in_a_sentence(client: Any) -> None:
    for query in ("kind=nonsense", "limit=0", "limit=1000000", "as_of=nonsense"):
        answer = client.get(f"{ADDRESS}?{query}", headers=AS)
        assert answer.status_code in (404, 422)
        assert answer.json["detail"]
    assert client.get(f"{ADDRESS}?workspace=nowhere", headers=AS).json["items"] == []
