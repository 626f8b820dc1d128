"""What programs see: golden JSON, verdicts, runs, and refusals as sentences with a status."""

import hashlib
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import LOGIC, PIXEL
from tests.model.world import EXPRESS, PROMPT, RUN

ASK = {"rule": "golden", "dataset": PROMPT}
LIST = b'{"380001": [[1, 3], [6, 10]]}\n'
BEFORE = b'{"380001": [[1, 10]]}\n'
CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
READER = {"X-Run-Registry-User": "r.reader"}
GOLDEN = "/api/v1/golden-json"


def _sequence(client: FlaskClient) -> int:
    return int(client.get("/api/v1/version").get_json()["sequence"])


def _edit(**words: Any) -> dict[str, Any]:
    edit = {"run_number": RUN, "dataset": PROMPT, "columns": [PIXEL], "ranges": [[7, 8]], "status": "BAD"}
    return {**edit, "cause": "HV trip", **words}


def _give(client: FlaskClient, headers: dict[str, str] | None = None, **words: Any) -> Any:
    seen = words.pop("seen", None)
    body = {"edits": [_edit(**words)], "seen": _sequence(client) if seen is None else seen}
    return client.post("/api/v1/verdicts", json=body, headers=CERTIFIER if headers is None else headers)


def test_the_list_is_its_canonical_bytes(client: FlaskClient) -> None:
    found = client.get(GOLDEN, query_string=ASK)
    assert (found.status_code, found.data, found.mimetype) == (200, LIST, "application/json")
    assert client.post(GOLDEN, json=ASK).data == LIST
    assert client.post(GOLDEN, json={"logic": LOGIC, "dataset": PROMPT}).data == LIST


def test_a_list_is_kept_under_its_rule_its_sequence_and_its_digest(client: FlaskClient) -> None:
    found = client.get(GOLDEN, query_string=ASK)
    name = f"golden-d{_sequence(client)}-{hashlib.sha256(LIST).hexdigest()[:8]}.json"
    assert found.headers["Content-Disposition"] == f'inline; filename="{name}"'


def test_the_manifest_names_the_bytes_and_leads_back_to_them(client: FlaskClient) -> None:
    manifest = client.get(f"{GOLDEN}/manifest", query_string=ASK).get_json()
    assert manifest["sha256"] == hashlib.sha256(LIST).hexdigest()
    assert manifest["rule"]["name"] == "golden"
    assert (manifest["sequence"], manifest["luminosity_source"]) == (_sequence(client), "OMS")
    _give(client)
    assert client.get(GOLDEN, query_string=ASK).data != LIST
    again = {**ASK, "as_of": manifest["sequence"]}
    assert client.get(GOLDEN, query_string=again).data == LIST
    assert client.get(f"{GOLDEN}/manifest", query_string=again).get_json() == manifest
    given = client.post(f"{GOLDEN}/manifest", json={"logic": LOGIC, "dataset": PROMPT}).get_json()
    assert given["rule"]["version"] == 0


@pytest.mark.parametrize("null", ["bad", "good", "unknown"])
def test_a_null_policy_asked_for_stands_in_the_manifest(client: FlaskClient, null: str) -> None:
    asked = {**ASK, "null_policy": null}
    manifest = client.get(f"{GOLDEN}/manifest", query_string=asked).get_json()
    assert (manifest["null_policy"], manifest["rule"]["version"]) == (null, 1)
    assert client.post(f"{GOLDEN}/manifest", json=asked).get_json() == manifest
    assert hashlib.sha256(client.get(GOLDEN, query_string=asked).data).hexdigest() == manifest["sha256"]


def test_a_null_policy_that_does_not_exist_is_refused(client: FlaskClient) -> None:
    found = client.get(GOLDEN, query_string={**ASK, "null_policy": "maybe"})
    assert (found.status_code, found.get_json()["detail"][:27]) == (422, "“maybe” is no null policy; ")


@pytest.mark.parametrize("as_of", ["call-1", "8", "7"])
def test_a_list_as_of_a_place_is_what_it_was(client: FlaskClient, as_of: str) -> None:
    assert client.get(GOLDEN, query_string={**ASK, "as_of": as_of}).data == BEFORE


def test_an_unchanged_journal_answers_304_and_a_changed_one_does_not(client: FlaskClient) -> None:
    first = client.get("/api/v1/version")
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/version", headers=known).status_code == 304
    tag = {"If-None-Match": client.get(GOLDEN, query_string=ASK).headers["ETag"]}
    assert client.get(GOLDEN, query_string=ASK, headers=tag).status_code == 304
    assert _give(client).status_code == 200
    changed = client.get("/api/v1/version", headers=known)
    assert changed.status_code == 200
    assert changed.get_json()["sequence"] == first.get_json()["sequence"] + 1
    assert client.get(GOLDEN, query_string=ASK, headers=tag).status_code == 200


def test_a_verdict_is_given_read_back_and_taken_back(client: FlaskClient) -> None:
    where = f"/api/v1/runs/{RUN}/verdicts"
    before = client.get(where, query_string={"dataset": PROMPT}).get_json()
    given = _give(client, comment="half of layer 1").get_json()
    after = client.get(where, query_string={"dataset": PROMPT}).get_json()
    mine = [v for v in after["columns"][PIXEL] if v["first"] == 7]
    assert [(v["last"], v["status"], v["cause"], v["author"]) for v in mine] == [
        (8, "BAD", "HV trip", "t.certifier")
    ]
    then = client.get(where, query_string={"dataset": PROMPT, "as_of": before["sequence"]}).get_json()
    assert then == before
    undo = client.post(f"/api/v1/actions/{given['action']}/undo", headers=CERTIFIER)
    assert undo.get_json()["sequence"] == given["sequence"] + 1
    now = client.get(where, query_string={"dataset": PROMPT}).get_json()
    said = [[(v["first"], v["last"], v["status"]) for v in x["columns"][PIXEL]] for x in (before, now)]
    assert said[0] == said[1]


def test_a_run_is_shown_with_its_datasets_as_of_a_place(client: FlaskClient) -> None:
    run = client.get(f"/api/v1/runs/{RUN}").get_json()
    assert run["lumisections"] == {"count": 10, "ranges": [[1, 10]]}
    assert [d["name"] for d in run["datasets"]] == ["online", EXPRESS, PROMPT]
    early = client.get(f"/api/v1/runs/{RUN}", query_string={"as_of": 3}).get_json()
    assert [d["name"] for d in early["datasets"]] == ["online"]
    assert client.get("/api/v1/labels").get_json()["call-1"] > 3
    assert client.get("/api/v1/rules").get_json()["golden"]["version"] == 1


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({**ASK, "rule": "silver"}, 404, "There is no rule silver"),
        ({**ASK, "dataset": "/ReReco/%"}, 404, "No dataset is named /ReReco/%"),
        ({**ASK, "dataset": "/%"}, 409, "name one of them, or choose union or intersection"),
        ({**ASK, "several": "any"}, 422, "“any” is no policy"),
        ({**ASK, "as_of": "yesterday"}, 404, "neither a sequence, nor a time"),
        ({**ASK, "as_of": "2024-05-01T12:00:00"}, 422, "has no time zone"),
        ({**ASK, "as_of": "100000"}, 404, "has not reached"),
        ({"rule": "golden"}, 422, "dataset: Field required"),
    ],
)
def test_a_question_without_an_answer_is_refused_in_a_sentence(
    client: FlaskClient, asked: dict[str, str], status: int, sentence: str
) -> None:
    found = client.get(GOLDEN, query_string=asked)
    assert found.status_code == status
    assert sentence in found.get_json()["detail"]
    assert found.get_json()["detail"].endswith(".")


@pytest.mark.parametrize(
    ("headers", "words", "status", "sentence"),
    [
        (READER, {}, 403, "cms-dqm-runregistry-offline-tracker-certifiers"),
        ({"X-Run-Registry-User": "zorro"}, {}, 403, "zorro is no local user"),
        (CERTIFIER, {"columns": ["gem-gem"]}, 403, "in gem"),
        (CERTIFIER, {"run_number": 399999}, 404, "no run 399999"),
        (CERTIFIER, {"dataset": "/X"}, 404, "has no dataset /X"),
        (CERTIFIER, {"seen": 7, "ranges": [[4, 4]]}, 200, ""),
        (CERTIFIER, {"ranges": [[8, 7]]}, 422, "reversed"),
        (CERTIFIER, {"cause": ""}, 422, "BAD needs a cause"),
        (CERTIFIER, {"status": "FINE"}, 422, "“FINE” is no status"),
        (CERTIFIER, {"run_number": "many"}, 422, "edits.0.run_number"),
        (CERTIFIER, {"ranges": [[1, 2, 3]]}, 422, "edits.0.ranges"),
        (CERTIFIER, {"seen": "lately"}, 422, "seen"),
    ],
)
def test_an_edit_is_refused_with_a_status_and_a_sentence(
    client: FlaskClient, headers: dict[str, str], words: dict[str, Any], status: int, sentence: str
) -> None:
    before = _sequence(client)
    found = _give(client, headers, **words)
    assert found.status_code == status
    if status != 200:
        assert sentence in found.get_json()["detail"]
        assert _sequence(client) == before


def test_a_stale_edit_gets_both_sides(client: FlaskClient) -> None:
    seen = _sequence(client)
    _give(client)
    found = _give(client, {"X-Run-Registry-User": "d.coordinator"}, seen=seen, status="GOOD", ranges=[[8, 9]])
    assert (found.status_code, found.get_json()["code"]) == (409, "stale")
    (conflict,) = found.get_json()["conflicts"]
    assert (conflict["yours"], conflict["theirs"], conflict["by"]) == ("GOOD", "BAD", "t.certifier")
    assert conflict["ranges"] == [[8, 8]]


@pytest.mark.parametrize("body", ["[1, 2]", '"text"', "{", "null", "", "{}"])
@pytest.mark.parametrize("where", [GOLDEN, f"{GOLDEN}/manifest", "/api/v1/verdicts"])
def test_a_malformed_body_is_refused_and_breaks_nothing(client: FlaskClient, where: str, body: str) -> None:
    found = client.post(where, data=body, content_type="application/json", headers=CERTIFIER)
    assert found.status_code in (400, 415, 422)
    assert found.get_json()["detail"]


def test_a_logic_that_reads_what_does_not_exist_is_refused(client: FlaskClient) -> None:
    logic = json.loads(json.dumps(LOGIC).replace("tracker-pixel", "tracker-pixl"))
    found = client.post(GOLDEN, json={"logic": logic, "dataset": PROMPT})
    assert found.status_code == 422
    assert "did you mean" in found.get_json()["detail"]
    both = client.post(GOLDEN, json={"logic": logic, "rule": "golden", "dataset": PROMPT})
    assert both.status_code == 422


def test_a_write_from_a_foreign_page_is_refused(client: FlaskClient) -> None:
    before = _sequence(client)
    body = {"edits": [_edit()], "seen": before}
    found = client.post("/api/v1/verdicts", json=body, headers={**CERTIFIER, "Origin": "https://evil.example"})
    assert found.status_code == 403
    assert "evil.example is not this registry" in found.get_json()["detail"]
    assert _sequence(client) == before
    ours = client.post("/api/v1/verdicts", json=body, headers={**CERTIFIER, "Origin": "http://localhost"})
    assert ours.status_code == 200


def test_several_lists_are_made_in_one_pass_each_with_its_manifest(client: FlaskClient) -> None:
    asked = {"rules": ["golden", "golden"], "dataset": PROMPT}
    answer = client.post(f"{GOLDEN}/several", json=asked).get_json()
    assert list(answer) == ["golden"]
    alone = client.get(GOLDEN, query_string=ASK)
    assert answer["golden"]["list"] == alone.get_json()
    assert answer["golden"]["manifest"] == client.get(f"{GOLDEN}/manifest", query_string=ASK).get_json()
    assert client.post(f"{GOLDEN}/several", json={"rules": []}).status_code == 422
    assert client.post(f"{GOLDEN}/several", json={"rules": ["none"]}).status_code == 404


@pytest.mark.parametrize(
    ("within", "status", "says"),
    [
        ({"runs": "5-3"}, 422, "reversed"),
        ({"runs": "all"}, 422, "no range of runs"),
        ({"era": "1999A"}, 404, "era 1999A"),
        ({"cycle": "none"}, 404, "no cycle none"),
    ],
)
def test_a_list_within_nothing_says_why(client: FlaskClient, within: Any, status: int, says: str) -> None:
    answer = client.get(GOLDEN, query_string={**ASK, **within})
    assert answer.status_code == status
    assert says in answer.get_json()["detail"]
