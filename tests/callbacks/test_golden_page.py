"""The Golden page through its callback: what it offers, answers, refuses, and what a hand changes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from dash import no_update

from callbacks.golden_beside import fill_beside
from callbacks.golden_page import draft_golden, fill_golden
from components.golden_page import FIELDS, HAND
from model.commands.rules import set_rule
from model.golden.lists import sha256
from model.queries.rules import drafts
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import named, words
from tests.model import world

LAST = FIRST + 1
BY = Callable[..., None]


def filled(search: str = "", pathname: str = "/golden") -> Any:
    """Return what an address shows."""
    return fill_golden(pathname, search, None, dict.fromkeys(FIELDS), None, None, [])


def by_hand(before: Any, search: str = "", hand: Any = None, **values: str) -> Any:
    """Return what a change of controls or clauses leads to, on a page that shows what was before."""
    keys = [item.to_plotly_json()["props"]["data-key"] for item in before["parts"]["clauses"].children]
    places = [{"type": "golden-loss", "key": key} for key in keys]
    given = {**before["chosen"], **values}
    return fill_golden("/golden", search, None, given, hand, before["chosen"], places)


def key_of(page: Any, text: str) -> str:
    """Return the key of the clause that has these words."""
    (found,) = [item for item in page["parts"]["clauses"].children if text in words(item)]
    return str(found.to_plotly_json()["props"]["data-key"])


def test_the_page_offers_the_rules_and_what_datasets_can_be(asking: Asking) -> None:
    with asking():
        page = filled()
        assert filled(pathname="/")["chosen"] is no_update
    assert page["options"]["rule"] == [{"label": "golden-2024 v1", "value": "golden-2024"}]
    assert page["options"]["null_policy"][0] == {"label": "as the rule says (bad)", "value": "kept"}
    assert [choice["value"] for choice in page["options"]["run_class"]] == ["any", "Collisions24"]
    assert page["chosen"]["dataset"] == "/PromptReco/%/DQM"
    assert (page["chosen"]["several"], page["chosen"]["era"], page["hidden"]) == ("refuse", "any", False)
    assert page["search"] is no_update


def test_the_page_shows_the_digest_of_the_bytes_it_gives(asking: Asking, server: Any) -> None:
    with asking():
        result = filled(f"?runs={FIRST}-{LAST}")["parts"]["result"]
    body = server.test_client().get(named(result, "golden-download").href).data
    assert sha256(body) in words(result)
    assert json.loads(body) == {str(FIRST): [[6, 60]], str(LAST): [[6, 80]]}
    with asking():
        result = filled(f"?runs={LAST}")["parts"]["result"]
    body = server.test_client().get(named(result, "golden-download").href).data
    assert json.loads(body) == {str(LAST): [[6, 80]]}


@pytest.mark.parametrize("null", ["good", "unknown"])
def test_a_null_policy_of_the_address_decides_and_is_said(asking: Asking, server: Any, null: str) -> None:
    with asking():
        page = filled(f"?null_policy={null}")
    assert f"null is {null}, not bad as the rule says" in page["parts"]["title"]
    link = named(page["parts"]["result"], "golden-download").href
    assert f"null_policy={null}" in link
    found = server.test_client().get(link.replace("golden-json?", "golden-json/manifest?")).get_json()
    assert found["null_policy"] == null
    assert found["sha256"] in words(page["parts"]["result"])


@pytest.mark.parametrize(
    ("search", "says"),
    [
        ("?dataset=/Nothing/%25", "No dataset is named"),
        ("?dataset=%25", "choose union or intersection"),
        ("?rule=unknown", "There is no rule unknown"),
        ("?several=perhaps", "is no policy"),
        ("?era=1999Z", "era 1999Z"),
        ("?runs=5-2", "reversed"),
        ("?cycle=none", "no cycle none"),
    ],
)
def test_a_question_without_an_answer_is_refused_in_words(asking: Asking, search: str, says: str) -> None:
    with asking():
        page = filled(search)
    assert page["hidden"] is True
    assert says in words(page["notes"])


@pytest.mark.parametrize("search", ["?null_policy=maybe", "?losses=all", "?off=zz", "?numbers=12345678~0:nan"])
def test_what_an_address_says_and_means_nothing_is_dropped_and_said(asking: Asking, search: str) -> None:
    with asking():
        page = filled(search)
    assert page["hidden"] is False
    assert "was dropped" in words(page["notes"])


def test_a_switch_is_answered_at_once_and_goes_into_the_address(asking: Asking, triggered_by: BY) -> None:
    with asking():
        page = filled("?as_of=now")
        key = key_of(page, "bpix_ready")
        triggered_by(f"{HAND}.data")
        hand = {"off": [key], "numbers": {}, "order": [], "stands": True}
        after = by_hand(page, "?as_of=now", hand)
    assert after["search"] == f"?as_of=now&off={key}"
    assert after["parts"]["clauses"] is no_update
    assert [words(loss) for loss in after["losses"]].count("off") == 1
    assert "lumisections against the rule as it is kept" in words(after["parts"]["result"])
    assert "varied, kept nowhere" in after["parts"]["title"]
    with asking():
        assert words(filled(after["search"])["parts"]["clauses"]).count("off") == 1


def test_a_moved_clause_is_counted_first_and_all_is_drawn_anew(asking: Asking, triggered_by: BY) -> None:
    with asking():
        page = filled("?losses=inclusive")
        key = key_of(page, "dt-dt")
        triggered_by(f"{HAND}.data")
        hand = {"off": [], "numbers": {}, "order": [key], "stands": False}
        after = by_hand(page, "?losses=inclusive", hand)
    assert after["search"] == f"?order={key}"
    assert after["chosen"]["losses"] == "order"
    assert key_of(after, "dt-dt") == after["parts"]["clauses"].children[0].to_plotly_json()["props"]["data-key"]


def test_another_rule_brings_its_own_datasets_and_nothing_varied(asking: Asking, triggered_by: BY) -> None:
    with asking():
        page = filled()
        triggered_by("golden-rule-name.value")
        after = by_hand(page, "?off=12345678&dataset=x&null_policy=good&as_of=7", rule="other")
    assert after["search"] == "?as_of=7&rule=other"
    assert "There is no rule other" in words(after["notes"])


def test_a_varied_rule_becomes_a_draft_of_who_may(asking: Asking, small_registry: Registry) -> None:
    with asking():
        key = key_of(filled(), "bpix_ready")
    with asking("r.reader"):
        notes, address = draft_golden([1], f"?off={key}")
        assert address is no_update
        assert "may not" in words(notes)
    with asking("d.coordinator"):
        assert draft_golden([None], f"?off={key}") == (no_update, no_update)
        assert draft_golden([1], f"?off={key}")[1] == "/rules?name=golden-2024"
    with small_registry.reading() as connection:
        kept = drafts(connection, world.sequence_of(connection))["golden-2024"]
    assert len(kept.text.logic["and"]) == 5
    assert kept.text.purpose == "golden"


def test_the_lists_of_all_rules_stand_side_by_side_and_are_made_once(
    asking: Asking, small_registry: Registry
) -> None:
    text = RuleText({"var": "lumisection.oms.bpix_ready"}, "bad", "pixels", "/PromptReco/%/DQM")
    nowhere = RuleText({"var": "lumisection.oms.bpix_ready"}, "bad", "pixels", "/Nothing/%/DQM")
    with small_registry.writing() as tx:
        set_rule(tx, "pixels", text, world.EXPERT)
        set_rule(tx, "nowhere", nowhere, world.EXPERT)
    with asking():
        chosen = filled(f"?runs={FIRST}")["chosen"]
        drawn, asked = fill_beside(None, chosen, f"?runs={FIRST}", None)
        assert fill_beside(None, chosen, f"?runs={FIRST}&off=12345678", asked) == (no_update, no_update)
        assert fill_beside(None, None, "", None) == (no_update, no_update)
    rows = [words(row) for row in drawn.children[1].children]
    assert [row.split()[0] for row in rows] == ["golden-2024", "nowhere", "pixels"]
    assert "No dataset is named /Nothing/%/DQM" in rows[1]
    assert "1 55 5.50 91.7%" in rows[2]
