"""Whatever goes wrong on the client's paths is a status with `err`, a sentence; nothing is written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from model.registry import Registry
from tests.browser import small
from tests.model import world

RUNS, DATASETS = "/runs_filtered_ordered", "/datasets_filtered_ordered"
JOINT = "/lumisections/joint_lumisection_ranges"
CLASS = "rr_attributes.class"
JSON = {"Content-type": "application/json"}
NUMBER = {"run_number": small.FIRST}


@pytest.fixture(autouse=True)
def nothing_written(kept: Registry) -> Iterator[None]:
    """Compare the journal before and after."""
    before = world.now(kept)
    yield
    assert world.now(kept) == before


def _ask(url: str, body: Any = None, method: str = "POST", **headers: str) -> tuple[int, str]:
    data = body if isinstance(body, str | bytes) else None if body is None else json.dumps(body)
    answer = requests.request(method, url, data=data, headers={**JSON, **headers}, timeout=30)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8", answer.text[:200]
    found = answer.json()
    assert found["err"]
    return answer.status_code, found["err"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ('{"page": ', 400, "is not JSON"),
        (b'{"page": "\xff"}', 400, "is not UTF-8"),
        ("[]", 422, "must be a JSON object"),
        ("null", 422, "must be a JSON object"),
        ('{"page": 0, "page": 1}', 422, "appears twice"),
        ('{"page": NaN}', 422, "NaN is no number"),
        ({"page": -1}, 422, "page must be a whole number from 0"),
        ({"page": "0"}, 422, "page must be a whole number"),
        ({"page": True}, 422, "page must be a whole number"),
        ({"page": 10**12}, 422, "page must be a whole number"),
        ({"page_size": 0}, 422, "page_size must be a whole number from 1 to 1,000"),
        ({"page_size": 10**9}, 422, "page_size must be a whole number from 1 to 1,000"),
        ({"page_size": None}, 422, "page_size must be a whole number"),
        ({"filter": []}, 422, "a list is no filter"),
        ({"filter": None}, 422, "null is no filter"),
        ({"filters": {}}, 422, "“filters”, which nothing is asked with"),
        ({"filter": {"nonexistent_column": 1}}, 422, "nonexistent_column is no column of"),
        ({"filter": {"run_number; DROP TABLE journal": 1}}, 422, "is nothing that can be filtered by"),
        ({"filter": {"oms_attributes.a'b": 1}}, 422, "is nothing that can be filtered by"),
        ({"filter": {"nothing.energy": 1}}, 422, "nothing.energy is no column of"),
        ({"filter": {"run_number": {"~": 1}}}, 422, "“~” is no way to compare"),
        ({"filter": {"run_number": {"=": {"=": 1}}}}, 422, "an object is no value"),
        ({"filter": {"run_number": [1, [2]]}}, 422, "a list is no value"),
        ({"filter": {"run_number": "now"}}, 422, "cannot be compared with “now”"),
        ({"filter": {"run_number": True}}, 422, "cannot be compared with true"),
        ({"filter": {"run_number": {">": None}}}, 422, "> cannot compare with null"),
        ({"filter": {"run_number": {"in": [1]}}}, 422, "“in” is no way to compare"),
        ({"filter": {"run_number": [1, None]}}, 422, "a list cannot hold null"),
        ({"filter": {CLASS: {"like": 5}}}, 422, "like cannot compare with “5”"),
        ({"filter": {CLASS: {"like": "a\\"}}}, 422, "ends with a backslash"),
        ({"filter": {CLASS: "x" * 3_000}}, 422, "at most 2,000 characters"),
        ({"filter": {"and": {}}}, 422, "and needs a list, not an object"),
        ({"filter": {"or": [5]}}, 422, "“5” is no filter"),
        ({"filter": {"run_number": list(range(20_001))}}, 422, "at most 20,000 values"),
        (
            {"filter": {"and": [{CLASS: {"like": f"{n}"}} for n in range(201)]}},
            422,
            "200 condit",
        ),
        ({"sortings": {}}, 422, "sortings must be a list"),
        ({"sortings": ["run_number"]}, 422, "A sorting is a pair"),
        ({"sortings": [["run_number", "up"]]}, 422, "“up” is no direction"),
        ({"sortings": [["nothing", "ASC"]]}, 422, "nothing is no column"),
        ({"sortings": [["run_number", "ASC"]] * 11}, 422, "at most 10"),
    ],
)
def test_a_page_that_makes_no_sense_is_refused(place: str, body: Any, status: int, words: str) -> None:
    for path in (RUNS, DATASETS):
        found, sentence = _ask(f"{place}{path}", body)
        assert (found, words in sentence) == (status, True), sentence


@pytest.mark.parametrize(
    "deep",
    ['{"and":[' * 101 + "{}" + "]}" * 101, '{"run_number":' + '{"or":[' * 101 + "1" + "]}" * 101 + "}"],
)
def test_a_filter_that_is_nested_too_deep_is_refused(place: str, deep: str) -> None:
    status, sentence = _ask(f"{place}{RUNS}", f'{{"filter": {deep}}}')
    assert (status, sentence) == (422, "A filter is nested at most 100 deep.")


def test_a_bomb_of_brackets_is_refused(place: str) -> None:
    status, sentence = _ask(f"{place}{RUNS}", '{"filter": ' + '{"and":[' * 50_000)
    assert (status, "nested too deep" in sentence) == (422, True)


def test_a_filter_of_ten_megabytes_is_refused(place: str) -> None:
    body = {"filter": {CLASS: ["x" * 1_000] * 10_000}}
    status, sentence = _ask(f"{place}{RUNS}", body)
    assert (status, sentence) == (413, "The body is longer than 1,048,576 bytes.")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "The body has no run_number"),
        ({"run_number": None}, "run_number must be a whole number"),
        ({"run_number": "380001"}, "run_number must be a whole number"),
        ({"run_number": 1.5}, "run_number must be a whole number"),
        ({"run_number": -1}, "run_number must be a whole number"),
        ({"run_number": 10**12}, "run_number must be a whole number"),
        ({**NUMBER, "dataset_name": 5}, "dataset_name must be a text"),
        ({**NUMBER, "dataset": "online"}, "“dataset”, which nothing is asked with"),
    ],
)
def test_lumisections_of_nothing_that_can_be_named_are_refused(place: str, body: Any, words: str) -> None:
    status, sentence = _ask(f"{place}{JOINT}", body)
    assert (status, words in sentence) == (422, True), sentence


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/runs/mark_significant", {"run_number": None}, 422, "run_number must be a whole number"),
        ("POST", "/runs/mark_significant", None, 422, "The body has no run_number"),
        ("POST", "/runs/mark_significant", {"run_number": 399_999}, 404, "no run 399999"),
        ("POST", "/runs/move_run/OPEN/ELSEWHERE", NUMBER, 422, "“ELSEWHERE” is no state of a run"),
        ("POST", "/runs/refresh_run/nothing", None, 422, "“nothing” is no run number"),
        ("POST", "/runs/refresh_run/399999", None, 404, "no run 399999"),
        ("POST", f"/runs/refresh_run/{small.FIRST}", {"x": 1}, 422, "which nothing is asked with"),
        ("PUT", f"/manual_run_edit/{small.FIRST}/class", {"class": 5}, 422, "class must be a text"),
        ("PUT", f"/manual_run_edit/{small.FIRST}/class", {}, 422, "The body has no class"),
        ("PUT", "/lumisections/edit_rr_lumisections", {}, 422, "no new_lumisection_range"),
        ("GET", "/get_all_dataset_names_of_run/nothing", None, 422, "“nothing” is no run number"),
        ("GET", RUNS, None, 405, "Method Not Allowed"),
        ("PUT", RUNS, {}, 405, "Method Not Allowed"),
        ("POST", "/cycles/global", {}, 405, "Method Not Allowed"),
        ("GET", "/runs/move_run/OPEN/SIGNOFF", None, 405, "Method Not Allowed"),
        ("POST", "/json_portal/generate", {"json_logic": "{}"}, 422, "no dataset_name_filter"),
    ],
)
def test_what_no_path_can_take_is_refused(
    place: str, method: str, path: str, body: Any, status: int, words: str
) -> None:
    headers = {"X-Run-Registry-User": "b.expert"}
    found, sentence = _ask(f"{place}{path}", body, method, **headers)
    assert (found, words in sentence) == (status, True), sentence


def test_a_move_of_a_dataset_says_one_workspace(place: str) -> None:
    body = {**NUMBER, "dataset_name": world.PROMPT, "workspace": "dt"}
    status, sentence = _ask(f"{place}/datasets/tracker/move_dataset/OPEN/SIGNOFF", body)
    assert (status, "another workspace" in sentence) == (422, True)


def test_a_body_that_is_not_called_json_is_refused(place: str) -> None:
    status, sentence = _ask(f"{place}{RUNS}", "page=0", **{"Content-type": "text/plain"})
    assert (status, "must be JSON" in sentence) == (415, True)


def test_another_site_may_not_write(place: str) -> None:
    answer = requests.post(
        f"{place}/runs/refresh_run/{small.FIRST}", headers={"Origin": "http://elsewhere.example"}, timeout=20
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_under_api_every_other_path_is_nowhere(origin: str, method: str) -> None:
    answer = requests.request(method, f"{origin}/api/runs_filtered", json={}, timeout=20)
    assert (answer.status_code, answer.json()["err"]) == (404, "There is nothing at /api/runs_filtered.")


@pytest.mark.parametrize("page", ["/runs", "/cycles", "/datasets", f"/runs/{small.FIRST}", "/"])
def test_pages_of_nearly_the_same_name_are_pages(origin: str, page: str) -> None:
    answer = requests.get(f"{origin}{page}", timeout=20)
    assert (answer.status_code, "<title>Run Registry</title>" in answer.text) == (200, True)


def test_paths_of_version_1_keep_their_own_refusals(origin: str) -> None:
    answer = requests.get(f"{origin}/api/v1/nothing", timeout=20)
    assert (answer.status_code, "err" in answer.json()) == (404, False)
