"""Lists of datasets over HTTP: page by page at one sequence, as lines, and who signed them off."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.commands.datasets import move_dataset
from model.registry import Registry
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, RUN

V1 = "/api/v1"


@pytest.fixture
def many(registry: Registry) -> list[tuple[int, str]]:
    """Tell of more runs, each with a prompt dataset."""
    for place in range(1, 4):
        world.report_run(registry, RUN + place)
        world.create_dataset(registry, run_number=RUN + place)
    names = [(RUN + place, name) for place in range(3, -1, -1) for name in (PROMPT, "online")]
    return sorted([*names, (RUN, EXPRESS)], key=lambda each: (-each[0], each[1]))


def _walk(client: FlaskClient, **asked: Any) -> list[tuple[int, str]]:
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{V1}/datasets", query_string={**asked, "cursor": cursor}).get_json()
        found += [(each["run_number"], each["name"]) for each in page["datasets"]]
        cursor = page["next_cursor"]
    return found


@pytest.mark.parametrize("limit", [1, 2, 4, 100])
def test_pages_of_any_length_hold_every_dataset_once(
    client: FlaskClient, many: list[tuple[int, str]], limit: int
) -> None:
    assert _walk(client, limit=limit) == many


def test_a_walk_stays_at_the_sequence_of_its_first_page(
    client: FlaskClient, registry: Registry, many: list[tuple[int, str]]
) -> None:
    page = client.get(f"{V1}/datasets?limit=2").get_json()
    world.create_dataset(registry, EXPRESS, RUN + 1)
    rest = client.get(f"{V1}/datasets?limit=100&cursor={page['next_cursor']}").get_json()
    assert [(each["run_number"], each["name"]) for each in rest["datasets"]] == many[2:]
    assert rest["sequence"] == page["sequence"] < world.now(registry)


def test_a_cursor_is_of_one_question_of_this_registry(client: FlaskClient, many: list[tuple[int, str]]) -> None:
    cursor = client.get(f"{V1}/datasets?limit=1&stage=prompt").get_json()["next_cursor"]
    for address in (
        f"/datasets?limit=1&cursor={cursor}",
        f"/datasets?limit=1&stage=express&cursor={cursor}",
        f"/runs?cursor={cursor}",
        f"/sign-offs?cursor={cursor}",
        f"/datasets?stage=prompt&cursor={cursor[:-1]}",
        f"/datasets?stage=prompt&cursor={cursor}&as_of=1",
        "/datasets?cursor=eyJhIjoxfQ",
    ):
        refused = client.get(V1 + address)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid"), address


def test_lists_are_narrowed(client: FlaskClient, many: list[tuple[int, str]]) -> None:
    assert _walk(client, stage="express") == [(RUN, EXPRESS)]
    assert _walk(client, stage="prompt", first_run=RUN + 1, last_run=RUN + 2) == [
        (RUN + 2, PROMPT),
        (RUN + 1, PROMPT),
    ]
    bad = json.dumps(["cell", "tracker-pixel", "BAD", "any"])
    assert _walk(client, where=bad) == [(RUN, PROMPT)]
    assert client.get(f"{V1}/datasets?where=[").status_code == 422


def test_lines_hold_every_dataset(
    client: FlaskClient, many: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 30: a long list is never held as a whole."""
    monkeypatch.setattr("api.contract.cursors._PIECE", 2)
    answer = client.get(f"{V1}/datasets.ndjson")
    rows = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
    assert answer.mimetype == "application/x-ndjson"
    assert [(row["run_number"], row["name"]) for row in rows] == many
    assert next(row for row in rows if row["name"] == PROMPT)["states"] == {"global": "OPEN"}


def test_sign_offs_say_who_and_when(client: FlaskClient, registry: Registry) -> None:
    assert client.get(f"{V1}/sign-offs").get_json()["sign_offs"] == []
    world.decide_everything(registry, EXPRESS)
    before = world.now(registry)
    for workspace in ("dt", "csc", "ecal"):
        with registry.writing() as tx:
            move_dataset(tx, RUN, EXPRESS, workspace, ("OPEN", "SIGNOFF"), world.DC, comment="all is well")
    first = client.get(f"{V1}/sign-offs?limit=2").get_json()
    rest = client.get(f"{V1}/sign-offs?limit=2&cursor={first['next_cursor']}").get_json()
    found = [*first["sign_offs"], *rest["sign_offs"]]
    assert [each["workspace"] for each in found] == ["ecal", "csc", "dt"]
    assert {(each["author"], each["comment"]) for each in found} == {(world.DC.name, "all is well")}
    assert rest["next_cursor"] is None
    assert len(client.get(f"{V1}/sign-offs?workspace=dt").get_json()["sign_offs"]) == 1
    assert client.get(f"{V1}/sign-offs?as_of={before}").get_json()["sign_offs"] == []
