"""Previewing, recording and taking back, as the panel's callbacks do it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from dash import no_update

from callbacks.certify_panel import apply_verdict, choose_side, preview, take_back
from model.registry import Registry
from tests.browser.small import FIRST, PROMPT, RULE
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world

Triggered = Callable[..., None]
PIXEL = "tracker-pixel"
INTENT, APPLY = "lumisection-strip-intent.data", "certify-panel-apply.n_clicks"
NOTHING = (no_update, no_update, no_update)


def selection(registry: Registry, *cells: tuple[str, str, int, int], seen: int | None = None) -> dict[str, Any]:
    named = [{"dataset": d, "column": c, "first": f, "last": l} for d, c, f, l in cells]
    sequence = world.now(registry) if seen is None else seen
    return {"run_number": FIRST, "cells": named, "n_ls": 10, "recorded_invpb": 1.0, "sequence": sequence}


def said(registry: Registry, dataset: str = "online", column: str = PIXEL) -> list[tuple[int, int, str]]:
    return world.statuses(registry, column, dataset=dataset, run_number=FIRST)


def test_a_preview_names_the_luminosity_and_writes_nothing(asking: Asking, small_registry: Registry) -> None:
    chosen = selection(small_registry, (PROMPT, PIXEL, 11, 20))
    before = world.now(small_registry)
    with asking("t.certifier"):
        impact, why, _ = preview({"status": "BAD", "n": 1}, chosen)
    assert "−1.0  pb⁻¹" in words(impact)
    assert "10 lumisections change" in words(impact)
    assert "Why" in words(why)
    assert world.now(small_registry) == before
    assert said(small_registry, PROMPT) == [(1, 60, "GOOD")]


def test_a_preview_names_the_clause_that_fails_already(asking: Asking, small_registry: Registry) -> None:
    with asking("t.certifier"):
        _, why, _ = preview({"status": "BAD", "n": 1}, selection(small_registry, (PROMPT, PIXEL, 1, 3)))
    assert "bpix_ready" in words(why)
    assert "false" in words(why)


def test_a_preview_of_what_one_may_not_do_is_refused(asking: Asking, small_registry: Registry) -> None:
    with asking("r.reader"):
        impact, _, refusal = preview(
            {"status": "GOOD", "n": 1}, selection(small_registry, ("online", PIXEL, 1, 3))
        )
    assert impact is None
    assert "may not certify online lumisections" in words(refusal)
    assert words(refusal).startswith("Would be refused.")


def test_a_preview_takes_no_refusal_away(asking: Asking, small_registry: Registry) -> None:
    """Its answer may come after the one to Enter."""
    with asking():
        *_, refusal = preview({"status": "BAD", "n": 1}, selection(small_registry, ("online", PIXEL, 1, 3)))
    assert refusal is no_update


@pytest.mark.parametrize("intent", [None, {}, {"undo": True, "n": 2}])
def test_nothing_is_previewed_without_a_status(asking: Asking, small_registry: Registry, intent: Any) -> None:
    with asking():
        assert preview(intent, selection(small_registry, ("online", PIXEL, 1, 3))) == NOTHING
        assert preview({"status": "BAD", "n": 1}, None) == NOTHING


def test_what_is_applied_at_once_is_not_previewed(asking: Asking, small_registry: Registry) -> None:
    chosen = selection(small_registry, ("online", PIXEL, 1, 3))
    with asking():
        assert preview({"status": "GOOD", "apply": True, "n": 1}, chosen) == NOTHING


def test_a_key_that_applies_records_every_cell_as_one_action(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    chosen = selection(small_registry, ("online", PIXEL, 11, 20), ("online", "dt-dt", 1, 5))
    triggered_by(INTENT)
    with asking():
        version, toast, refusal = apply_verdict({"status": "STANDBY", "apply": True, "n": 1}, 0, chosen, "", "")
    assert version == {"sequence": world.now(small_registry)}
    assert "STANDBY on 10 lumisections recorded" in words(toast)
    assert refusal is None
    assert said(small_registry) == [(1, 10, "GOOD"), (11, 20, "STANDBY"), (21, 60, "GOOD")]
    assert said(small_registry, column="dt-dt") == [(1, 5, "STANDBY"), (6, 60, "GOOD")]


def test_apply_records_bad_with_its_cause(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    triggered_by(APPLY)
    chosen = selection(small_registry, ("online", PIXEL, 11, 20))
    with asking():
        apply_verdict({"status": "BAD", "n": 1}, 1, chosen, "HV trip", "sector 7")
    assert (11, 20, "BAD") in said(small_registry)


def test_a_key_takes_no_cause_that_was_left_in_the_panel(
    asking: Asking, small_registry: Registry, triggered_by: Triggered, server: Any
) -> None:
    triggered_by(INTENT)
    chosen = selection(small_registry, ("online", PIXEL, 11, 20))
    with asking():
        apply_verdict({"status": "GOOD", "apply": True, "n": 1}, 0, chosen, "HV trip", "left over")
    columns = server.test_client().get(f"/api/v1/runs/{FIRST}/verdicts").json["columns"]
    (given,) = [v for v in columns[PIXEL] if v["author"] == "a.shifter"]
    assert (given["cause"], given["comment"]) == ("", "")


@pytest.mark.parametrize("intent", [{"status": "GOOD", "apply": True}, {"undo": True, "run_number": FIRST}])
def test_a_panel_drawn_again_repeats_nothing(
    asking: Asking, small_registry: Registry, triggered_by: Triggered, intent: dict[str, Any]
) -> None:
    """Dash calls with the last intent when it mounts a panel for somebody else: only the intent itself acts."""
    expert = world.EXPERT
    world.give(small_registry, expert, PIXEL, [(1, 9)], "STANDBY", dataset="online", run_number=FIRST)
    before = world.now(small_registry)
    triggered_by(APPLY)
    with asking("b.expert"):
        chosen = selection(small_registry, ("online", PIXEL, 11, 20))
        assert apply_verdict({**intent, "n": 1}, 0, chosen, "", "") == NOTHING
    assert world.now(small_registry) == before


def test_a_key_and_enter_in_one_request_record(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    """Dash joins both when the hand is quicker than the first request."""
    triggered_by(INTENT, APPLY)
    chosen = selection(small_registry, ("online", PIXEL, 11, 20))
    with asking():
        apply_verdict({"status": "BAD", "n": 1}, 1, chosen, "HV trip", "")
    assert (11, 20, "BAD") in said(small_registry)


@pytest.mark.parametrize(("cause", "comment"), [("", ""), (None, None), ("", "  "), ("", "ab")])
def test_bad_without_a_reason_is_refused_in_a_sentence(
    asking: Asking, small_registry: Registry, triggered_by: Triggered, cause: str | None, comment: str | None
) -> None:
    triggered_by(APPLY)
    before = world.now(small_registry)
    chosen = selection(small_registry, ("online", PIXEL, 11, 20))
    with asking():
        version, toast, refusal = apply_verdict({"status": "BAD", "n": 1}, 1, chosen, cause, comment)
    assert (version, toast) == (no_update, no_update)
    assert "BAD needs a cause" in words(refusal)
    assert world.now(small_registry) == before


def test_somebody_elses_later_verdict_is_named(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    chosen = selection(small_registry, ("online", PIXEL, 11, 20))
    world.give(small_registry, world.EXPERT, PIXEL, [(15, 30)], "STANDBY", dataset="online", run_number=FIRST)
    triggered_by(INTENT)
    with asking():
        *_, refusal = apply_verdict({"status": "GOOD", "apply": True, "n": 1}, 0, chosen, "", "")
    assert "b.expert" in words(refusal)
    assert "b.expert says  STANDBY , you say  GOOD" in words(refusal)


def test_one_forbidden_cell_stops_the_whole_action(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    triggered_by(INTENT)
    chosen = selection(small_registry, (PROMPT, PIXEL, 1, 9), (PROMPT, "dt-dt", 1, 9))
    with asking("t.certifier"):
        *_, refusal = apply_verdict({"status": "STANDBY", "apply": True, "n": 1}, 0, chosen, "", "")
    assert "in dt" in words(refusal)
    assert said(small_registry, PROMPT) == [(1, 60, "GOOD")]


def test_apply_without_a_selection_says_what_is_missing(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    triggered_by(APPLY)
    with asking():
        *_, refusal = apply_verdict({"status": "GOOD", "n": 1}, 1, None, "", "")
        assert "Select lumisections" in words(refusal)
        assert apply_verdict(None, 0, None, "", "") == NOTHING


def test_a_new_status_takes_the_old_refusal_away(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    triggered_by(INTENT)
    chosen = selection(small_registry, ("online", PIXEL, 11, 20))
    with asking():
        answer = apply_verdict({"status": "BAD", "apply": False, "n": 2}, 0, chosen, "", "")
    assert answer == (no_update, no_update, None)


def test_u_takes_back_ones_own_last_action_of_the_run(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    world.give(small_registry, world.SHIFTER, PIXEL, [(1, 9)], "STANDBY", dataset="online", run_number=FIRST)
    world.give(small_registry, world.EXPERT, "dt-dt", [(1, 9)], "STANDBY", dataset="online", run_number=FIRST)
    triggered_by(INTENT)
    asked = {"undo": True, "run_number": FIRST, "n": 3}
    with asking():
        version, toast, refusal = apply_verdict(asked, 0, None, "", "")
        assert "Taken back" in words(toast)
        assert refusal is None
        assert version == {"sequence": world.now(small_registry)}
        *_, refusal = apply_verdict({**asked, "n": 4}, 0, None, "", "")
    assert said(small_registry) == [(1, 60, "GOOD")]
    assert (1, 9, "STANDBY") in said(small_registry, column="dt-dt")
    assert "nothing of yours to take back" in words(refusal)


def test_the_history_takes_back_one_action(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    action = world.give(
        small_registry, world.EXPERT, PIXEL, [(1, 9)], "STANDBY", dataset="online", run_number=FIRST
    )
    triggered_by(json.dumps({"sequence": action, "type": "certify-panel-undo"}) + ".n_clicks")
    with asking():
        assert take_back([0, 0]) == NOTHING
        version, *_ = take_back([1])
    assert version == {"sequence": world.now(small_registry)}
    assert said(small_registry) == [(1, 60, "GOOD")]


def test_what_a_rule_said_cannot_be_taken_back_by_a_reader(
    asking: Asking, small_registry: Registry, triggered_by: Triggered
) -> None:
    action = world.rule_says(
        small_registry, PIXEL, [(1, 9)], "BAD", dataset="online", run_number=FIRST, by=RULE
    )
    triggered_by(json.dumps({"sequence": action, "type": "certify-panel-undo"}) + ".n_clicks")
    with asking("r.reader"):
        *_, refusal = take_back([1])
    assert "may not certify" in words(refusal)


def refused(asking: Asking, registry: Registry) -> dict[str, Any]:
    """Let two people speak at once, and return what the refusal keeps for the answer."""
    chosen = selection(registry, (PROMPT, PIXEL, 11, 20))
    world.give(registry, world.DC, PIXEL, [(15, 25)], "STANDBY", run_number=FIRST)
    with asking("t.certifier"):
        _, _, both = preview({"status": "EXCLUDED", "n": 1}, chosen)
    assert "d.coordinator says  STANDBY , you say  EXCLUDED" in words(both)
    kept: dict[str, Any] = json.loads(json.dumps(both.children[-1].data))
    return kept


def test_mine_is_said_again_having_seen_theirs(asking: Asking, small_registry: Registry) -> None:
    kept = refused(asking, small_registry)
    with asking("t.certifier"):
        _, toast, refusal = choose_side(1, 0, kept, None, None)
    assert "Yours counts now." in words(toast)
    assert refusal is None
    assert said(small_registry, PROMPT)[1:3] == [(11, 20, "EXCLUDED"), (21, 25, "STANDBY")]


def test_theirs_stays_and_what_nobody_else_touched_is_mine(asking: Asking, small_registry: Registry) -> None:
    kept = refused(asking, small_registry)
    with asking("t.certifier"):
        choose_side(0, 1, kept, None, None)
    assert said(small_registry, PROMPT)[1:3] == [(11, 14, "EXCLUDED"), (15, 25, "STANDBY")]
    nothing_left = {**kept, "edits": [{**kept["edits"][0], "ranges": [[15, 20]]}]}
    before = world.now(small_registry)
    with asking("t.certifier"):
        _, toast, _ = choose_side(0, 1, nothing_left, None, None)
    assert "nothing of yours is left" in words(toast)
    assert world.now(small_registry) == before


def test_an_answer_that_was_overtaken_too_shows_both_sides_again(
    asking: Asking, small_registry: Registry
) -> None:
    kept = refused(asking, small_registry)
    world.give(small_registry, world.DC, PIXEL, [(11, 12)], "BAD", run_number=FIRST)
    with asking("t.certifier"):
        _, _, both = choose_side(1, 0, kept, None, None)
    assert "d.coordinator says  BAD" in words(both)
    assert (11, 12, "BAD") in said(small_registry, PROMPT)
