"""Rights are documents in the journal: as-of, undoable, never without an administrator."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from model import rights
from model.authors import IMPORTER, Author
from model.cache import Cache
from model.clock import SettableClock
from model.commands.rights import planned, set_rights
from model.commands.undo import undo
from model.commands.verdicts import VerdictEdit, certify
from model.db import Database
from model.denials import MOST_PER_HOUR, PAUSE, Denials, denials
from model.errors import Forbidden, Invalid, Stale
from model.golden.golden import GoldenRoom
from model.policy import DEFAULT, ITS_WORKSPACE, Action, Grant, Role
from model.queries.rights import changes, policy
from model.registry import Registry
from tests.model import world
from tests.provision.stories import once

MUON = Grant("cms-muon-shift-team", Role.CERTIFIER, "muon")
Matrix = Mapping[Action, Iterable[Role]]


@pytest.fixture
def registry(database: Database) -> Registry:
    return _told(Registry(database, GoldenRoom(Cache()), SettableClock(world.START)))


@once
def _told(found: Registry) -> Registry:
    world.report_run(found)
    world.create_dataset(found)
    return found


def _set(
    registry: Registry,
    *more: Grant,
    matrix: Matrix = DEFAULT.matrix,
    by: Author = world.EXPERT,
    grants: Iterable[Grant] = DEFAULT.grants,
    seen: int | None = None,
) -> int:
    with registry.writing() as tx:
        at = tx.head.sequence if seen is None else seen
        return set_rights(tx, (*grants, *more), matrix, by, seen=at, comment="as agreed")


def _now(registry: Registry, author: Author, at: int | None = None) -> Author:
    with registry.reading() as connection:
        return rights.entitled(author, policy(connection, at))


def _without(action: Action, role: Role) -> Matrix:
    return {**DEFAULT.matrix, action: DEFAULT.matrix[action] - {role}}


def test_what_ships_holds_until_somebody_says_otherwise(registry: Registry) -> None:
    with registry.reading() as connection:
        assert policy(connection) is DEFAULT


def test_a_group_gets_a_role_and_its_members_the_right(registry: Registry) -> None:
    member = Author("m.certifier", True, frozenset({MUON.group}))
    before = world.now(registry)
    _set(registry, MUON)
    assert rights.may(_now(registry, member), Action.EDIT_OFFLINE, "muon")
    assert not rights.may(_now(registry, member), Action.EDIT_OFFLINE, "tracker")
    assert not rights.may(_now(registry, member, before), Action.EDIT_OFFLINE, "muon")


def test_a_role_that_loses_an_action_is_refused_and_the_right_group_named(registry: Registry) -> None:
    _set(registry, matrix=_without(Action.EDIT_OFFLINE, Role.CERTIFIER))
    certifier, edit = (
        _now(registry, world.TRACKER),
        VerdictEdit(world.RUN, world.PROMPT, ("tracker-pixel",), ((1, 2),), "GOOD"),
    )
    with registry.writing() as tx, pytest.raises(Forbidden) as refused:
        certify(tx, [edit], certifier, seen=tx.head.sequence)
    assert "cms-dqm-runregistry-admins-tracker" in str(refused.value)
    assert "certifiers" not in str(refused.value)


def test_a_change_of_rights_is_taken_back_as_one(registry: Registry) -> None:
    action = _set(registry, MUON, matrix=_without(Action.EDIT_OFFLINE, Role.CERTIFIER)) - 1
    with registry.writing() as tx:
        undo(tx, action, world.EXPERT)
    with registry.reading() as connection:
        assert policy(connection) is DEFAULT


def test_what_was_changed_again_since_is_not_taken_back(registry: Registry) -> None:
    action = _set(registry, MUON)
    _set(registry, matrix=_without(Action.HAND_OVER, Role.SHIFTER), grants=(*DEFAULT.grants, MUON))
    with registry.writing() as tx, pytest.raises(Stale, match="changed again since"):
        undo(tx, action, world.EXPERT)


def test_two_administrators_do_not_overwrite_each_other(registry: Registry) -> None:
    seen = world.now(registry)
    _set(registry, MUON)
    with pytest.raises(Stale, match="Somebody else changed the rights"):
        _set(registry, matrix=_without(Action.HAND_OVER, Role.SHIFTER), seen=seen)


@pytest.mark.parametrize(
    ("grants", "matrix"),
    [
        (DEFAULT.grants[:-1], DEFAULT.matrix),
        (DEFAULT.grants, _without(Action.ADMINISTER, Role.REGISTRY_EXPERT)),
        ((), DEFAULT.matrix),
    ],
    ids=["no group", "no role", "nobody at all"],
)
def test_somebody_can_always_change_the_rights_again(
    registry: Registry, grants: tuple[Grant, ...], matrix: Matrix
) -> None:
    before = world.now(registry)
    with pytest.raises(Invalid, match="No group could administer any more"):
        _set(registry, grants=grants, matrix=matrix)
    assert world.now(registry) == before


def test_nobody_locks_himself_out(registry: Registry) -> None:
    others = (*DEFAULT.grants[:-1], Grant("other-experts", Role.REGISTRY_EXPERT))
    with pytest.raises(Invalid, match="You could not administer any more yourself"):
        _set(registry, grants=others)


@pytest.mark.parametrize("by", [world.DC, world.SHIFTER, world.READER, IMPORTER])
def test_only_administrators_change_rights(registry: Registry, by: Author) -> None:
    with pytest.raises(Forbidden):
        _set(registry, MUON, by=by)


@pytest.mark.parametrize(
    ("grant", "sentence"),
    [
        (Grant("", Role.SHIFTER), "no name of a group"),
        (Grant("a group", Role.SHIFTER), "no name of a group"),
        (Grant("<b>x</b>", Role.SHIFTER), "no name of a group"),
        (Grant("run-registry-operators", Role.SHIFTER), "the registry's own"),
        (Grant("cms-oms", Role.IMPORTER), "the registry's own"),
        (Grant("team", Role.SHIFTER, "muon"), "needs no workspace"),
        (Grant("team", Role.CERTIFIER), "say the workspace"),
        (Grant(f"team-{ITS_WORKSPACE}", Role.CERTIFIER, "muon"), "say the workspace"),
        (Grant("team", Role.CERTIFIER, "moon"), "is no workspace"),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(registry: Registry, grant: Grant, sentence: str) -> None:
    before = world.now(registry)
    with pytest.raises(Invalid, match=sentence):
        _set(registry, grant)
    assert world.now(registry) == before


def test_what_changes_nothing_is_no_fact(registry: Registry) -> None:
    with pytest.raises(Invalid, match="Nothing changes"):
        _set(registry)


def test_the_registry_s_own_voice_is_nobody_s_to_take_away(registry: Registry) -> None:
    _set(registry, matrix={action: {Role.REGISTRY_EXPERT} for action in Action})
    importer = _now(registry, IMPORTER)
    assert rights.may(importer, Action.INGEST) and rights.may(importer, Action.PROPOSE)
    assert not rights.may(_now(registry, world.EXPERT), Action.INGEST)


def test_a_preview_tells_who_gains_and_who_loses(registry: Registry) -> None:
    after = planned((*DEFAULT.grants, MUON), _without(Action.HAND_OVER, Role.SHIFTER))
    told = {change.group: (change.gains, change.loses) for change in changes(DEFAULT, after)}
    assert set(told) == {
        MUON.group,
        "cms-dqm-runregistry-online-shifters",
        "cms-shiftlist_shifters_dqm_p5",
    }
    assert "certify offline lumisections in muon" in told[MUON.group][0]
    assert told["cms-dqm-runregistry-online-shifters"] == ((), (Action.HAND_OVER.value,))


def test_what_is_denied_is_kept_and_the_journal_is_not_longer(registry: Registry) -> None:
    before = world.now(registry)
    for _ in range(3):
        with pytest.raises(Forbidden):
            world.give(registry, world.READER, "tracker-pixel", [(1, 2)], "GOOD")
    clock = registry.clock
    assert isinstance(clock, SettableClock)
    clock.at += PAUSE
    with pytest.raises(Forbidden):
        world.give(registry, world.READER, "tracker-pixel", [(1, 2)], "GOOD")
    with registry.reading() as connection:
        (found,) = denials(connection)
    told = (found.author, found.action, found.workspace, found.times)
    assert told == ("r.reader", Action.EDIT_OFFLINE.value, "tracker", 4)
    assert found.first_at < found.last_at
    assert "R. Reader may not certify offline lumisections in tracker" in found.sentence
    assert world.now(registry) == before


def test_a_dry_run_is_a_question_and_no_denial(registry: Registry) -> None:
    edit = VerdictEdit(world.RUN, world.PROMPT, ("tracker-pixel",), ((1, 2),), "GOOD")
    with pytest.raises(Forbidden), registry.trying() as tx:
        certify(tx, [edit], world.READER, seen=tx.head.sequence)
    with registry.reading() as connection:
        assert not denials(connection)


def test_a_stranger_does_not_fill_the_table(registry: Registry) -> None:
    for number in range(MOST_PER_HOUR + 20):
        denied = Forbidden("no", world.READER, f"fly {number}", "<b>" * number)
        registry.denied.keep(registry.database, denied, registry.clock())
    with registry.reading() as connection:
        found = denials(connection, limit=1000)
    assert len(found) == MOST_PER_HOUR
    assert {each.workspace for each in found} == {""}


def test_what_is_denied_ten_thousand_times_is_one_row_with_its_count(registry: Registry) -> None:
    begun, journal = registry.clock(), world.now(registry)
    for passed_ms in range(10_000):
        denied = Forbidden("no", world.READER, "fly", "tracker")
        registry.denied.keep(registry.database, denied, begun + timedelta(milliseconds=passed_ms))
    registry.denied.keep(registry.database, Forbidden("no", world.READER, "fly", "tracker"), begun + 2 * PAUSE)
    with registry.reading() as connection:
        assert [(each.action, each.times) for each in denials(connection)] == [("fly", 10_001)]
    assert world.now(registry) == journal


def test_who_makes_up_workspaces_fills_neither_the_disk_nor_the_memory(registry: Registry) -> None:
    kept, now = Denials(), registry.clock()
    for number in range(2 * MOST_PER_HOUR * 100):
        key = ("reader", "fly", f"made-up-{number // 2}")
        kept._times(key, now)
    assert len(kept._waiting) + len(kept._written) <= 2 * (MOST_PER_HOUR * 100 + 1)


def test_what_was_denied_long_ago_goes(registry: Registry) -> None:
    for days in (0, 100):
        at = world.START + timedelta(days=days)
        denied = Forbidden("no", replace(world.READER, name=f"reader {days}"), "fly")
        registry.denied.keep(registry.database, denied, at)
    with registry.reading() as connection:
        assert [each.author for each in denials(connection)] == ["reader 100"]
