"""Two lists side by side, as a hand meets them."""

import base64
import json
from typing import Any

import pytest
from dash import no_update

from callbacks.lists import answer, choose, fill_form, keep_files, save
from components import lists as page
from model.commands.products import approve_product
from model.registry import Registry
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import ids, words
from tests.model import product_world as made

A = {"name": "a.json", "text": '{"380001": [[1, 10]], "380002": [[1, 5]]}\n', "notes": []}
B = {"name": "b.json", "text": '{"380001": [[6, 20]]}\n', "notes": []}


def _sent(text: str) -> str:
    return "data:;base64," + base64.b64encode(text.encode()).decode()


def _asked(asking: Asking, search: str, a: Any = A, b: Any = B) -> str:
    with asking():
        return words(answer("/lists", search, a, b)[2])


def test_it_waits_for_both_sides(asking: Asking) -> None:
    assert "drop a file on each side" in _asked(asking, "", None, B)
    assert answer("/runs", "", A, B) == (no_update,) * 3


def test_dropped_files_are_compared(asking: Asking) -> None:
    said = _asked(asking, "")
    assert "LS added +10 LS removed −10 runs added 0 runs removed 1 runs changed 1" in said
    assert "gained 1.000 pb⁻¹ lost 1.000 pb⁻¹ in all" in said and "380001" in said


@pytest.mark.parametrize(
    ("operation", "listed"),
    [
        ("and", {"380001": [[6, 10]]}),
        ("or", {"380001": [[1, 20]], "380002": [[1, 5]]}),
        ("minus", {"380001": [[1, 5]], "380002": [[1, 5]]}),
        ("filter", {"380001": [[1, 10]], "380002": [[1, 5]]}),
    ],
)
def test_what_is_shown_is_what_is_saved(asking: Asking, operation: str, listed: dict[str, Any]) -> None:
    search = f"?op={operation}"
    assert "SHA-256" in _asked(asking, search)
    with asking():
        given = save(1, search, A, B)
        assert save(0, search, A, B) is no_update
    assert json.loads(given["content"]) == listed and given["content"].endswith("]]}\n")


def test_one_list_alone_is_cut_to_runs(asking: Asking) -> None:
    with asking():
        given = save(1, "?op=filter&first_run=380002", A, None)
    assert json.loads(given["content"]) == {"380002": [[1, 5]]}
    assert "wrong order" in _asked(asking, "?first_run=9&last_run=5")
    assert "The answer is an empty list" in _asked(asking, "?op=filter&first_run=5&last_run=9")


def test_equal_lists_are_said_to_be_equal(asking: Asking) -> None:
    assert "A and B are equal" in _asked(asking, "", A, A)


def test_an_unknown_source_is_refused(asking: Asking) -> None:
    assert "There is no luminosity of normtag" in _asked(asking, "?source=normtag")


def test_a_file_that_is_no_list_says_so_on_its_side(asking: Asking) -> None:
    with asking():
        a, b = keep_files(_sent('{"run": "x"}'), _sent('{"380001": [[6, 9], [1, 2]]}'), "x.json", "b.json")
        said_a, said_b, body = answer("/lists", "", a, b)
        assert keep_files(None, None, None, None) == (no_update, no_update)
    assert "x.json: “run” is no run." in words(said_a) and "not in order" in words(said_b)
    assert "each side" in words(body)


def test_products_are_offered_and_chosen_by_the_address(asking: Asking, small_registry: Registry) -> None:
    given = made.draft_of(small_registry, "golden-2024", "/PromptReco/%/DQM", "call-1")
    made.propose_draft(small_registry, given)
    with small_registry.writing() as tx:
        approve_product(tx, "call-1", made.SECOND)
    with asking():
        form = fill_form("/lists", "?a=call-1&op=or&first_run=5", None)
        said = words(answer("/lists", "?a=call-1&b=call-9", None, None)[0])
        refused = words(answer("/lists", "?a=call-1&b=call-9", None, None)[1])
    assert {"label": "call-1 (official)", "value": "call-1"} in form["options"][0]
    assert (
        form["products"] == ["call-1", page.NO_PRODUCT]
        and form["operation"] == "or"
        and form["runs"] == [5, None]
    )
    assert form["sources"] == ["OMS"]
    assert said.startswith("call-1: 2 runs") and "There is no product call-9" in refused


def test_what_is_chosen_goes_into_the_address(asking: Asking) -> None:
    usual = {"a": page.NO_PRODUCT, "b": page.NO_PRODUCT, "op": "compare", "source": "OMS"}
    runs = {"first_run": None, "last_run": None}
    with asking():
        assert choose("/lists", "", **usual, **runs) is no_update
        said = choose("/lists", "?as_of=7", **{**usual, "a": "call-1", "op": "or"}, **{**runs, "last_run": 9})
        assert said == "?as_of=7&a=call-1&op=or&last_run=9"
        assert choose("/lists", "?op=or", **usual, **runs) == ""
        assert choose("/runs", "?op=or", **usual, **runs) is no_update


def test_the_answer_has_a_button_to_save_it(asking: Asking) -> None:
    with asking():
        assert page.SAVE in ids(answer("/lists", "?op=or", A, B)[2])
