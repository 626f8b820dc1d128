"""Coordinators have addresses told of new official products, from the page."""

from typing import Any

from dash import no_update

from callbacks.webhooks import fill_webhooks, stop_address, tell_address, try_again
from components import webhooks as page
from model.products import deliveries
from model.products.webhooks import PRODUCTS
from model.registry import Registry
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import ids, parts, words
from tests.model import product_world as made

URL = "https://hooks.example.org/crr"


def _shown(asking: Asking, who: str = "d.coordinator") -> Any:
    with asking(who):
        return fill_webhooks("/products", None, None)


def test_an_address_is_told_and_its_secret_shown_once(asking: Asking, small_registry: Registry) -> None:
    assert "Nobody is told yet" in words(_shown(asking))
    with asking("d.coordinator"):
        changed, said = tell_address(1, f" {URL} ", PRODUCTS)
    assert changed == {"added": 1} and f"{URL} is told from now on" in words(said)
    shown = _shown(asking)
    assert URL in words(shown) and "nothing yet" in words(shown)
    (secret,) = [part.children for part in parts(said) if type(part).__name__ == "Code"]
    assert len(secret) == 64 and secret not in words(shown)


def test_what_was_answered_last_stands_beside_it_and_it_is_tried_now(
    asking: Asking, small_registry: Registry, triggered_by: Any
) -> None:
    with asking("d.coordinator"):
        tell_address(1, URL, PRODUCTS)
    given = made.draft_of(small_registry, "golden-2024", "/PromptReco/%/DQM", "call-1")
    made.propose_draft(small_registry, given)
    with small_registry.writing() as tx:
        made.approve_product(tx, "call-1", made.SECOND)
        telling, _ = deliveries.next_of(tx.connection, 1, tx.clock())
        assert telling is not None
        deliveries.tried(tx, telling, taken=False, answer="HTTP 500 no")
    said = words(_shown(asking))
    assert "call-1" in said and "HTTP 500 no; try 2 at" in said
    with asking("d.coordinator"):
        triggered_by(f'{{"type":"{page.AGAIN}","webhook":1}}.n_clicks')
        assert try_again([1]) == ({"again": 1, "clicks": 1}, None)
    said = words(_shown(asking))
    assert "HTTP 500 no" in said and "try 2" not in said


def test_who_is_no_coordinator_is_told_who_is(asking: Asking) -> None:
    assert "data-certification" in words(_shown(asking, "a.shifter"))
    with asking("a.shifter"):
        changed, said = tell_address(1, URL, PRODUCTS)
    assert changed is no_update and "data-certification" in words(said)


def test_an_address_inside_is_refused(asking: Asking) -> None:
    with asking("d.coordinator"):
        for url in (None, "", "http://127.0.0.1/"):
            changed, said = tell_address(1, url, PRODUCTS)
            assert changed is no_update and "Not applied" in words(said)
        assert tell_address(0, URL, PRODUCTS) == (no_update, no_update)


def test_an_address_is_stopped(asking: Asking, triggered_by: Any) -> None:
    with asking("d.coordinator"):
        tell_address(1, URL, PRODUCTS)
        triggered_by(f'{{"type":"{page.STOP}","webhook":1}}.n_clicks')
        assert stop_address([1]) == ({"stopped": 1}, None)
    shown = _shown(asking)
    assert "stopped" in words(shown) and not any(page.STOP in each for each in ids(shown))
