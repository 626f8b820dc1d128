"""Golden lists by the published client: those of the golden engine, at once, with what is left out."""

import json
from types import ModuleType
from typing import Any

import pytest
import requests

from model.classic import golden
from model.registry import Registry
from tests.browser import small
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, TRACKER

PIXEL_GOOD = {"==": [{"var": "lumisection.rr.tracker-pixel"}, "GOOD"]}
OF_THREE = {
    "and": [
        PIXEL_GOOD,
        {">=": [{"var": "run.run_number"}, small.FIRST]},
        {"<=": [{"var": "run.run_number"}, small.FIRST + 2]},
    ]
}
RUNS = {str(number): [[1, last]] for number, last in enumerate(small.SIZES, small.FIRST)}
OF_PROMPT = {f"{run}-{PROMPT}": spans for run, spans in RUNS.items()}


def _generate(place: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = requests.post(f"{place}/json_portal/generate", json=body, timeout=20)
    return answer.status_code, answer.json()


def test_a_list_is_there_at_the_first_question(rr: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    # who waits would fail; how much is spent on one answer is a matter of the clock, and of another test
    monkeypatch.setattr(rr.time, "sleep", None)
    monkeypatch.setattr(golden, "TURN_S", 60.0)
    found = rr.create_json(OF_THREE, PROMPT)
    assert found["generated_json"] == RUNS
    assert found["generated_json_with_dataset_names"] == {
        f"{run}-{PROMPT}": spans for run, spans in RUNS.items()
    }
    assert found["json_logic"] == OF_THREE
    assert found["dataset_name_filter"] == PROMPT
    assert found["created_by"] == "api@api"
    assert found["official"] is False
    assert isinstance(found["runregistry_version"], str)
    assert found["recorded_luminosity_in_json"] == pytest.approx(sum(small.SIZES) / 10)
    assert found["delivered_luminosity_in_json"] == pytest.approx(sum(small.SIZES) * 0.11)


def test_what_is_left_out_is_listed_and_weighed(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(kept, TRACKER, "tracker-pixel", [(11, 20)], "BAD", run_number=a_run)
    logic = {"and": [PIXEL_GOOD, {"==": [{"var": "run.run_number"}, a_run]}]}
    found = rr.create_json(logic, PROMPT)
    assert found["generated_json"] == {str(a_run): [[1, 10], [21, 100]]}
    assert found["generated_anti_json"][str(a_run)] == [[11, 20]]
    assert found["rules_flagged_false_quantity_luminosity"]
    total = found["total_recorded_luminosity"]
    assert total == pytest.approx(
        found["recorded_luminosity_in_json"] + found["total_recorded_luminosity_lost"]
    )


def test_names_are_chosen_as_similar_to_does(rr: ModuleType) -> None:
    both = {f"{run}-{name}" for run in RUNS for name in (EXPRESS, PROMPT)}
    for names in ("/%/DQM", "/(Express|PromptReco)/Collisions2024(C|)/DQM", "/(Express|PromptReco)/%202_%DQM"):
        found = rr.create_json(OF_THREE, names)
        assert set(found["generated_json_with_dataset_names"]) == both, names
        assert found["generated_json"] == RUNS, names


def test_two_datasets_of_a_run_give_each_lumisection_once(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(kept, TRACKER, "tracker-pixel", [(1, 60)], "BAD", run_number=a_run)
    world.give(kept, TRACKER, "tracker-pixel", [(50, 100)], "BAD", run_number=a_run, dataset=EXPRESS)
    logic = {"and": [PIXEL_GOOD, {"==": [{"var": "run.run_number"}, a_run]}]}
    found = rr.create_json(logic, "/%")
    assert found["generated_json"] == {str(a_run): [[1, 49], [61, 100]]}
    assert found["generated_json_with_dataset_names"] == {
        f"{a_run}-{EXPRESS}": [[1, 49]],
        f"{a_run}-{PROMPT}": [[61, 100]],
    }


def test_the_older_call_waits_for_the_same_list(place: str) -> None:
    logic = {"and": [{"==": [{"var": "dataset.name"}, PROMPT]}, OF_THREE]}
    body = {"json_logic": json.dumps(logic)}
    found = requests.post(f"{place}/json_creation/generate", json=body, timeout=20).json()
    assert found["final_json"] == RUNS
    assert found["final_json_with_dataset_names"] == OF_PROMPT
    assert found["dataset_in_run_in_json"] == {run: [PROMPT] for run in RUNS}


@pytest.mark.parametrize(
    ("logic", "names", "status", "words"),
    [
        ("{", PROMPT, 422, "json_logic is no JSON"),
        ('{"==": [{"var": "lumisection.rr.dt_dt"}, "GOOD"]}', PROMPT, 422, "dt_dt"),
        (_ := '{"==": [1, 1]}', "/Nothing/DQM", 404, "No dataset is named like /Nothing/DQM"),
        (_, "", 422, "1 to 500 characters"),
        (_, "/(A", 422, "is no filter of dataset names"),
        (_, 5, 422, "dataset_name_filter must be a text"),
        ({"==": [1, 1]}, PROMPT, 422, "json_logic must be a text"),
        ("[" * 5_000, PROMPT, 422, "json_logic is no JSON"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused_at_once(
    place: str, logic: Any, names: Any, status: int, words: str
) -> None:
    found, body = _generate(place, json_logic=logic, dataset_name_filter=names)
    assert (found, list(body)) == (status, ["err"])
    assert words in body["err"]


@pytest.mark.parametrize("ticket", ["", "1", "AAAA", "x" * 600_000, "eJyLjgUAARUAuQ=="])
def test_an_id_that_was_never_given_out_is_not_found(place: str, ticket: str) -> None:
    answer = requests.post(f"{place}/json_portal/json", json={"id_json": ticket}, timeout=20)
    assert answer.status_code == 404
    assert "No JSON was asked for under this id" in answer.json()["err"]
