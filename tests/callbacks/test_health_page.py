"""The health page: feeds with what is wrong, refused records with their reason, and the journal's end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dash import no_update

from callbacks.health_page import fill_health
from components import health_page, shell
from model import feeds as told
from model import jobs, journal
from model.commands import feeds
from model.queries.feeds import feeds as ages
from model.registry import Registry
from tests.browser.small import FIRST, opened
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world

BEAMS = ("388801", "lumisection 17: “maybe” is no value of beam1_stable")


def filled() -> Any:
    return fill_health("/health", None, None)


def test_a_feed_in_trouble_says_since_when_and_why(asking: Asking, small_registry: Registry) -> None:
    told.hear(small_registry.database, "OMS", normal_s=2.0, trouble="connection refused")
    with asking():
        said = words(filled()[0])
    assert "OMS" in said and "never" in said and "stopped" in said and "connection refused" in said


def test_silence_after_a_replay_is_no_alarm_and_after_a_real_run_it_is(
    asking: Asking, small_registry: Registry
) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=15)
    told.hear(small_registry.database, "OMS", normal_s=2.0, clock=lambda: long_ago)
    for mode, said, look in (
        ("l1_hlt_collisions2024", "stopped", "is-stale"),
        ("replay of run 379349", "not followed", "is-off"),
    ):
        world.report_run(small_registry, FIRST + 50, [(1, 3)], {}, trigger_mode=mode)
        with asking():
            drawn = filled()[0]
            assert said in words(drawn) and look in str(drawn)
        with small_registry.reading() as connection:
            (plain,) = (each.plain() for each in told.heard(connection))
        assert (plain["over_s"] is None) == (look == "is-stale")


def test_a_registry_that_nothing_feeds_says_so_without_an_alarm(tmp_path: Path) -> None:
    with opened(tmp_path / "empty.sqlite").reading() as connection:
        (only,) = ages(connection, datetime.now(UTC))
    assert (only.age, only.state) == ("none yet", "off")


def test_a_refused_record_stands_there_with_its_reason_until_it_is_taken(
    asking: Asking, small_registry: Registry
) -> None:
    with small_registry.writing() as tx:
        feeds.refuse(tx, "OMS", *BEAMS)
        feeds.refuse(tx, "DQM", "380002", "no such dataset")
    with asking():
        said = words(filled()[2])
    assert all(word in said for word in (*BEAMS, "DQM", "no such dataset", "2, the rest goes on"))
    with small_registry.writing() as tx:
        feeds.taken(tx, "OMS", BEAMS[0])
        feeds.taken(tx, "DQM", "380002")
    with asking():
        assert "Nothing was refused" in words(filled()[2])


def test_of_many_refused_records_the_newest_are_shown_and_all_counted(
    asking: Asking, small_registry: Registry
) -> None:
    n = health_page.SHOWN + 5
    with small_registry.writing() as tx:
        for number in range(n):
            feeds.refuse(tx, "OMS", str(number), "no number")
    with asking():
        assert f"the newest {health_page.SHOWN} of {n}" in words(filled()[2])


def test_the_journals_end_is_told(asking: Asking, small_registry: Registry) -> None:
    with asking(), small_registry.reading() as connection:
        head = journal.head(connection)
        said = words(filled()[3])
        assert fill_health("/", None, None) == (no_update,) * 4
    assert f"{head.sequence:,}" in said and head.hash.hex() in said


def test_each_job_says_when_it_ran_what_came_of_it_and_when_it_is_due(
    asking: Asking, small_registry: Registry
) -> None:
    now = small_registry.clock()
    with asking():
        assert "No job has run yet" in words(filled()[1])
    for name, ago_h, due_h, is_well in (
        ("backup", 1, 23, True),
        ("sentinel", 30, -6, True),
        ("verify", 1, 23, False),
    ):
        ran_at, due_at = now - timedelta(hours=ago_h), now + timedelta(hours=due_h)
        jobs.keep(small_registry.database, jobs.Job(name, ran_at, 1.5, due_at, f"{name} says", is_well))
    with asking():
        said = words(filled()[1])
    assert all(word in said for word in ("backup says", "well", "overdue", "in trouble", "1.5 s"))


def test_the_age_of_a_feed_leads_to_the_health_page() -> None:
    header = shell.header([("Board", "/")], feeds=[shell.Feed("OMS", "2 s")])
    (link,) = [part for part in header.children if getattr(part, "href", "") == "/health"]
    assert "OMS 2 s" in words(link).replace("  ", " ")


def test_which_of_several_hosts_does_what_alone_is_told() -> None:
    told_of = health_page.jobs([], datetime(2026, 11, 26, tzinfo=UTC), {"webhooks": "host-two"})
    assert "webhooks by host-two" in words(told_of)
    assert "several hosts" not in words(health_page.jobs([], datetime(2026, 11, 26, tzinfo=UTC), {}))
