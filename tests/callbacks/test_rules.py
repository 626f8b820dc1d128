"""What the rules' callbacks fill and keep."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from dash import no_update

from callbacks.rule_editor import draw_rows, keep, say_findings
from callbacks.rules_page import fill_rule, list_rules, show_tree
from identity.local import user
from model.authors import IMPORTER
from model.commands.rule_drafts import draft_rule, record_backtest
from model.journal import sequence_now
from model.queries.rules import drafts
from model.queries.verdicts import of_dataset
from model.registry import Registry
from model.rulebook.difference import backtest
from model.rulebook.texts import RuleText
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words

SEEN = {"at": 10_000, "digest": "", "name": "golden-2024"}


def test_rules_are_listed_by_purpose_and_found_by_words(asking: Asking) -> None:
    with asking():
        assert "golden-2024" in words(list_rules("/rules", "", None, None))
        assert "No rule" in words(list_rules("/rules", "", "silver", None))
        assert list_rules("/runs", "", None, None) is no_update


def test_a_rule_nobody_kept_is_not_found(asking: Asking) -> None:
    with asking():
        assert "There was no rule silver" in words(fill_rule("/rules", "?name=silver", None))


def test_a_rule_shows_what_it_is_and_its_history(asking: Asking) -> None:
    with asking():
        said = words(fill_rule("/rules", "?name=golden-2024", None))
    assert "What the small registry calls golden." in said
    assert "v1" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ('{"and": []}', "and needs"),
        ('{"var": "flag.nobody"}', "no variable called flag.nobody"),
    ],
)
def test_whatever_stands_in_the_editor_the_checker_answers(asking: Asking, text: str, said: str) -> None:
    with asking():
        assert said in words(say_findings(text, "bad", SEEN))


def test_the_tree_answers_for_a_lumisection_or_says_why_not(asking: Asking, small_registry: Registry) -> None:
    rule = json.dumps({"==": [{"var": "lumisection.oms.bpix_ready"}, True]})
    with asking():
        assert "bpix_ready is false" in words(show_tree(FIRST, PROMPT, 3, rule, "bad", SEEN))
        assert "no lumisection 9999" in words(show_tree(FIRST, PROMPT, 9999, rule, "bad", SEEN))
        assert "cannot be read" in words(show_tree(FIRST, PROMPT, 3, "{", "bad", SEEN))
        assert "Which lumisection" in words(show_tree(None, PROMPT, 3, rule, "bad", SEEN))


def test_rows_are_drawn_again_only_where_the_text_says_something_else() -> None:
    ids: list[Any] = [{"part": part} for part in ("variable", "operator", "value", "json")]
    text = json.dumps({"and": [{"==": [{"var": "x"}, 1]}]})
    assert draw_rows(text, ["x", "=", "1", ""], ids, "and") == (no_update, no_update)
    assert draw_rows("{", ["x", "=", "1", ""], ids, "and") == (no_update, no_update)
    assert draw_rows(text, ["x", "=", "2", ""], ids, "and")[1] == "and"


def test_a_rule_made_active_decides_open_runs_again_and_says_so(
    asking: Asking, small_registry: Registry, triggered_by: Callable[..., None]
) -> None:
    text = RuleText(
        {"==": [{"var": "lumisection.oms.bpix_ready"}, False]},
        "unknown",
        "pixel off",
        "online",
        "online-verdict",
        "tracker-pixel",
        "BAD",
    )
    with small_registry.writing() as tx:
        draft_rule(tx, "pixel-off", text, user("d.coordinator") or IMPORTER, seen=0)
    with small_registry.reading() as connection:
        draft = drafts(connection)["pixel-off"]
        tested = backtest(connection, small_registry.golden.frames, "pixel-off", draft.text, ("online", 9_999))
    with small_registry.writing() as tx:
        record_backtest(tx, "pixel-off", tested.closure, tested.document(), user("d.coordinator") or IMPORTER)
    seen = {"at": 9_999, "digest": draft.digest, "name": "pixel-off"}
    triggered_by("rule-activate.n_clicks")
    with asking("b.expert"):
        version, _, refusal, toast = keep("pixel-off", "", {}, "warnings are meant", seen, _activate=1)
    assert refusal is None
    assert "pixel-off is active. 2 open runs were decided again, 2 with something new." in words(toast)
    with small_registry.reading() as connection:
        found = of_dataset(connection, FIRST, "online", sequence_now(connection), ["tracker-pixel"])
    said = [(v.span, v.status.name, v.author) for v in found["tracker-pixel"]]
    assert said == [((1, 5), "BAD", "rule:pixel-off@1"), ((6, 60), "NOTSET", "rule:none@0")]
    assert version["sequence"] < 9_999
