"""The difference of two golden lists by cause over HTTP."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.commands.documents import set_document
from model.registry import Registry
from tests.model import world
from tests.model.world import EXPERT, EXPRESS, PROMPT, RUN, TRACKER

DIFFERENCE = "/api/v1/golden-json/difference"
ASK = {"rule": "golden", "dataset": PROMPT, "against": "call-1"}
PIXEL = "tracker-pixel"


def ask(client: FlaskClient, **words: Any) -> Any:
    return client.get(DIFFERENCE, query_string={**ASK, **words})


def test_every_lumisection_is_told_once_with_who_when_and_why(client: FlaskClient) -> None:
    found = ask(client).get_json()
    (cause,) = found["causes"]
    assert (found["differing"], found["attributed"], found["lost"], found["gained"]) == (2, 1.0, 2, 0)
    assert found["change_invpb"] == pytest.approx(
        found["after"]["recorded_invpb"] - found["before"]["recorded_invpb"]
    )
    assert (cause["kind"], cause["words"], cause["comment"]) == (
        "decision",
        "tracker-pixel GOOD → BAD",
        "HV trip",
    )
    (block,) = cause["blocks"]
    assert (block["run_number"], block["first"], block["last"], block["change"]) == (RUN, 4, 5, -2)
    assert found["kinds"]["decision"]["lost"] == 2
    assert found["luminosity_source"] == "OMS"


def test_a_spreadsheet_gets_one_line_a_block_and_no_formula(client: FlaskClient, registry: Registry) -> None:
    world.give(registry, TRACKER, PIXEL, [(8, 8)], "BAD", comment='=HYPERLINK("http://evil")')
    answer = client.get(f"{DIFFERENCE}/csv", query_string=ASK)
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [(row["first"], row["last"], row["lumisections"], row["kind"]) for row in rows] == [
        ("4", "5", "-2", "decision"),
        ("8", "8", "-1", "decision"),
    ]
    assert rows[1]["comment"] == '\'=HYPERLINK("http://evil")'
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_list_from_outside_belongs_to_clauses_to_what_is_not_there_and_to_itself(
    client: FlaskClient, registry: Registry
) -> None:
    world.report_run(registry, RUN + 1)
    outside = {str(RUN): [[3, 12]], str(RUN + 1): [[1, 2]], "1": [[7, 7]]}
    with registry.writing() as tx:
        set_document(tx, "certification-list", "official", outside, EXPERT)
    found = ask(client, against="official").get_json()
    told = {(b["run_number"], b["first"], b["last"]): c for c in found["causes"] for b in c["blocks"]}
    assert {where: (cause["kind"], cause["words"]) for where, cause in told.items()} == {
        (1, 7, 7): ("absent", "in the registry: no such run"),
        (RUN, 1, 2): ("published", "every clause is passed; official does not have it"),
        (RUN, 4, 5): ("rule", "not passed: lumisection.rr.tracker-pixel = GOOD"),
        (RUN, 11, 12): ("absent", "in the registry: no such lumisection"),
        (RUN + 1, 1, 2): ("absent", f"in the registry: no dataset {PROMPT} of the run"),
    }
    assert (found["gained"], found["lost"], found["attributed"]) == (2, 7, 1.0)
    assert found["gained"] - found["lost"] == found["after"]["lumisections"] - found["before"]["lumisections"]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ({"against": "call-9"}, 404, "neither a sequence"),
        ({"against": "999999"}, 404, "has not reached"),
        ({"against": "now", "as_of": "call-1"}, 422, "ask the other way round"),
        ({"against_rule": "nothing"}, 404, "no rule nothing"),
        ({"against_dataset": "/Nothing"}, 404, "No dataset is named"),
        ({"against_several": "all"}, 422, "is no policy"),
        ({"against_null_policy": "maybe"}, 422, "is no null policy"),
        ({"dataset": "%", "against_several": "union"}, 409, "name one of them"),
        ({"against": "official", "against_rule": "golden"}, 422, "a list as it was made"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(
    client: FlaskClient, registry: Registry, words: dict[str, str], status: int, sentence: str
) -> None:
    with registry.writing() as tx:
        set_document(tx, "certification-list", "official", {}, EXPERT)
    answer = ask(client, **words)
    assert answer.status_code == status
    assert sentence in answer.get_json().get("detail", "")


def test_other_datasets_of_the_list_compared_with_are_a_cause(client: FlaskClient) -> None:
    found = ask(client, against="now", against_dataset=EXPRESS).get_json()
    assert {cause["words"] for cause in found["causes"]} == {f"datasets {EXPRESS} → {PROMPT}"}
