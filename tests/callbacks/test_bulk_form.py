"""The form of a bulk action: what is chosen, what a dry run of each verb says, and what a file holds."""

import base64
from typing import Any

import pytest
from dash import no_update

from callbacks.bulk_form import count_chosen, offer_causes, show_verb, take_address
from callbacks.bulk_page import read_file, try_form, try_long
from components import bulk_form
from model.commands.workspaces import set_causes
from model.errors import CalledOff
from model.registry import Registry
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world

GIVEN: dict[str, Any] = {
    "verb": "rows",
    "rows": "",
    "stage": "prompt",
    "runs": "",
    "columns": [],
    "status": "GOOD",
    "cause": "",
    "comment": "",
    "outside": "",
    "outside_cause": "",
    "source": "express",
    "workspace": "tracker",
    "from": "OPEN",
    "to": "SIGNOFF",
    "name": "",
    "replaces": False,
    "search": "",
}


def tried(asking: Asking, **given: Any) -> tuple[str, Any]:
    with asking("d.coordinator"):
        said, order, is_disabled, long = try_form(1, {**GIVEN, **given}, is_idle=True)
    assert is_disabled == (order is None)
    assert long is no_update
    return words(said), order


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"rows": f"{FIRST},1,2,gem-gem,GOOD"}, "1 datasets · 1 cells · 2 LS"),
        (
            {
                "verb": "list",
                "rows": f'{{"{FIRST}": [[1, 5]]}}',
                "columns": ["gem-gem"],
                "outside": "BAD",
                "outside_cause": "other",
                "replaces": True,
            },
            "1 datasets · 1 cells · 60 LS",
        ),
        ({"verb": "set", "columns": ["gem-gem"], "replaces": True}, "2 datasets · 2 cells · 140 LS"),
        ({"verb": "set", "columns": ["gem-gem"], "replaces": True, "runs": f"{FIRST}"}, "1 datasets"),
        ({"verb": "copy", "columns": ["gem-gem"], "replaces": True}, "2 datasets · 2 cells"),
        ({"verb": "move"}, "2 datasets · 2 cells"),
        ({"verb": "duplicate", "name": "/ReReco/Again/DQM"}, "2 datasets · 48 cells"),
    ],
)
def test_each_verb_has_a_dry_run(asking: Asking, given: dict[str, Any], sentence: str) -> None:
    said, order = tried(asking, **given)
    assert sentence in said.replace("  ", " ")
    assert order["token"] and order["given"]["rows"] is None


def test_a_form_that_nobody_tried_says_nothing() -> None:
    assert try_form(0, GIVEN, is_idle=True) == (None, None, True, no_update)


def test_a_long_sheet_is_tried_beside_the_web_and_says_the_same(asking: Asking) -> None:
    rows = "\n".join(f"{FIRST},1,2,gem-gem,GOOD,,looked at with care" for _ in range(3_000))
    told: list[Any] = []

    def call_off(_said: Any) -> None:
        raise CalledOff("Cancelled: nothing was written.")

    with asking("d.coordinator"):
        _, order, is_disabled, long = try_form(1, {**GIVEN, "rows": rows}, is_idle=True)
        assert (order, is_disabled, long["given"]["rows"]) == (None, True, None)
        found = try_long(told.append, long, rows)
        cancelled = try_long(call_off, long, rows)
    assert "1 datasets · 1 cells · 2 LS" in words(found["said"]).replace("  ", " ")
    assert found["asked"]["token"]
    assert "0 of 3,000 rows" in words(told[0][0][0])
    assert "Cancelled: nothing was written." in words(cancelled["said"])
    assert cancelled["asked"] is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"verb": "set"}, "Choose the columns first."),
        ({"verb": "set", "columns": ["gem-gem"]}, "all so already, or decided and kept"),
        ({"verb": "set", "columns": ["gem-gem"], "runs": "yesterday"}, "names no runs"),
        ({"verb": "set", "columns": ["gem-gem"], "search": "?where=["}, "no JSON"),
        ({"verb": "set", "columns": ["gem-gem"], "search": "?cycle=none"}, "No dataset is chosen."),
        ({"verb": "move", "from": "SIGNOFF", "to": "OPEN"}, "is OPEN, not SIGNOFF"),
        ({"verb": "duplicate"}, "is no name of a dataset"),
        ({"verb": "list", "columns": ["gem-gem"], "rows": "[["}, "no JSON"),
    ],
)
def test_what_cannot_be_done_says_why(asking: Asking, given: dict[str, Any], sentence: str) -> None:
    said, order = tried(asking, **given)
    assert sentence in said
    assert order is None


def test_the_address_chooses_the_datasets(asking: Asking, small_registry: Registry) -> None:
    assert take_address("/bulk", "?do=move&stage=express&runs=380001")[:3] == ("move", "express", "380001")
    assert take_address("/bulk", "?do=destroy&stage=nowhere")[:3] == (no_update, no_update, no_update)
    search = f'?where=["runs","{FIRST}"]'
    with asking():
        assert "1  prompt datasets are chosen: runs 380001" in words(count_chosen("prompt", "", search, None))
        assert "names no runs" in words(count_chosen("prompt", "x-y", "", None))
    assert world.now(small_registry)


def test_a_verb_shows_its_parts() -> None:
    *are_hidden, hint = show_verb("move")
    shown = [name for name, is_hidden in zip(bulk_form.PARTS, are_hidden, strict=True) if not is_hidden]
    assert shown == ["chosen", "runs", "move", "comment"]
    assert hint.startswith("Sign off")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_by_its_marks(encoding: str) -> None:
    sent = "data:;base64," + base64.b64encode("380001,1,2,é".encode(encoding)).decode()
    assert read_file(sent) == ("380001,1,2,é", None)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("é".encode("latin-1"), "UTF-8"),
        (b"PK\x00\x00", "zero bytes"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"x" * 4_000_001, "has 4,000,001"),
        (b"x" * 16_000_001, "too long"),
    ],
)
def test_a_file_that_is_no_text_is_refused(data: bytes, sentence: str) -> None:
    text, refusal = read_file("data:;base64," + base64.b64encode(data).decode())
    assert text is no_update
    assert sentence in words(refusal)
    assert "did not arrive" in words(read_file("data:;base64,*")[1])


def test_the_form_offers_the_causes_of_workspaces_too(small_registry: Registry, asking: Asking) -> None:
    with small_registry.writing() as tx:
        set_causes(tx, "tracker", ["laser off"], world.EXPERT, comment="asked for by the group")
    with asking("t.certifier"):
        for offered in offer_causes("/bulk", None):
            assert {"HV trip", "laser off"} <= {each["value"] for each in offered}
        assert offer_causes("/", None) == (no_update, no_update)
