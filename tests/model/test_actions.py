"""The log: all that was recorded together is one line, newest first, with what it touched."""

import pytest

from model import events
from model.bulk.plan import Sheet
from model.bulk.wish import make_plan
from model.bulk.write import write
from model.commands import views
from model.commands.undo import undo, why_not
from model.commands.undo_effect import reverting, too_long
from model.errors import Forbidden, Invalid, NotFound, Stale
from model.queries import actions
from model.queries.action_facts import WORDS
from model.queries.actions import Act, Wanted
from model.queries.event_feed import Choice
from model.registry import Registry
from model.vocabulary import Stage
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, READER, RUN, TRACKER
from tests.provision.stories import once

PIXEL, STRIP = "tracker-pixel", "tracker-strip"


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell two runs, one verdict of a person, one of a rule, and a sheet on both runs."""
    for number in (RUN, RUN + 1):
        world.report_run(registry, number)
        world.create_dataset(registry, run_number=number)
    world.create_dataset(registry, EXPRESS)
    world.give(registry, TRACKER, PIXEL, [(1, 5)], "BAD", "HV trip", "layer 1 tripped")
    world.rule_says(registry, "dt-dt", [(1, 10)], "GOOD", dataset=EXPRESS)
    sheet = Sheet(
        "\n".join(f"{n},6,8,{c},GOOD,," for n in (RUN, RUN + 1) for c in (PIXEL, STRIP)), Stage.PROMPT
    )
    with registry.reading() as connection:
        token = make_plan(connection, sheet, TRACKER).token
    write(registry, sheet, token, TRACKER)
    return registry


def read(registry: Registry, wanted: Wanted | None = None, limit: int = 40, **where: int) -> actions.Page:
    with registry.reading() as connection:
        return actions.page(connection, wanted or Wanted(), world.sequence_of(connection), limit, **where)


def newest(registry: Registry, wanted: Wanted | None = None) -> Act:
    return read(registry, wanted).acts[0]


def take_back(registry: Registry, action: int, by: world.Author = TRACKER) -> int:
    with registry.writing() as tx:
        return undo(tx, action, by)


def test_what_was_recorded_together_is_one_line(told: Registry) -> None:
    act = newest(told)
    assert act.facts > 1 and act.is_whole and (act.author, act.is_person) == (TRACKER.name, True)
    assert act.touched.runs == (RUN, RUN + 1) and act.touched.columns == (PIXEL, STRIP)
    assert act.what == f"GOOD {PIXEL}, {STRIP} of 2 datasets"


def test_lumisections_and_luminosity_count_once_in_however_many_columns(told: Registry) -> None:
    act = newest(told)
    assert act.touched.lumisection_count == 6
    assert act.recorded_invpb == pytest.approx(0.6) and act.source == "OMS"


def test_an_action_that_speaks_of_no_lumisections_has_no_luminosity(told: Registry) -> None:
    created = newest(told, Wanted(Choice(kinds=frozenset({"dataset-created"}))))
    assert created.recorded_invpb is None and created.touched.lumisection_count == 0


@pytest.mark.parametrize(
    ("wanted", "columns"),
    [
        (Wanted(voice="people"), [(PIXEL, STRIP), (PIXEL,)]),
        (Wanted(Choice(author=world.RULE.name)), [("dt-dt",)]),
        (Wanted(Choice(author=world.RULE.name), voice="people"), []),
        (Wanted(Choice(kinds=frozenset({"verdicts-given"}))), [(PIXEL, STRIP), ("dt-dt",), (PIXEL,)]),
        (Wanted(Choice(run_number=RUN + 1), voice="people"), [(PIXEL, STRIP)]),
        (Wanted(Choice(dataset=PROMPT, workspace="tracker")), [(PIXEL, STRIP), (PIXEL,)]),
        (Wanted(Choice(workspace="dt")), [("dt-dt",)]),
        (Wanted(says="LAYER 1"), [(PIXEL,)]),
        (Wanted(says="layer%"), []),
    ],
)
def test_an_action_is_found_by_any_of_its_facts(
    told: Registry, wanted: Wanted, columns: list[tuple[str, ...]]
) -> None:
    assert [act.touched.columns for act in read(told, wanted).acts] == columns


def test_since_and_until_include_their_sequences(told: Registry) -> None:
    bad = newest(told, Wanted(says="layer 1")).action
    assert [a.action for a in read(told, Wanted(since=bad, until=bad)).acts] == [bad]
    with told.reading() as connection:
        assert actions.since_sequence(connection, str(bad)) == bad
        assert actions.since_sequence(connection, "2000-01-01T00:00:00Z") == 1


def test_pages_of_the_log_miss_and_repeat_nothing_either_way(told: Registry) -> None:
    every = [act.action for act in read(told).acts]
    down: list[int] = []
    page = read(told, limit=3)
    while True:
        down += [act.action for act in page.acts]
        if page.older is None:
            break
        page = read(told, limit=3, before=page.older)
    assert down == every == sorted(every, reverse=True)
    second = read(told, limit=3, before=every[2])
    assert second.newer is not None
    assert [a.action for a in read(told, limit=3, after=second.newer).acts] == every[:3]
    assert [a.action for a in read(told, limit=3, after=every[1]).acts] == every[:3]


def test_pages_chosen_by_contents_miss_and_repeat_nothing(told: Registry) -> None:
    wanted = Wanted(Choice(workspace="tracker"))
    first = read(told, wanted, limit=1)
    assert first.older is not None
    second = read(told, wanted, limit=1, before=first.older)
    assert [a.touched.columns for a in (*first.acts, *second.acts)] == [(PIXEL, STRIP), (PIXEL,)]


def test_the_log_is_as_it_was(told: Registry) -> None:
    bad = newest(told, Wanted(says="layer 1")).action
    with told.reading() as connection:
        assert actions.page(connection, Wanted(), bad, 40).acts[0].action == bad
        with pytest.raises(NotFound, match="no action"):
            actions.one(connection, bad + 1, bad)


def test_an_action_too_long_to_read_says_that_it_counts_the_least(
    told: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_MOST_READ", "_LEAST_READ"):
        monkeypatch.setattr(actions, name, 1)
    act = newest(told)
    assert not act.is_whole and act.facts == 2 and act.touched.lumisection_count == 3


def test_what_was_taken_back_says_by_whom_and_is_not_taken_back_again(told: Registry) -> None:
    action = newest(told).action
    take_back(told, action)
    back, done = read(told).acts[:2]
    assert done.taken_back_by == back.action and back.what.startswith(f"took back action {action}")
    assert "took something back itself" in why_not(back.told)
    with pytest.raises(Invalid, match="took something back itself"):
        take_back(told, back.action)


def test_what_upstream_or_a_rule_says_is_nobodys_to_take_back(told: Registry) -> None:
    reported = newest(told, Wanted(Choice(kinds=frozenset({"run-reported"}))))
    assert "not a person's" in why_not(reported.told)
    assert not why_not(newest(told).told)


def test_a_revert_says_what_it_would_change_and_writes_nothing(told: Registry) -> None:
    action, before = newest(told).action, world.now(told)
    with told.trying() as tx:
        found = reverting(tx, action, TRACKER)
    assert found.facts == 2 and found.touched.lumisection_count == 6
    assert found.recorded_invpb == pytest.approx(0.6)
    assert world.now(told) == before
    with told.reading() as connection:
        assert not too_long(connection, action)
    with pytest.raises(Forbidden), told.trying() as tx:
        reverting(tx, action, READER)


def test_a_revert_that_is_too_late_is_refused_before_it_is_done(told: Registry) -> None:
    action = newest(told).action
    world.give(told, TRACKER, PIXEL, [(7, 7)], "STANDBY")
    with pytest.raises(Stale, match="undo those first"), told.trying() as tx:
        reverting(tx, action, TRACKER)


def test_what_is_somebodys_own_has_no_name_in_the_log(told: Registry) -> None:
    with told.writing() as tx:
        views.save_view(tx, "my secret", "/runs", {"runs": "381000-381594"}, TRACKER)
    act = newest(told)
    assert "secret" not in act.what and act.touched.documents == ()


def test_every_kind_of_fact_has_its_words() -> None:
    assert set(WORDS) == set(events.KINDS)
