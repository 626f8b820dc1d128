"""A sitting is answered blind: no answer of the server tells what a person decided before it is compared."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from dash import no_update
from flask import Flask
from flask.testing import FlaskClient

from callbacks.training_page import (
    begin_sitting,
    fill_practice,
    fill_result,
    fill_training,
    open_practice_strip,
    remove,
    share,
    tell_practice_cell,
)
from identity.here import HEADER
from model.commands.datasets import move_dataset
from model.registry import Registry
from model.vocabulary import ONLINE
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import parts, words
from tests.model import world

SECRET = "a tripped power supply"
WHO = world.READER.name
PRACTICE, RESULT = "/training/practice", "/training/result"
#: nothing but a person's word tells these
HIDDEN = (SECRET, world.TRACKER.name, "HV trip")


@pytest.fixture(autouse=True)
def _opened(triggered_by: Callable[..., None]) -> None:
    triggered_by("shell-address.pathname")


@pytest.fixture
def signed(small_registry: Registry) -> Registry:
    """Let the certifier find something in the first run, and sign both off."""
    said = ("BAD", "HV trip", SECRET)
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(4, 9)], *said, run_number=FIRST)
    for run_number in (FIRST, FIRST + 1):
        with small_registry.writing() as tx:
            move_dataset(tx, run_number, PROMPT, "tracker", ("OPEN", "SIGNOFF"), world.EXPERT)
    return small_registry


def drawn(registry: Registry) -> str:
    return f"tracker-prompt-30d-10-1-{world.now(registry)}"


def answer(status: str = "GOOD", columns: tuple[str, ...] = ("tracker-pixel",), **but: Any) -> dict[str, Any]:
    cells = [{"run_number": FIRST, "dataset": PROMPT, "columns": list(columns), "ranges": []}]
    said = {"key": "k", "seen": 0, "status": status, "cause": "", "comment": "", "only_open": False}
    return {**said, "cells": cells, "within": None, **but}


def asked_of_dash(
    client: FlaskClient, output: str, inputs: dict[str, Any], state: dict[str, Any] | None = None
) -> str:
    """Ask a callback as the browser does; return the raw answer."""
    known = client.get("/_dash-dependencies").json
    (told,) = [one for one in known if one["output"] == output]
    outputs = [part.rsplit(".", 1) for part in output.strip(".").split("...")]
    given = {**inputs, **(state or {})}
    named = [
        [{**part, "value": given.get(f"{part['id']}.{part['property']}")} for part in told[kind]]
        for kind in ("inputs", "state")
    ]
    drawn_by = [{"id": name, "property": prop} for name, prop in outputs]
    body = {
        "output": output,
        "outputs": drawn_by if output.startswith("..") else drawn_by[0],
        "inputs": named[0],
        "state": named[1],
        "changedPropIds": list(inputs),
    }
    found = client.post("/_dash-update-component", json=body, headers={HEADER: WHO})
    assert found.status_code == 200, found.text
    return found.get_data(as_text=True)


def browsers(server: Flask, sitting: str) -> list[str]:
    """Return every raw answer that a browser gets while a sitting is answered: rows, strip, why, answers."""
    client = server.test_client()
    here = {"shell-address.pathname": PRACTICE, "shell-address.search": f"?sitting={sitting}"}
    parts_of_grid = ("grid.columnDefs", "grid.rowData", "head.children", "grid-question.data")
    grid = f"..{'...'.join(f'training-{part}' for part in parts_of_grid)}.."
    where = {"run_number": FIRST, "dataset": PROMPT}
    beside = {"sitting": sitting, "answers": [answer("GOOD")]}
    asks = [{"strip": where, **beside}, {"why": {**where, "column": "tracker-pixel"}, **beside}]
    outputs = [one["output"] for one in client.get("/_dash-dependencies").json]
    strip = "training-grid-strip.children"
    (why,) = [
        one["output"]
        for one in client.get("/_dash-dependencies").json
        if any(part["id"] == "training-grid-asked" for part in one["inputs"]) and one["output"] != strip
    ]
    assert grid in outputs
    body = {"sitting": sitting, "edits": [answer("GOOD"), answer("STANDBY", ("tracker-track",))]}
    api = client.post("/api/v1/training/answers", json=body, headers={HEADER: WHO})
    assert api.status_code == 200, api.text
    return [
        asked_of_dash(client, grid, here),
        asked_of_dash(client, strip, {"training-grid-asked.data": asks[0]}),
        asked_of_dash(client, why, {"training-grid-asked.data": asks[1]}),
        api.get_data(as_text=True),
    ]


def test_no_answer_tells_what_a_person_decided_before_it_is_compared(server: Flask, signed: Registry) -> None:
    told = browsers(server, drawn(signed))
    assert [[word for word in HIDDEN if word in each] for each in told] == [[]] * len(told)
    assert told[0].count('"s":"OPEN"') == 2
    assert '"c":"g;g;g"' in told[0].replace(" ", "")
    assert "tracker-pixel" in told[1]
    assert "rule" in told[2]


def test_the_answers_to_a_real_shift_do_tell_it(server: Flask, signed: Registry) -> None:
    client = server.test_client()
    grid = client.get("/api/v1/grid?workspace=tracker", headers={HEADER: WHO}).get_data(as_text=True)
    cell = client.get(f"/api/v1/runs/{FIRST}/verdicts?dataset={PROMPT}", headers={HEADER: WHO})
    assert '"s":"SIGNOFF"' in grid
    assert "B10*|1x3,2x6,1x51" in grid
    assert all(word in cell.text for word in HIDDEN)


def test_whoever_may_certify_nothing_may_train(asking: Asking, signed: Registry) -> None:
    with asking(WHO):
        _, rows, head, asked = fill_practice(PRACTICE, f"?sitting={drawn(signed)}", None, None)
    assert [row["r"] for row in rows] == [FIRST + 1, FIRST]
    assert {row["s"] for row in rows} == {"OPEN"}
    assert "2 of 2 datasets" in words(head)
    assert asked["editable"] == [True] * 3
    assert "only statuses" in asked["may_not"]["hide"]


@pytest.mark.parametrize(
    ("sitting", "said"),
    [
        ("", "is no sitting"),
        ("tracker-prompt-30d-10-1-999999", "has not reached"),
        ("nobody-prompt-30d-10-1-5", "no workspace nobody"),
        ("tracker-prompt-30d-99-1-5", "1 to 30 datasets"),
        ("muon-prompt-30d-10-1-5", "signed off in muon"),
    ],
)
def test_an_address_that_draws_nothing_says_why(
    asking: Asking, signed: Registry, sitting: str, said: str
) -> None:
    with asking(WHO):
        _, rows, head, asked = fill_practice(PRACTICE, f"?sitting={sitting}", None, None)
    assert (rows, asked) == ([], None)
    assert said in words(head)


def test_a_sitting_is_drawn_or_the_form_says_why_not(asking: Asking, signed: Registry) -> None:
    with asking(WHO):
        address, refusal = begin_sitting(1, "tracker", "prompt", 30, 10, 7, "")
        assert address == f"/training/practice?sitting=tracker-prompt-30d-10-7-{world.now(signed)}"
        assert refusal is None
        any_draw, _ = begin_sitting(1, "tracker", "prompt", 30, 10, None, "")
        assert re.fullmatch(r".*tracker-prompt-30d-10-\d{1,4}-\d+", any_draw)
        for given, said in (
            (("muon", "prompt", 30, 10, 7), "signed off in muon"),
            (("tracker", "express", 30, 10, 7), "No express dataset"),
            (("tracker", "prompt", None, 10, 7), "1 to 3650 days"),
            (("tracker", "prompt", 30, 99, 7), "1 to 30 datasets"),
            ((None, "prompt", 30, 10, 7), "no workspace"),
            (("tracker", "later", 30, 10, 7), "no stage"),
            (("tracker", "prompt", 30, 1.5, 7), "whole numbers"),
        ):
            address, refusal = begin_sitting(1, *given, "")
            assert address is no_update
            assert said in words(refusal)
        assert begin_sitting(0, "tracker", "prompt", 30, 10, 7, "") == (no_update, no_update)


def compare(server: Flask, sitting: str, *answers: dict[str, Any], who: str = WHO) -> Any:
    body = {"sitting": sitting, "answers": list(answers)}
    return server.test_client().post("/api/v1/training/sittings", json=body, headers={HEADER: who})


def test_a_compared_sitting_tells_the_decision_with_its_author_and_reason(
    server: Flask, asking: Asking, signed: Registry
) -> None:
    sitting = drawn(signed)
    name = compare(server, sitting, answer("GOOD")).json["name"]
    with asking(WHO):
        shown = fill_result(RESULT, f"?sitting={name}", None)
        _, _, head, asked = fill_practice(PRACTICE, f"?sitting={sitting}", None, None)
        _, chosen, sittings = fill_training("/training", "", None, None)
    for word in (SECRET, world.TRACKER.name, "HV trip", "4–9", "GOOD where it was not", "0.6", "OMS"):
        assert word in words(shown), word
    assert "compared this sitting" in words(head)
    assert asked["editable"] == [False] * 3
    assert chosen == "tracker"
    links = [getattr(part, "href", None) or "" for part in parts(shown)]
    assert ["ls=4-9&column=tracker-pixel" in link for link in links].count(True) == 1
    assert "tracker · prompt" in words(sittings)
    with asking("b.expert"):
        assert "no sitting" in words(fill_result(RESULT, f"?sitting={name}", None))
        assert "No sitting yet" in words(fill_training("/training", "", None, None)[2])


def test_the_next_sitting_is_of_the_workspace_of_the_last(
    server: Flask, asking: Asking, signed: Registry
) -> None:
    with signed.writing() as tx:
        move_dataset(tx, FIRST, PROMPT, "hcal", ("OPEN", "SIGNOFF"), world.EXPERT)
    with asking(WHO):
        assert fill_training("/training", "", None, None)[1] == "tracker"
    sitting = drawn(signed).replace("tracker", "hcal")
    assert compare(server, sitting, answer("GOOD", ("hcal-hcal",))).json["name"]
    with asking(WHO):
        assert fill_training("/training", "", None, None)[1] == "hcal"


def test_a_sitting_that_was_opened_again_since_says_so(server: Flask, asking: Asking, signed: Registry) -> None:
    name = compare(server, drawn(signed), answer("GOOD")).json["name"]
    with signed.writing() as tx:
        move_dataset(tx, FIRST, PROMPT, "tracker", ("SIGNOFF", "OPEN"), world.EXPERT, comment="once more")
    with asking(WHO):
        shown = words(fill_result(RESULT, f"?sitting={name}", None))
    assert f"Run {FIRST} {PROMPT} is OPEN again" in shown
    assert SECRET in shown


def test_a_sitting_is_shared_and_removed_by_its_owner(server: Flask, asking: Asking, signed: Registry) -> None:
    name = compare(server, drawn(signed), answer("GOOD")).json["name"]
    search = f"?sitting={name}"
    with asking(WHO):
        assert share(1, search)[0] == {"sequence": world.now(signed)}
    with asking("b.expert"):
        shown = fill_result(RESULT, search, None)
        assert "The sitting of r.reader" in words(shown)
        assert "training-share" not in [getattr(part, "id", None) for part in parts(shown)]
        assert "Shared with everybody" in words(fill_training("/training", "", None, None)[2])
        assert "only r.reader decides" in words(share(1, search)[1])
    with asking(WHO):
        assert share(1, search)[0] == {"sequence": world.now(signed)}
        assert remove(1, search) == ("/training", None)
        assert "no sitting" in words(remove(1, search)[1])
        assert share(None, search) == remove(None, search) == (no_update, no_update)


def test_pages_are_filled_on_their_own_address_only(
    asking: Asking, signed: Registry, triggered_by: Callable[..., None]
) -> None:
    with asking(WHO):
        assert set(fill_training("/runs", "", None, None)) == {no_update}
        assert set(fill_practice("/training", "", None, None)) == {no_update}
        assert fill_result("/training", "", None) is no_update
        assert open_practice_strip({"why": {}}) is no_update
        assert tell_practice_cell({"strip": {}}) == (no_update, no_update)
        triggered_by("shell-version.data")
        held = {"who": WHO}
        assert set(fill_practice(PRACTICE, f"?sitting={drawn(signed)}", None, held)) == {no_update}


def test_the_strip_shows_the_answers_over_what_rules_said(asking: Asking, signed: Registry) -> None:
    bad = answer("BAD", cause="noise", within=(2, 3))
    where = {"run_number": FIRST, "dataset": PROMPT}
    with asking(WHO):
        shown = open_practice_strip({"strip": where, "sitting": drawn(signed), "answers": [bad]})
        online = open_practice_strip(
            {"strip": {**where, "dataset": ONLINE}, "sitting": drawn(signed), "answers": []}
        )
    (graph,) = [part for part in parts(shown) if type(part).__name__ == "Graph"]
    strip = graph.figure.layout.meta["strip"]
    (pixel,) = [row for row in strip["rows"] if row["key"] == "tracker-pixel"]
    assert pixel["editable"]
    said = [(first, last, strip["codes"][code][2], author) for first, last, code, author, *_ in pixel["spans"]]
    assert said == [(1, 1, "GOOD", "rule:dqm@1"), (2, 3, "BAD", "you"), (4, 60, "GOOD", "rule:dqm@1")]
    assert "training-intent" in [getattr(part, "id", None) for part in parts(shown)]
    assert "not among the datasets" in words(online)
