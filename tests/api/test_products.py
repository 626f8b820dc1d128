"""Products as programs and operators meet them."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.operating.journal import GROUPS
from model.golden.lists import sha256
from model.registry import Registry
from tests.api.conftest import PIXEL
from tests.model import world

PROPOSAL = {"rule": "golden", "dataset": world.PROMPT, "name": "call-1", "series": "golden-2024"}


def _as(who: str) -> dict[str, str]:
    return {"X-Run-Registry-User": who}


def _propose(client: FlaskClient, name: str = "call-1", who: str = "d.coordinator") -> None:
    answer = client.post("/api/v1/products", json={**PROPOSAL, "name": name}, headers=_as(who))
    assert answer.status_code == 200, answer.text


def _make(client: FlaskClient, name: str) -> None:
    _propose(client, name)
    answer = client.post(f"/api/v1/products/{name}/approve", json={"comment": "ok"}, headers=_as("b.expert"))
    assert answer.status_code == 200, answer.text


def test_a_product_is_proposed_approved_and_downloaded(client: FlaskClient) -> None:
    _make(client, "call-1")
    told = client.get("/api/v1/products/call-1").json
    assert (told["state"], told["author"], told["approver"]) == ("official", "d.coordinator", "b.expert")
    got = client.get(told["list"])
    assert sha256(got.data) == told["sha256"] and got.data.endswith(b"]]}\n")
    assert got.headers["Content-Disposition"] == 'attachment; filename="call-1.json"'
    again = client.get(told["list"], headers={"If-None-Match": got.headers["ETag"]})
    assert again.status_code == 304
    listed = client.get("/api/v1/products?series=golden-2024").json["products"]
    assert [each["product"] for each in listed] == ["call-1"]
    assert client.get("/api/v1/products?series=muon").json["products"] == []


def test_the_author_the_stranger_and_the_program_are_refused_with_a_sentence(client: FlaskClient) -> None:
    _propose(client)
    for who, sentence in (
        ("d.coordinator", "second person"),
        ("a.shifter", "may not make a golden JSON official"),
        ("p.program", "may not make a golden JSON official"),
    ):
        answer = client.post("/api/v1/products/call-1/approve", json={}, headers=_as(who))
        assert answer.status_code == 403 and sentence in answer.json["detail"]
    assert client.get("/api/v1/products/call-1").json["state"] == "proposed"


def test_a_proposal_is_withdrawn_with_a_reason(client: FlaskClient) -> None:
    _propose(client)
    head = _as("d.coordinator")
    assert client.post("/api/v1/products/call-1/withdraw", json={"reason": ""}, headers=head).status_code == 422
    client.post("/api/v1/products/call-1/withdraw", json={"reason": "wrong window"}, headers=head)
    told = client.get("/api/v1/products/call-1").json
    assert told["state"] == "withdrawn" and told["decided"]["comment"] == "wrong window"
    answer = client.post("/api/v1/products/call-1/approve", json={}, headers=_as("b.expert"))
    assert answer.status_code == 409


def test_bad_proposals_are_refused_and_nothing_is_written(client: FlaskClient, registry: Registry) -> None:
    _propose(client)
    before = world.now(registry)
    for change, status in (
        ({"name": "call-1"}, 422),
        ({"name": "a/b"}, 422),
        ({"name": "call-2", "rule": "nothing"}, 404),
        ({"name": "call-2", "dataset": "/No/Such"}, 404),
        ({"name": "call-2", "rule": None, "logic": {"==": [{"var": "run.oms.run_number"}, 1]}}, 422),
    ):
        answer = client.post("/api/v1/products", json={**PROPOSAL, **change}, headers=_as("d.coordinator"))
        assert answer.status_code == status, answer.text
    assert world.now(registry) == before


def test_a_dropped_file_is_recognised(client: FlaskClient, registry: Registry) -> None:
    _make(client, "call-1")
    body = client.get("/api/v1/products/call-1/list").data
    told = client.post("/api/v1/products/verify", data=body, content_type="application/json").json
    assert told["is_identical"] and told["sentence"] == "call-1: official."
    world.give(registry, world.TRACKER, PIXEL, [(6, 6)], "BAD")
    _make(client, "call-2")
    told = client.post("/api/v1/products/verify", data=body, content_type="application/json").json
    assert told["sentence"].startswith("call-1: official, superseded by call-2, differs in 1 run")
    assert told["differs_from_official"]["ls_added"] == 1
    other = json.dumps({"5": [[1, 2]]})
    told = client.post("/api/v1/products/verify", data=other, content_type="application/json").json
    assert not told["is_product"] and told["sentence"].startswith("No product; nearest is call-2")
    answer = client.post("/api/v1/products/verify", json={"run": "x"})
    assert answer.status_code == 422 and "“run” is no run." in answer.json["detail"]


def test_new_official_products_stand_in_both_feeds(client: FlaskClient) -> None:
    _make(client, "call-1")
    _make(client, "call-2")
    _propose(client, "call-3")
    feed = client.get("/api/v1/products.atom")
    atom = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring(feed.data)
    titles = [entry.findtext(f"{atom}title") for entry in root.findall(f"{atom}entry")]
    assert titles == ["call-2 (golden-2024)", "call-1 (golden-2024)"]
    assert root.findtext(f"{atom}updated") == root.findtext(f"{atom}entry/{atom}updated")
    told = client.get("/api/v1/products.json").json
    assert [item["_product"]["name"] for item in told["items"]] == ["call-2", "call-1"]
    again = client.get("/api/v1/products.atom", headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304


def test_a_feed_without_products_is_a_feed(client: FlaskClient) -> None:
    assert ElementTree.fromstring(client.get("/api/v1/products.atom").data).tag.endswith("feed")
    assert client.get("/api/v1/products.json").json["items"] == []


def test_an_operator_makes_all_products_again(client: FlaskClient, registry: Registry) -> None:
    _make(client, "call-1")
    world.give(registry, world.TRACKER, PIXEL, [(6, 6)], "BAD")
    _make(client, "call-2")
    runner = client.application.test_cli_runner()
    said = runner.invoke(args=["product", "rebuild", "--all"])
    assert said.exit_code == 0
    assert "2 of 2 products identical: 2 made again by their rules, 0 published outside" in said.output
    assert runner.invoke(args=["product", "rebuild", "call-1"]).exit_code == 0
    assert runner.invoke(args=["product", "rebuild", "call-9"]).exit_code == 1
    assert runner.invoke(args=["product", "rebuild"]).exit_code == 2
    with registry.database.writing() as connection:
        connection.execute(text("UPDATE product SET body = (SELECT body FROM product WHERE name = 'call-2')"))
    said = runner.invoke(args=["product", "rebuild", "--all"])
    assert said.exit_code == 1 and "1 of 2 products identical" in said.output


def test_an_operator_asks_what_a_file_is(client: FlaskClient, tmp_path: Path) -> None:
    _make(client, "call-1")
    runner, file = client.application.test_cli_runner(), tmp_path / "file.json"
    file.write_bytes(client.get("/api/v1/products/call-1/list").data)
    said = runner.invoke(args=["product", "verify", str(file)])
    assert (said.exit_code, said.output) == (0, "call-1: official.\n")
    file.write_text('{"5": [[1, 2]]}')
    assert runner.invoke(args=["product", "verify", str(file)]).exit_code == 1
    file.write_text("no list")
    assert runner.invoke(args=["product", "verify", str(file)]).exit_code == 2


def test_the_journal_is_verified_against_its_last_product(
    client: FlaskClient, registry: Registry, tmp_path: Path
) -> None:
    _make(client, "call-1")
    runner = client.application.test_cli_runner()
    said = runner.invoke(args=["journal", "verify"])
    assert said.exit_code == 0 and "it reaches its last product, call-1" in said.output
    kept = tmp_path / "manifest.json"
    kept.write_text(json.dumps(client.get("/api/v1/products/call-1").json))
    assert runner.invoke(args=["journal", "verify", "--manifest", str(kept)]).exit_code == 0
    with registry.database.writing() as connection:
        connection.execute(
            text("DELETE FROM journal WHERE sequence = :n"), {"n": world.sequence_of(connection)}
        )
    said = runner.invoke(args=["journal", "verify"])
    assert said.exit_code == 1 and "its tail was cut off" in said.output


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_every_command_of_an_operator_says_what_it_does(group: object) -> None:
    commands = getattr(group, "commands")  # noqa: B009 click's groups are typed as functions
    assert commands and all(command.help for command in commands.values())
