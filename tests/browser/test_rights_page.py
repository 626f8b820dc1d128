"""The page of rights in hands: a right is taken away and given back, a token made and revoked."""

import json
from collections.abc import Callable

import pytest

from model.policy import Action, Role
from tests.browser.hand import Hand

_SHIFTERS = "cms-dqm-runregistry-online-shifters"


def _switch(action: Action, role: Role) -> str:
    name = {"action": action.name, "role": role.name, "type": "rights-cell"}
    return f"[id='{json.dumps(name, separators=(',', ':'))}']"


_STOP_REASON = _switch(Action.EDIT_STOP_REASON, Role.SHIFTER)


def _administers(hand: Hand) -> None:
    hand.comes_as("b.expert")
    hand.go("/rights")
    hand.page.wait_for_selector("#rights-reason:visible")
    hand.reads("#rights-preview", "Nothing changes yet.")


def test_who_may_not_change_rights_sees_them_and_who_may(hand: Hand) -> None:
    hand.go("/rights")
    hand.reads("#rights-may", "may not administer workspaces and permissions: cms-dqm-runregistry-experts may.")
    assert hand.page.is_checked(_STOP_REASON) and hand.page.is_disabled(_STOP_REASON)
    for name in ("rights-group", "rights-apply", "program-tokens-make"):
        assert hand.page.is_hidden(f"#{name}")


def test_a_right_is_taken_away_and_given_back(hand: Hand) -> None:
    _administers(hand)
    assert hand.page.is_disabled("#rights-apply")
    hand.page.focus(_STOP_REASON)
    hand.press("Space")
    hand.reads("#rights-preview", f"{_SHIFTERS}\nloses edit a stop reason")
    hand.page.fill("#rights-reason", "shifters write it in the log")
    hand.page.click("#rights-apply")
    hand.reads(".shell-toasts", "The rights hold from now on.")
    hand.reads("#rights-preview", "Nothing changes yet.")
    assert not hand.page.is_checked(_STOP_REASON) and hand.page.input_value("#rights-reason") == ""
    hand.page.click(".rr-toast .link-button")
    hand.reads(".shell-toasts", "Taken back")
    hand.page.wait_for_selector(f"{_STOP_REASON}:checked")


def test_what_was_refused_and_prepared_is_gone_when_one_starts_again(hand: Hand) -> None:
    _administers(hand)
    assert hand.page.is_hidden("#rights-workspace")
    hand.page.select_option("#rights-role", Role.CERTIFIER.value)
    hand.page.fill("#rights-workspace", "nowhere")
    hand.page.fill("#rights-group", "cms-eye")
    hand.page.click("#rights-add")
    hand.reads("#rights-groups", "cms-eye · nowhere")
    hand.page.click("#rights-apply")
    hand.reads("#rights-refusal", "“nowhere” is no workspace")
    hand.page.click("#rights-again")
    hand.reads("#rights-preview", "Nothing changes yet.")
    assert "cms-eye" not in hand.page.inner_text("#rights-groups")
    assert hand.page.inner_text("#rights-refusal") == ""


def test_a_token_is_made_copied_and_revoked(hand: Hand) -> None:
    hand.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _administers(hand)
    hand.page.click("summary:has-text('Tokens')")
    hand.page.fill("#program-tokens-name", "dqm-eye")
    hand.page.fill("#program-tokens-purpose", "looks")
    hand.page.click("#program-tokens-make")
    hand.reads("#program-tokens", "dqm-eye")
    secret = hand.page.inner_text("#program-tokens-said code")
    hand.page.click("#program-tokens-said .copy-text")
    hand.reads("#program-tokens-said", "copied")
    assert hand.page.evaluate("() => navigator.clipboard.readText()") == secret
    assert secret.startswith("rr_") and hand.page.input_value("#program-tokens-name") == ""
    hand.page.click("[aria-label='Revoke the token of dqm-eye']")
    hand.reads("#program-tokens", "revoked by b.expert")


@pytest.mark.parametrize("width", [390, 1500])
def test_what_a_switch_does_is_seen_where_it_stands(open_hand: Callable[..., Hand], width: int) -> None:
    hand = open_hand(width, 844)
    _administers(hand)
    hand.page.click(_switch(Action.MAKE_SNAPSHOT, Role.SHIFTER))
    hand.reads("#rights-preview", "gains make a snapshot of the tables")
    for name in ("rights-preview", "rights-apply"):
        box = hand.page.locator(f"#{name}").bounding_box()
        assert 0 <= box["y"] < 844 - 24
    assert hand.page.evaluate("() => document.documentElement.scrollWidth") <= width
