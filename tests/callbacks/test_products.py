"""The products' page: what a coordinator reads, answers and drops there; and the panel of the golden page."""

import base64
import json
from typing import Any

import pytest
from dash import no_update

from callbacks.products import answer_proposal, fill_products, propose, recognise_file
from components import products as page
from model.products.products import body_of, product_of
from model.registry import Registry
from tests.browser import small
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import ids, words


def _sent(data: bytes) -> str:
    return "data:application/json;base64," + base64.b64encode(data).decode()


def _propose(asking: Asking, who: str = "d.coordinator", name: str = "call-1", search: str = "") -> Any:
    with asking(who):
        return propose(1, "golden-2024", name, "first", search)


def _answer(asking: Asking, triggered_by: Any, who: str, do: str, reason: str = "") -> Any:
    at = {"product": "call-1", "type": page.REASON}
    triggered_by(f'{{"do":"{do}","product":"call-1","type":"{page.DO}"}}.n_clicks')
    with asking(who):
        return answer_proposal([1], [at], [reason])


def test_a_page_without_products_says_what_to_do(asking: Asking) -> None:
    with asking():
        body, one = fill_products("/products", "", None)
    assert "No product yet" in words(body) and one is None
    assert fill_products("/runs", "", None) == (no_update, no_update)


def test_what_the_golden_page_asks_for_is_proposed_and_listed(asking: Asking) -> None:
    version, said = _propose(asking, search="?rule=golden-2024")
    assert version["sequence"] and "call-1 is proposed" in words(said)
    with asking():
        body, _ = fill_products("/products", "", None)
    assert "proposed" in words(body) and "the first" in words(body)
    assert "A second person makes it official" in words(body)
    with asking("d.coordinator"):
        own, _ = fill_products("/products", "", None)
    assert "You proposed it: a second person makes it official" in words(own)
    assert sum(f'"do": "{do}"' in each for each in ids(body) for do in ("approve", "withdraw")) == 2


def test_who_may_not_propose_is_told_who_may(asking: Asking) -> None:
    version, said = _propose(asking, "a.shifter")
    assert version is no_update and "data-certification" in words(said)
    version, said = _propose(asking, name="")
    assert version is no_update and "is no name" in words(said)
    version, said = _propose(asking, search="?rule=nothing")
    assert version is no_update and "There is no rule nothing" in words(said)


def test_a_second_person_approves(asking: Asking, triggered_by: Any, small_registry: Registry) -> None:
    _propose(asking)
    version, _, refused = _answer(asking, triggered_by, "d.coordinator", "approve")
    assert version is no_update and "second person" in words(refused)
    version, toast, refused = _answer(asking, triggered_by, "b.expert", "approve", "looked at it")
    assert version["sequence"] and refused is None and "call-1 is official." in words(toast)
    with small_registry.reading() as connection:
        assert product_of(connection, "call-1").state == "official"
    with asking():
        body, one = fill_products("/products", "?product=call-1", None)
    assert "d.coordinator  → b.expert looked at it" in words(body)
    assert "approver b.expert" in words(one) and "Manifest of  call-1" in words(one)
    assert not any(page.DO in each for each in ids(body))


def test_withdrawing_needs_a_reason(asking: Asking, triggered_by: Any) -> None:
    _propose(asking)
    version, _, refused = _answer(asking, triggered_by, "d.coordinator", "withdraw")
    assert version is no_update and "reason" in words(refused)
    version, toast, _ = _answer(asking, triggered_by, "d.coordinator", "withdraw", "wrong runs")
    assert version["sequence"] and "withdrawn" in words(toast)


def test_the_page_of_another_time_shows_what_held_then(asking: Asking, triggered_by: Any) -> None:
    at = _propose(asking)[0]["sequence"]
    _answer(asking, triggered_by, "b.expert", "approve")
    with asking():
        body, _ = fill_products("/products", f"?as_of={at}", None)
    assert "proposed" in words(body) and "official" not in words(body).replace("makes it official", "")


def test_an_address_of_no_product_says_so(asking: Asking) -> None:
    with asking():
        _, one = fill_products("/products", "?product=call-9", None)
    assert "There is no product call-9." in words(one)


def test_a_dropped_file_is_recognised_or_refused(asking: Asking, small_registry: Registry) -> None:
    _propose(asking)
    with small_registry.reading() as connection:
        body = body_of(connection, "call-1")
    with asking():
        said = words(recognise_file(_sent(json.dumps(json.loads(body), indent=1).encode()), "list.json"))
        assert "call-1: proposed" in said and "another layout" in said
        said = words(recognise_file(_sent(f'{{"{small.FIRST}": [[1, 2]]}}'.encode()), "list.json"))
        assert "No product; nearest is call-1" in said
        assert "This is no JSON" in words(recognise_file(_sent(b"no list"), "list.json"))
        assert "did not arrive whole" in words(recognise_file("data:,=", "list.json"))
        assert recognise_file(None, None) is no_update


@pytest.mark.parametrize("contents", ["data:;base64,AAA", "x"])
def test_what_no_browser_sends_is_refused(asking: Asking, contents: str) -> None:
    with asking():
        assert "list.json" in words(recognise_file(contents, "list.json"))
