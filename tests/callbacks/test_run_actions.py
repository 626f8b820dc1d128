"""Actions on a whole run: done by who may, refused beside them, drawn anew only when they change."""

from typing import Any

import pytest
from dash import callback_context, no_update

from callbacks import run_actions as room
from components import run_actions
from model.commands.rules import set_rule
from model.queries import feeds, runs
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import ids, parts, words
from tests.model import world

LAST = FIRST + 1
ADDRESS = f"/runs/{FIRST}"


def drawn(path: str = ADDRESS, search: str = "", held: Any = None) -> Any:
    return room.fill_run_actions(path, search, None, None, held)


@pytest.fixture
def press(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that presses a button of the first run as somebody."""

    def pressed(do: str, name: str = "a.shifter", reason: str = "", stop: str = "", more: str = "") -> Any:
        monkeypatch.setattr(type(callback_context), "triggered_id", run_actions.do_id(do))
        with asking(name):
            return room.act_on_run([1], drawn()[1], reason, stop, more)

    return pressed


def registry_words(registry: Registry) -> dict[str, Any]:
    with registry.reading() as connection:
        return dict(runs.run(connection, FIRST).registry)


def test_a_run_is_signed_off_completed_and_comes_back_with_a_reason(
    press: Any, small_registry: Registry
) -> None:
    assert "is SIGNOFF" in words(press("SIGNOFF")[1])
    assert "is COMPLETED" in words(press("COMPLETED", "b.expert")[1])
    assert "needs a reason" in words(press("OPEN", "b.expert")[2])
    assert registry_words(small_registry)["state"] == "COMPLETED"
    assert "is OPEN" in words(press("OPEN", "b.expert", "look again")[1])
    assert registry_words(small_registry)["state"] == "OPEN"


def test_what_is_missing_is_listed_by_column_and_lumisections(
    press: Any, asking: Asking, small_registry: Registry
) -> None:
    world.give(small_registry, world.SHIFTER, "dt-dt", [(3, 7)], "NOTSET", dataset="online", run_number=FIRST)
    with asking():
        listed, is_hidden = room.fill_missing(drawn()[1], "", None, None)
    assert "dt-dt LS 3–7" in words(listed).replace("  ", " ") and not is_hidden
    _, _, refused, opens = press("SIGNOFF")
    assert "nobody decided on dt-dt LS 3–7" in words(refused) and opens is True
    assert "state" not in registry_words(small_registry)


def test_where_nothing_is_missing_nothing_is_listed(asking: Asking) -> None:
    with asking():
        assert room.fill_missing(drawn()[1], "", None, None)[1] is True
        assert room.fill_missing(None, "", None, None) == (None, True)


def test_a_run_that_goes_on_says_so_before_it_is_signed_off(
    press: Any, asking: Asking, small_registry: Registry
) -> None:
    def keeps() -> str:
        with asking():
            return words(room.fill_missing(drawn()[1], "", None, None)[0])

    with small_registry.reading() as connection:
        upstream = runs.run(connection, FIRST).upstream
    world.report_run(small_registry, FIRST, [(1, 20)], **{**upstream, "end_time": None})
    assert keeps() == "Still going on: it can be signed off once it has ended"
    assert "still going on" in words(press("SIGNOFF")[2])
    world.give(small_registry, world.SHIFTER, "dt-dt", [(3, 7)], "NOTSET", dataset="online", run_number=FIRST)
    assert keeps().startswith("Still going on, and 1 column keeps it from being signed off")
    world.report_run(small_registry, FIRST, [(1, 20)], **{**upstream, "end_time": "2024-05-01T12:00:00Z"})
    assert keeps().startswith("1 column keeps it")


def test_a_stop_reason_is_a_word_of_the_list_and_more(press: Any, small_registry: Registry) -> None:
    press(run_actions.STOP_REASON, stop="DAQ error", more="FED 341")
    assert registry_words(small_registry)["stop_reason"] == "DAQ error: FED 341"
    assert "is no stop reason" in words(press(run_actions.STOP_REASON, more="because")[2])
    press(run_actions.STOP_REASON)
    assert registry_words(small_registry)["stop_reason"] == ""


def test_significance_by_force_and_back_to_what_the_rules_say(press: Any, small_registry: Registry) -> None:
    with small_registry.writing() as tx:
        text = RuleText(True, "unknown", "All.", "run", "significance", "significant", "true", 1)
        set_rule(tx, "all-significant", text, world.EXPERT)
    press(run_actions.MATTERS_NOT)
    assert registry_words(small_registry)["significant"] is False
    press(run_actions.MATTERS)
    assert registry_words(small_registry)["significant"] is True
    press(run_actions.MATTERS_NOT)
    assert "rules decided again" in words(press(run_actions.RESET, "b.expert")[1])
    assert registry_words(small_registry)["significant"] is True


def test_a_run_is_asked_for_again_from_oms(press: Any, small_registry: Registry) -> None:
    press(run_actions.REFRESH)
    with small_registry.reading() as connection:
        assert feeds.wishes(connection, "OMS") == [str(FIRST)]


@pytest.mark.parametrize("do", ["SIGNOFF", run_actions.MATTERS, run_actions.STOP_REASON, run_actions.RESET])
def test_who_has_not_the_right_is_told_who_has_it(press: Any, small_registry: Registry, do: str) -> None:
    before = world.now(small_registry)
    sequence, toast, refused, _ = press(do, "r.reader", stop="test")
    assert (sequence, toast) == (no_update, no_update)
    assert "cms-dqm-oncall may." in words(refused) or "experts may." in words(refused)
    assert world.now(small_registry) == before


def test_buttons_of_others_are_marked(asking: Asking) -> None:
    with asking("r.reader"):
        buttons = [part for part in parts(drawn()[0]) if getattr(part, "n_clicks", None) == 0]
    assert len(buttons) == 5
    assert all("may" in button.title and "is-of-others" in button.className for button in buttons)


def test_they_stay_as_they_are_while_the_run_is_the_same(press: Any, asking: Asking) -> None:
    with asking():
        held = drawn()[1]
        assert set(drawn(held=held)) == {no_update}
    press(run_actions.STOP_REASON, stop="test")
    with asking():
        assert drawn(held=held)[1]["stop_reason"] == "test"


def test_the_board_acts_on_its_newest_run_and_the_past_on_none(
    asking: Asking, small_registry: Registry
) -> None:
    with asking():
        assert drawn("/")[1]["run_number"] == LAST
        assert ids(drawn(search=f"?as_of={world.now(small_registry)}")[0]) == []
        assert drawn("/runs/7") == (None, None, None) and drawn("/runs/x") == (None, None, None)
