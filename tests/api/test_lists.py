"""The algebra of lists as programs ask for it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.products.reading import read
from model.registry import Registry
from tests.model import product_world as made
from tests.model.world import RUN

A = {str(RUN): [[1, 4]], "380002": [[1, 5]]}
B = {str(RUN): [[3, 9]]}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("and", f'{{"{RUN}": [[3, 4]]}}\n'),
        ("or", f'{{"{RUN}": [[1, 9]], "380002": [[1, 5]]}}\n'),
        ("minus", f'{{"{RUN}": [[1, 2]], "380002": [[1, 5]]}}\n'),
    ],
)
def test_two_lists_are_joined_into_canonical_bytes(client: FlaskClient, name: str, said: str) -> None:
    answer = client.post(f"/api/v1/lists/{name}", json={"a": A, "b": B})
    assert (answer.status_code, answer.text) == (200, said)


def test_a_list_is_cut_to_runs(client: FlaskClient) -> None:
    answer = client.post("/api/v1/lists/filter", json={"a": A, "first_run": 380002})
    assert answer.text == '{"380002": [[1, 5]]}\n'
    assert client.post("/api/v1/lists/filter", json={"a": A, "first_run": 9, "last_run": 5}).status_code == 422


def test_a_comparison_has_counts_luminosity_and_blocks(client: FlaskClient) -> None:
    told = client.post("/api/v1/lists/compare", json={"a": A, "b": B}).json
    counts = {
        name: told[name] for name in ("ls_added", "ls_removed", "runs_added", "runs_removed", "runs_changed")
    }
    assert counts == {"ls_added": 5, "ls_removed": 7, "runs_added": 0, "runs_removed": 1, "runs_changed": 1}
    assert told["recorded_invpb"] == pytest.approx(0.5 - 0.2) and told["source"] == "OMS"
    assert (told["gained_invpb"], told["lost_invpb"]) == (pytest.approx(0.5), pytest.approx(0.2))
    assert told["ls_without_luminosity"] == 5
    assert told["runs"] == {"added": [], "removed": [380002], "changed": [RUN]}
    assert told["blocks"][0] == {
        "run_number": RUN,
        "first": 1,
        "last": 2,
        "is_added": False,
        "recorded_invpb": pytest.approx(0.2),
    }


def test_a_product_is_a_side_by_its_name(client: FlaskClient, registry: Registry) -> None:
    made.make(registry, "call-1")
    told = client.post("/api/v1/lists/compare", json={"a": "call-1", "b": B}).json
    assert (told["ls_added"], told["ls_removed"]) == (2, 3)
    both = client.post("/api/v1/lists/and", json={"a": B, "b": "call-1"})
    assert both.text == f'{{"{RUN}": [[3, 3], [6, 9]]}}\n'
    assert client.post("/api/v1/lists/or", json={"a": "call-9", "b": B}).status_code == 404


def test_ranges_out_of_order_are_noted(client: FlaskClient) -> None:
    told = client.post("/api/v1/lists/compare", json={"a": A, "b": {"5": [[7, 8], [1, 2]]}}).json
    assert told["notes"] == ["b: The ranges of run 5 are not in order; they were read as if they were."]


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"a": A}, 422, "b"),
        ({"a": A, "b": {"run": "x"}}, 422, "b: “run” is no run."),
        ({"a": {}, "b": A}, 422, "a: This list is empty"),
        ({"a": A, "b": {"5": [[1, 9], [3, 4]]}}, 422, "lists lumisection 3–4 twice"),
        ({"a": A, "b": [1]}, 422, "b"),
        ({"a": A, "b": B, "source": "OMS,legacy"}, 422, "never added up"),
        ({"a": A, "b": B, "source": "legacy"}, 404, "There is no luminosity of legacy; there is of OMS."),
        ({"a": A, "b": B, "as_of": "never"}, 404, "neither a sequence"),
    ],
)
def test_what_is_no_question_is_refused(
    client: FlaskClient, body: dict[str, Any], status: int, sentence: str
) -> None:
    answer = client.post("/api/v1/lists/compare", json=body)
    assert answer.status_code == status and sentence in answer.json["detail"]


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ('{"a": {"5": [[1, NaN]]}, "b": {"5": [[1, 2]]}}', 422, "NaN is no number"),
        ('{"a": {"5": [[1, 2]], "5": [[3, 4]]}, "b": {"5": [[1, 2]]}}', 422, "appears twice"),
        ('{"a": ' + "[" * 5_000, 422, "nested too deep"),
        ('{"a": {"5": [' + "[1, 2]," * 1_700_000, 413, "longer than 4,194,304 bytes"),
    ],
    ids=["NaN", "twice", "deep", "long"],
)
def test_hostile_bodies_are_refused(client: FlaskClient, text: str, status: int, sentence: str) -> None:
    answer = client.post("/api/v1/lists/or", data=text, content_type="application/json")
    assert answer.status_code == status and sentence in answer.json["detail"]


def test_what_is_answered_can_be_asked_again(client: FlaskClient) -> None:
    first = client.post("/api/v1/lists/or", json={"a": A, "b": B})
    again = client.post("/api/v1/lists/and", json={"a": json.loads(first.text), "b": A})
    assert read(again.data).lists == read(json.dumps(A)).lists
