"""The page of rights: who may do what, what a change would do, and the change itself; tokens beside it."""

from collections.abc import Callable
from typing import Any

from callbacks.program_tokens import list_tokens, make_one, revoke_one
from callbacks.rights_page import apply_rights, change_groups, fill_rights, preview_rights
from components import program_tokens, shell
from components import rights_page as page
from model import rights
from model.authors import Author
from model.policy import DEFAULT, Action, Role
from model.queries.rights import policy
from model.registry import Registry
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import ids, named, parts, words
from tests.model import world

TEAM = "cms-muon-shift-team"
CELLS = [{"type": page.CELL, "action": a.name, "role": r.name} for a in page.ACTIONS for r in page.ROLES]


def _values(*off: tuple[Action, Role]) -> list[bool]:
    held = DEFAULT.matrix
    return [
        Role[c["role"]] in held[Action[c["action"]]] and (Action[c["action"]], Role[c["role"]]) not in off
        for c in CELLS
    ]


def _draft() -> Any:
    return fill_rights("/rights", "", None, 0)[1]


def test_everybody_sees_who_may_do_what_and_administrators_may_switch(asking: Asking) -> None:
    for who, may_edit in (("b.expert", True), ("a.shifter", False)):
        with asking(who):
            matrix, draft, denied, why, *hidden = fill_rights("/rights", "", None, 0)
        switches = [part for part in parts(matrix) if isinstance(getattr(part, "id", None), dict)]
        assert len(switches) == len(CELLS)
        assert [not each.disabled for each in switches] == [may_edit] * len(CELLS)
        assert [each.value for each in switches] == _values()
        assert draft["may_edit"] is may_edit
        assert ("may not administer" in words(denied)) is not may_edit
        assert ("may not administer" in words(why)) is not may_edit
        assert hidden == [not may_edit] * 2


def test_a_change_says_who_gains_and_who_loses_before_it_is_made(
    asking: Asking, triggered_by: Callable[..., None]
) -> None:
    with asking("b.expert"):
        draft = _draft()
        triggered_by(f"{page.ADD}.n_clicks")
        draft, cleared = change_groups(1, [], TEAM, Role.CERTIFIER.value, "muon", draft)
        chips, preview, *off, _ = preview_rights(draft, _values((Action.HAND_OVER, Role.SHIFTER)), CELLS)
    assert off == [False, False]
    assert cleared == "" and f"{TEAM} · muon" in words(chips)
    said = words(preview)
    assert f"{TEAM} gains" in said and "certify offline lumisections in muon" in said
    assert "cms-dqm-runregistry-online-shifters loses  leave a note for the next shift" in said


def test_a_group_is_taken_out_by_its_chip(asking: Asking, triggered_by: Callable[..., None]) -> None:
    with asking("b.expert"):
        draft = _draft()
        triggered_by('{"number":0,"type":"rights-drop"}.n_clicks')
        fewer, _ = change_groups(0, [1, *[0] * 7], None, "", None, draft)
    assert fewer["groups"] == draft["groups"][1:]


def test_an_administrator_changes_rights_and_they_hold_at_once(
    asking: Asking, small_registry: Registry
) -> None:
    with asking("b.expert"):
        draft = _draft()
        draft["groups"].append([TEAM, Role.CERTIFIER.value, "muon"])
        version, toast, refused, reason = apply_rights(1, draft, _values(), CELLS, "as agreed")
    assert (refused, reason) == (None, "") and version["sequence"] == world.now(small_registry)
    assert any(shell.UNDO in each for each in ids(toast))
    with small_registry.reading() as connection:
        member = rights.entitled(Author("m", True, frozenset({TEAM})), policy(connection))
    assert rights.may(member, Action.EDIT_OFFLINE, "muon")


def test_what_would_leave_no_administrator_is_refused_on_the_page(
    asking: Asking, small_registry: Registry
) -> None:
    before = world.now(small_registry)
    with asking("b.expert"):
        off = (Action.ADMINISTER, Role.REGISTRY_EXPERT)
        _, _, refused, _ = apply_rights(1, _draft(), _values(off), CELLS, "")
    assert "No group could administer any more" in words(refused)
    assert world.now(small_registry) == before


def test_the_past_shows_its_own_rights_and_cannot_be_changed(asking: Asking) -> None:
    with asking("b.expert"):
        _, draft, denied, why, *hidden = fill_rights("/rights", "?as_of=1", None, 0)
    assert draft["may_edit"] is False and draft["seen"] == 1
    assert "as it was" in words(denied) and "not changed" in words(why) and hidden == [True, True]


def test_a_token_is_made_shown_once_listed_and_revoked(
    asking: Asking, triggered_by: Callable[..., None], small_registry: Registry
) -> None:
    with asking("b.expert"):
        _, shown, *left = make_one(1, "dqm-ml", [Action.PROPOSE.value], "muon, gem", 30, "proposes")
        assert left == ["", ""]
        listed, hidden = list_tokens("/rights", None)
        assert hidden is False
        assert "rr_" in words(shown) and "rr_" not in words(listed)
        assert all(each in words(listed) for each in ("dqm-ml", Action.PROPOSE.value, "gem, muon", "never"))
        assert named(listed, {"type": program_tokens.REVOKE, "name": "dqm-ml"})
        triggered_by('{"name":"dqm-ml","type":"program-tokens-revoke"}.n_clicks')
        assert "is revoked" in words(revoke_one([1])[1])
        assert "revoked by b.expert" in words(list_tokens("/rights", None)[0])
        _, refused, *_ = make_one(1, "x", None, None, None, None)
        assert "A token's name has" in words(refused)
    with asking("a.shifter"):
        listed, hidden = list_tokens("/rights", None)
        assert hidden is True and "dqm-ml" not in words(listed)
