"""A late change on the page of its run and in the queue: answered by who may, and others are told who."""

from typing import Any

import pytest
from dash import callback_context, no_update

from callbacks import decide_page as decide
from callbacks import late_change as room
from callbacks.board_page import fill_board_queue
from callbacks.shell import take_action_back
from components import late_change
from model.queries.late_changes import late_changes
from model.registry import Registry
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import ids, parts, words
from tests.model import world
from tests.model.arrivals import keep_rules, tell
from tests.model.test_late_changes import ENDED, GOOD, signed_off

CHANGED = (FIRST + 10, FIRST + 11)
ADDRESS = f"/runs/{CHANGED[0]}"


@pytest.fixture
def changed_late(small_registry: Registry) -> Registry:
    """Tell of two runs that were signed off and of which OMS doubled the luminosity."""
    keep_rules(small_registry)
    for number in CHANGED:
        signed_off(small_registry, number)
        tell(small_registry, [(1, 10)], GOOD, run_number=number, recorded=[0.2] * 10, end_time=ENDED)
    return small_registry


def card(path: str = ADDRESS, search: str = "", held: Any = None) -> Any:
    return room.fill_late_change(path, search, None, None, held)


def left(registry: Registry) -> list[int]:
    with registry.reading() as connection:
        return sorted(one.run_number for one in late_changes(connection, world.sequence_of(connection)))


@pytest.fixture
def press(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that presses a button of the card as somebody."""

    def pressed(do: str, name: str = "b.expert", comment: str = "") -> Any:
        monkeypatch.setattr(type(callback_context), "triggered_id", late_change.do_id(do))
        with asking(name):
            return room.answer_of_run([1], card()[2], comment)

    return pressed


def test_the_run_shows_what_changed_late_and_what_accepting_would_do(
    asking: Asking, changed_late: Registry
) -> None:
    with asking("b.expert"):
        drawn, is_hidden, held, _ = card()
        assert card(held=held) == (no_update,) * 4
        assert card(f"/runs/{FIRST}")[:2] == (None, True)
    assert not is_hidden
    said = words(drawn)
    assert "luminosity" in said and "10: 1–10" in said and "+1.000 pb⁻¹" in said
    assert "Accept all 2 alike" in said


def test_who_may_not_answer_sees_who_may(asking: Asking, changed_late: Registry, press: Any) -> None:
    before = world.now(changed_late)
    with asking("a.shifter"):
        drawn = card()[0]
    assert ids(drawn) == []
    assert "cms-dqm-oncall or cms-dqm-runregistry-data-certification" in words(drawn)
    assert "may not answer a late change" in words(press(late_change.ACCEPT, "a.shifter")[2])
    assert world.now(changed_late) == before


def test_the_past_cannot_be_answered(asking: Asking, changed_late: Registry, press: Any) -> None:
    then = world.now(changed_late)
    press(late_change.REJECT)
    with asking("b.expert"):
        assert card()[1] is True
        assert "the past cannot be decided" in words(card(search=f"?as_of={then}")[0])


@pytest.mark.parametrize(
    ("do", "remain"),
    [(late_change.ACCEPT, CHANGED[1:]), (late_change.REJECT, CHANGED[1:]), (late_change.ALIKE, ())],
)
def test_it_is_answered_on_the_page_of_its_run(
    changed_late: Registry, press: Any, do: str, remain: tuple[int, ...]
) -> None:
    sequence, toast, refused = press(do, comment="as OMS says")
    assert sequence == {"sequence": world.now(changed_late)} and refused is None
    assert ("nothing changed" if do == late_change.REJECT else "the truth") in words(toast)
    assert left(changed_late) == list(remain)


@pytest.mark.parametrize("do", [late_change.ACCEPT, late_change.REJECT, late_change.ALIKE])
def test_the_toast_takes_the_answer_back(
    asking: Asking, changed_late: Registry, press: Any, monkeypatch: pytest.MonkeyPatch, do: str
) -> None:
    (button,) = [part for part in parts(press(do)[1]) if isinstance(getattr(part, "id", None), dict)]
    monkeypatch.setattr(type(callback_context), "triggered_id", button.id)
    with asking("b.expert"):
        assert "Taken back" in words(take_action_back([1])[1])
    assert left(changed_late) == list(CHANGED)


def test_u_takes_the_answer_of_the_queue_back(asking: Asking, changed_late: Registry) -> None:
    with asking("d.coordinator"):
        done = answered("alike")[3]
        assert left(changed_late) == []
        said = decide.answer_item({"do": "undo", "n": 2}, None, done)
    assert "Taken back: it waits again." in words(said[1])
    assert left(changed_late) == list(CHANGED)


def test_it_stands_on_the_board_and_in_the_queue(
    asking: Asking, changed_late: Registry, triggered_by: Any
) -> None:
    triggered_by("decide-queue.data")
    with asking("b.expert"):
        assert f"{CHANGED[0]} · late change" in words(fill_board_queue("/", "", None, None, False))
        data, row, _ = decide.fill_queue("/decide", "?kind=late", None)
        assert [item["run_number"] for item in data["items"]] == list(reversed(CHANGED))
        shown = decide.show_item(data, None)
    assert words(row).count("late change") == 4
    assert "Accept all 2 alike" in words(shown) and "rules would say otherwise in no column" in words(shown)


def answered(do: str, **more: Any) -> Any:
    data = decide.fill_queue("/decide", "?kind=late", None)[0]
    intent = {"do": do, "key": data["items"][0]["key"], "index": 0, "n": 1, "comment": "", "cause": "", **more}
    return decide.answer_item(intent, data, [])


@pytest.mark.parametrize(("do", "remain"), [("accept", CHANGED[:1]), ("reject", CHANGED[:1]), ("alike", ())])
def test_it_is_answered_in_the_queue(
    asking: Asking, changed_late: Registry, do: str, remain: tuple[int, ...]
) -> None:
    with asking("d.coordinator"):
        assert "Late change of" in words(answered(do)[1])
    assert left(changed_late) == list(remain)


def test_a_late_change_takes_no_status_and_a_cell_has_none_alike(
    asking: Asking, changed_late: Registry
) -> None:
    with asking("d.coordinator"):
        assert "it takes no status" in words(answered("status", status="GOOD")[2])
        world.give(changed_late, world.DC, "dt-dt", [(1, 3)], "NOTSET", run_number=FIRST)
        data = decide.fill_queue("/decide", "?kind=undecided", None)[0]
        intent = {"do": "alike", "key": data["items"][0]["key"], "index": 0, "n": 1, "comment": "", "cause": ""}
        assert "Only late changes" in words(decide.answer_item(intent, data, [])[2])
    assert left(changed_late) == list(CHANGED)


def test_the_queue_tells_others_that_late_changes_wait_and_for_whom(
    asking: Asking, changed_late: Registry
) -> None:
    with asking("t.certifier"):
        data, _, head = decide.fill_queue("/decide", "?kind=late", None)
    assert data["items"] == []
    assert "2 late changes wait for an answer: cms-dqm-oncall or" in words(head)
