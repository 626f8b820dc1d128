"""What a night does it does once, whatever restarts happen."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jobs.schedule import Schedule
from jobs.upkeep import Upkeep
from model import jobs
from model.backups import backups
from model.cache import Cache
from model.clock import SettableClock
from model.columnar.snapshots import snapshots
from model.commands.rules import set_rule
from model.golden.golden import GoldenRoom
from model.products import nightly
from model.products.nightly import night_of
from model.products.products import products
from model.queries.feeds import refusals
from model.registry import Registry
from model.report.kept import reports
from model.rulebook.texts import RuleText
from tests.model import product_world as made
from tests.model import world
from tests.provision import stores

EVENING = datetime(2024, 5, 20, 21, tzinfo=UTC)
NIGHT = datetime(2024, 5, 21, 3, 5, tzinfo=UTC)
DCS = "dcs-only-2024"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """Tell a registry in which two persons made the first product of a series official."""
    database = stores.sqlite(tmp_path / "registry.sqlite")
    found = Registry(database, GoldenRoom(Cache()), SettableClock(EVENING))
    made.build(found)
    made.make(found, "dcs-1", DCS)
    yield found
    database.dispose()


def _schedule(registry: Registry, at: datetime, told: list[int] | None = None, code: int = 0) -> Schedule:
    """Give a scheduler as after a restart: it knows nothing but what the registry holds."""

    def sentinel() -> int:
        assert told is not None
        told.append(1)
        return code

    clock = SettableClock(at)
    watch = sentinel if told is not None else None
    return Schedule(registry.database, GoldenRoom(Cache()), [DCS], 3, watch, clock)


def _names(registry: Registry) -> list[str]:
    with registry.reading() as connection:
        return [each.name for each in products(connection)]


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2024-05-21T03:00", "2024-05-21"),
        ("2024-05-21T02:59", "2024-05-20"),
        ("2024-05-22T02:00", "2024-05-21"),
        ("2024-05-21T23:59", "2024-05-21"),
    ],
)
def test_a_night_begins_at_its_hour(now: str, night: str) -> None:
    assert night_of(datetime.fromisoformat(now).replace(tzinfo=UTC), 3) == date.fromisoformat(night)


def test_a_registry_that_never_had_a_night_begins_with_the_next_one(registry: Registry) -> None:
    told: list[int] = []
    assert _schedule(registry, EVENING, told).look() == [] and told == []
    world.give(registry, world.TRACKER, made.PIXEL, [(9, 9)], "GOOD")
    assert _schedule(registry, EVENING + timedelta(hours=1), told).look() == [] and told == []
    assert _schedule(registry, NIGHT, told).look() == [
        f"{DCS}_20240521 is official.",
        "sentinel of 2024-05-21: nothing new is loud",
    ]
    assert _names(registry) == [f"{DCS}_20240521", "dcs-1"] and told == [1]


def test_trap_24_a_restart_in_the_night_makes_nothing_twice(registry: Registry) -> None:
    told: list[int] = []
    _schedule(registry, EVENING).look()
    world.give(registry, world.TRACKER, made.PIXEL, [(9, 9)], "GOOD")
    _schedule(registry, NIGHT, told).look()
    world.give(registry, world.TRACKER, made.PIXEL, [(10, 10)], "GOOD")
    assert _schedule(registry, NIGHT + timedelta(minutes=1), told).look() == []
    assert _schedule(registry, NIGHT + timedelta(hours=20), told).look() == []
    assert len(_names(registry)) == 2 and told == [1]
    assert f"{DCS}_20240522 is official." in _schedule(registry, NIGHT + timedelta(days=1), told).look()


def test_trap_24_a_kill_between_making_and_recording_leaves_the_night_to_be_done(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    _schedule(registry, EVENING).look()
    world.give(registry, world.TRACKER, made.PIXEL, [(9, 9)], "GOOD")
    with monkeypatch.context() as broken:
        broken.setattr(nightly, "publish_scheduled", killed)
        with pytest.raises(Killed):
            _schedule(registry, NIGHT).look()
    assert len(_names(registry)) == 1
    assert _schedule(registry, NIGHT).look() == [f"{DCS}_20240521 is official."]


def test_a_night_without_news_records_nothing(registry: Registry) -> None:
    _schedule(registry, EVENING).look()
    before = world.now(registry)
    assert _schedule(registry, NIGHT).look() == [f"{DCS}_20240521: the list is the official one already."]
    assert world.now(registry) == before
    assert _schedule(registry, NIGHT).look() == []


def test_trap_24_a_night_that_fails_says_so_once_where_operators_look(registry: Registry) -> None:
    _schedule(registry, EVENING).look()
    with registry.writing() as tx:
        set_rule(tx, "pixel-good", RuleText(True, "bad", "another meaning"), world.EXPERT)
    (said,) = _schedule(registry, NIGHT).look()
    assert said.startswith(f"{DCS}: no product of 2024-05-21: The schedule repeats dcs-1")
    assert _schedule(registry, NIGHT).look() == []
    with registry.reading() as connection:
        (refused,) = refusals(connection, nightly.NAME)
    assert refused.record == DCS and "propose the next one" in refused.reason
    made.make(registry, "dcs-2", DCS)
    world.report_run(registry, lumisections=[(1, 9)])
    assert "is official" in _schedule(registry, NIGHT + timedelta(days=1)).look()[0]
    with registry.reading() as connection:
        assert not refusals(connection, nightly.NAME)


def test_a_series_that_nobody_approved_is_not_published(registry: Registry) -> None:
    schedule = _schedule(registry, EVENING)
    schedule.series = ["muon"]
    schedule.look()
    later = _schedule(registry, NIGHT)
    later.series = ["muon"]
    assert "Nobody has approved a product of muon yet" in later.look()[0]


def test_a_loud_sentinel_is_named(registry: Registry) -> None:
    _schedule(registry, EVENING, []).look()
    assert (
        _schedule(registry, NIGHT, [], 1).look()[-1]
        == "sentinel of 2024-05-21: something new contradicts itself"
    )


def _weekly(registry: Registry, at: datetime) -> list[str]:
    room = GoldenRoom(Cache())
    return Schedule(registry.database, room, [], 3, None, SettableClock(at), has_reports=True).look()


def _reports(registry: Registry) -> list[tuple[str, str]]:
    with registry.reading() as connection:
        return [(each.scope, each.author) for each in reports(connection, world.now(registry))]


def test_the_report_of_a_week_is_frozen_once_in_the_first_night_after_it(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.report_run(registry, world.RUN, start_time="2024-05-22T08:00:00Z", duration=3600)
    with registry.writing() as tx:
        logic = {"==": [{"var": f"lumisection.rr.{made.PIXEL}"}, "GOOD"]}
        set_rule(tx, "golden", RuleText(logic, "bad", "what is good", "/PromptReco/%", "golden"), world.EXPERT)
    assert _weekly(registry, NIGHT) == [] and _weekly(registry, NIGHT + timedelta(days=5)) == []
    monday = datetime(2024, 5, 27, 3, 5, tzinfo=UTC)
    with monkeypatch.context() as killed:
        # it is frozen, and then the process ends before it remembers
        killed.setattr("jobs.schedule.done", lambda *_: None)
        (said,) = _weekly(registry, monday)
    assert _weekly(registry, monday) == [said] and said.startswith("report of 2024-W21: week-2024-W21-")
    assert _weekly(registry, monday + timedelta(hours=20)) == []
    assert _reports(registry) == [("2024-W21", "registry")]


def test_a_week_without_runs_is_said_once(registry: Registry) -> None:
    _weekly(registry, NIGHT)
    (said,) = _weekly(registry, NIGHT + timedelta(days=7))
    assert said.startswith("no report of 2024-W21: ")
    assert _weekly(registry, NIGHT + timedelta(days=7)) == [] and _reports(registry) == []


def _keeping(registry: Registry, at: datetime, folder: Path) -> Schedule:
    """Give a scheduler that keeps the tables, as after a restart."""
    room = GoldenRoom(Cache())
    return Schedule(registry.database, room, [], 3, None, SettableClock(at), snapshots=folder)


def test_the_tables_are_kept_at_the_first_start_and_then_once_a_night(
    registry: Registry, tmp_path: Path
) -> None:
    first = world.now(registry)
    assert _keeping(registry, EVENING, tmp_path).look() == [
        f"snapshot of 2024-05-20: sequence {first}, 0 old ones removed"
    ]
    world.give(registry, world.TRACKER, made.PIXEL, [(9, 9)], "GOOD")
    assert _keeping(registry, EVENING + timedelta(hours=1), tmp_path).look() == []
    (said,) = _keeping(registry, NIGHT, tmp_path).look()
    assert said == f"snapshot of 2024-05-21: sequence {first + 1}, 0 old ones removed"
    assert _keeping(registry, NIGHT + timedelta(hours=20), tmp_path).look() == []
    assert [each.sequence for each in snapshots(tmp_path)] == [first + 1, first]


def test_what_is_old_goes_when_a_night_keeps_the_tables(registry: Registry, tmp_path: Path) -> None:
    _keeping(registry, EVENING, tmp_path).look()
    world.give(registry, world.TRACKER, made.PIXEL, [(9, 9)], "GOOD")
    (said,) = _keeping(registry, NIGHT + timedelta(days=91), tmp_path).look()
    assert said.endswith("1 old ones removed")
    assert [each.sequence for each in snapshots(tmp_path)] == [world.now(registry)]


def test_a_full_disk_is_said_once_a_night(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("jobs.schedule.make_snapshot", full)
    keeping = _keeping(registry, NIGHT, tmp_path)
    assert keeping.look() == ["no snapshot of 2024-05-21: No space left on device"]
    assert keeping.look() == []


def test_an_empty_registry_has_nothing_to_keep(tmp_path: Path) -> None:
    database = stores.sqlite(tmp_path / "empty.sqlite")
    keeping = Schedule(database, GoldenRoom(Cache()), [], 3, None, SettableClock(NIGHT), snapshots=tmp_path)
    assert keeping.look() == [] and snapshots(tmp_path) == []
    database.dispose()


def _kept(registry: Registry) -> dict[str, jobs.Job]:
    with registry.reading() as connection:
        return {each.name: each for each in jobs.jobs(connection)}


def _with_upkeep(registry: Registry, folder: Path, at: datetime) -> Schedule:
    found = _schedule(registry, at)
    found.upkeep = Upkeep(registry.database, folder, 2, clock=found.clock)
    return found


def test_the_journal_is_verified_and_backed_up_once_a_night(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert _with_upkeep(registry, folder, EVENING).look() == []
    for night in range(4):
        at = NIGHT + timedelta(days=night)
        world.give(registry, world.TRACKER, made.PIXEL, [(1, 1)], ("BAD", "GOOD")[night % 2])
        assert len(_with_upkeep(registry, folder, at).look()) == 3
        assert _with_upkeep(registry, folder, at + timedelta(hours=1)).look() == []
    assert [each.name for each in backups.backups(folder)] == ["20240524T030500Z", "20240523T030500Z"]
    told = _kept(registry)
    assert told[jobs.VERIFY].is_well and "events verify, head " in told[jobs.VERIFY].said
    assert told[jobs.BACKUP].due_at == datetime(2024, 5, 25, 3, tzinfo=UTC)
    assert not told[jobs.BACKUP].is_late(NIGHT + timedelta(days=3, hours=20))
    assert told[jobs.BACKUP].is_late(NIGHT + timedelta(days=4, hours=3))


def test_a_night_without_news_needs_no_other_backup(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    _with_upkeep(registry, folder, EVENING).look()
    _with_upkeep(registry, folder, NIGHT).look()
    (only,) = backups.backups(folder)
    _with_upkeep(registry, folder, NIGHT + timedelta(days=1)).look()
    assert backups.backups(folder) == [only]
    assert f"nothing new since {only.name}" in _kept(registry)[jobs.BACKUP].said


def test_a_journal_that_does_not_verify_is_said_and_not_backed_up_over(
    registry: Registry, tmp_path: Path
) -> None:
    _with_upkeep(registry, tmp_path / "backups", EVENING).look()
    with registry.database.writing() as connection:
        connection.exec_driver_sql("UPDATE journal SET author = 'x' WHERE sequence = 2")
    said = _with_upkeep(registry, tmp_path / "backups", NIGHT).look()
    assert any("the journal does not verify: Sequence 2 is not what was recorded" in each for each in said)
    told = _kept(registry)
    assert not told[jobs.VERIFY].is_well and not told[jobs.BACKUP].is_well
    assert backups.backups(tmp_path / "backups") == []
