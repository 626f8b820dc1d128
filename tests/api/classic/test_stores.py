"""The client's paths answer the same on both stores, and tell anew what has changed."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.accepted import Accepted
from model.classic import golden
from model.commands.accepted import set_accepted
from model.commands.cycles import create_cycle
from model.registry import Registry
from model.vocabulary import ONLINE
from tests.api.conftest import LOGIC, PIXEL
from tests.model import world
from tests.model.world import DC, EXPERT, EXPRESS, PROMPT, RUN

HEADERS = {"email": "api@api"}


def _ask(client: FlaskClient, path: str, body: Any = None, method: str = "POST") -> Any:
    answer = client.open(path, method=method, json=body, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def _dataset(client: FlaskClient, name: str = PROMPT) -> Any:
    found = _ask(client, "/datasets_filtered_ordered", {"filter": {"name": name, "run_number": RUN}})
    assert found["count"] == found["pages"] == 1
    return found["datasets"][0]


def test_lists_of_datasets_are_read(client: FlaskClient, registry: Registry) -> None:
    with registry.writing() as tx:
        create_cycle(tx, "week 20", "2024-05-24", [(RUN, PROMPT), (RUN, EXPRESS)], DC)
    with registry.writing() as tx:
        row = Accepted(PROMPT, ("/a/.*", "/b/.*"), RUN, RUN, "Collisions24")
        set_accepted(tx, PROMPT, [row], EXPERT, seen=tx.head.sequence)
    (cycle,) = _ask(client, "/cycles/global", method="GET")
    assert [each["name"] for each in cycle["datasets"]] == [EXPRESS, PROMPT]
    rows = _ask(client, "/datasets_accepted", method="GET")
    assert [(each["id"], each["regexp"]) for each in rows] == [(1, "/a/.*"), (2, "/b/.*")]
    assert _ask(client, f"/get_all_dataset_names_of_run/{RUN}", method="GET") == [ONLINE, EXPRESS, PROMPT]


def test_what_changes_is_told_anew(client: FlaskClient, registry: Registry) -> None:
    assert _dataset(client)["DatasetTripletCache"]["triplet_summary"][PIXEL]["BAD"] == 2
    before = _dataset(client, EXPRESS)
    body = {
        "new_lumisection_range": {"start": 6, "end": 6, "status": "BAD", "comment": "a test", "cause": ""},
        "run_number": RUN,
        "dataset_name": PROMPT,
        "component": PIXEL,
    }
    _ask(client, "/lumisections/edit_rr_lumisections", body, "PUT")
    assert _dataset(client)["DatasetTripletCache"]["triplet_summary"][PIXEL] == {
        "GOOD": 7,
        "BAD": 3,
        "EMPTY": 0,
        "causes": ["HV trip"],
        "comments": ["a test"],
    }
    assert _dataset(client, EXPRESS) == {**before, "version": world.now(registry)}


def test_a_golden_list_is_made_name_by_name(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = {"json_logic": json.dumps(LOGIC), "dataset_name_filter": "/%"}
    ticket = {"id_json": _ask(client, "/json_portal/generate", wish)["id"]}
    monkeypatch.setattr(golden, "TURN_S", -1.0)
    answer = client.post("/json_portal/json", json=ticket, headers=HEADERS)
    assert (answer.status_code, answer.get_json()) == (202, {"progress": 0.5})
    monkeypatch.setattr(golden, "TURN_S", 60.0)
    found = _ask(client, "/json_portal/json", ticket)["final_json"]
    assert found["generated_json"] == {str(RUN): [[1, 3], [6, 10]]}
    assert found["generated_anti_json_with_dataset_names"] == {
        f"{RUN}-{EXPRESS}": [[1, 10]],
        f"{RUN}-{PROMPT}": [[4, 5]],
    }
    assert found["total_recorded_luminosity_from_run_range"] == pytest.approx(1)


def test_a_ticket_is_about_the_registry_as_it_was(client: FlaskClient, registry: Registry) -> None:
    wish = {"json_logic": json.dumps(LOGIC), "dataset_name_filter": PROMPT}
    ticket = {"id_json": _ask(client, "/json_portal/generate", wish)["id"]}
    world.give(registry, world.TRACKER, PIXEL, [(1, 10)], "BAD")
    assert _ask(client, "/json_portal/json", ticket)["final_json"]["generated_json"] == {
        str(RUN): [[1, 3], [6, 10]]
    }
