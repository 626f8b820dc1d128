"""The difference by cause through its callbacks: what is compared, told, exported, refused."""

from typing import Any

import pytest
from dash import no_update

from callbacks.golden_causes import choose_against, fill_causes
from components import golden_causes
from model.commands.documents import set_document, set_label
from model.golden.attributed import Attributed, Block, Cause, Kind, Side
from model.registry import Registry
from model.rulebook.book import rule_version
from rules import variant
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import parts, words
from tests.model import world

PIXEL = "tracker-pixel"


@pytest.fixture
def told(small_registry: Registry) -> Registry:
    """Tell: a label, then three lumisections BAD."""
    with small_registry.writing() as tx:
        set_label(tx, "call-1", world.EXPERT)
        set_document(tx, "certification-list", "official", {str(FIRST): [[1, 60]]}, world.EXPERT)
    world.give(small_registry, world.TRACKER, PIXEL, [(10, 12)], "BAD", "HV trip", run_number=FIRST)
    return small_registry


def filled(search: str = "", pathname: str = "/golden") -> Any:
    """Return what an address shows: the difference, what is offered, what is compared with."""
    return fill_causes(None, pathname, search)


def links(drawn: Any) -> dict[str, str]:
    """Return the links of what was drawn by their words."""
    return {words(part): part.href for part in parts(drawn) if getattr(part, "href", None)}


def test_the_last_label_is_compared_with_unless_the_address_names_another(
    asking: Asking, told: Registry
) -> None:
    with asking():
        shown, offered, against = filled()
        outside, _, named = filled("?against=official")
        assert filled(pathname="/runs")[0] is no_update
    assert (against, named) == ("call-1", "official")
    assert [option.value for option in offered] == ["call-1", "official"]
    assert "−3 LS, 100 % attributed" in words(shown)
    assert "tracker-pixel GOOD → BAD , HV trip  t.certifier, " in words(shown)
    assert "not passed: lumisection.rr.tracker-pixel = GOOD" in words(outside)


def test_a_block_leads_to_its_run_and_its_lumisections_and_all_of_it_to_a_file(
    asking: Asking, told: Registry, server: Any
) -> None:
    with asking():
        shown, _, _ = filled("?runs=1-999999")
    found = links(shown)
    assert found[str(FIRST)] == f"/runs/{FIRST}"
    assert found["10–12"] == f"/certify/global?runs={FIRST}-{FIRST}&ls=10-12&stage=prompt"
    answer = server.test_client().get(found["JSON"]).get_json()
    assert (answer["lost"], answer["attributed"]) == (3, 1.0)
    assert server.test_client().get(found["CSV"]).get_data(as_text=True).count("\n") == 2


def test_a_varied_rule_is_compared_too_and_its_clause_is_named(asking: Asking, told: Registry) -> None:
    with told.reading() as connection:
        rule = rule_version(connection, "golden-2024", world.sequence_of(connection)).rule
    (key,) = [part.key for part in variant.parts(rule) if "bpix_ready" in part.text]
    with asking():
        shown, _, _ = filled(f"?off={key}&runs={FIRST}")
    said = "1–5 +5 +0.50 rule golden-2024 v1 → as asked: lumisection.oms.bpix_ready = true"
    assert "Rule and choice of datasets" in words(shown) and said in words(shown)
    assert "CSV" not in links(shown)


def test_what_cannot_be_compared_is_said_in_a_sentence(asking: Asking, told: Registry) -> None:
    with asking():
        shown, _, against = filled("?against=nothing")
        late, _, _ = filled("?as_of=call-1&against=999999")
    assert against == "nothing"
    assert "“nothing” is neither a sequence" in words(shown)
    assert "has not reached sequence 999999" in words(late)


def test_what_a_hand_chooses_goes_into_the_address_and_leaves_the_rest(asking: Asking, told: Registry) -> None:
    with asking():
        assert (
            choose_against("official", "?as_of=now&runs=5", "/golden") == "?as_of=now&against=official&runs=5"
        )
        assert choose_against("call-1", "", "/golden") is no_update
        assert choose_against("", "?against=official", "/golden") == ""
        assert choose_against("official", "", "/runs") is no_update


def test_a_share_that_is_not_whole_is_not_called_whole() -> None:
    cause = Cause(Kind.DECISION, "dt-dt GOOD → BAD")
    sides = Side("one", 99_999, 1.0), Side("other", 0, 0.0)
    found = Attributed(*sides, "OMS", 100_000, (cause,), (Block(1, 1, 99_999, -99_999, -1.0, 0),))
    assert "99.9990 % attributed" in words(golden_causes.body(found, {"dataset": "%"}))


def test_of_many_blocks_those_with_most_luminosity_are_shown_and_the_rest_is_counted() -> None:
    cause, many = Cause(Kind.DECISION, "dt-dt GOOD → BAD"), 100
    blocks = tuple(Block(number, 1, 1, -1, -float(number), 0) for number in range(1, many + 1))
    sides = Side("one", many, 1.0), Side("other", 0, 0.0)
    shown = golden_causes.body(Attributed(*sides, "OMS", many, (cause,), blocks), {"dataset": "%"})
    assert "40 more blocks with less luminosity: in the export" in words(shown)
    assert "100" in links(shown) and "1" not in {
        word for word in links(shown) if links(shown)[word] == "/runs/1"
    }
