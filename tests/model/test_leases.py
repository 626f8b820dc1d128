"""What several hosts could do, one does; another takes over when it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model.db import Database
from model.leases import Lease, holders
from tests.provision.stores import PostgresStores

ROOT = Path(__file__).parents[2]
_LASTS_S = 0.6
_HOLDER = """
import sys, time
from model.db import Database
from model.leases import Lease
with Lease(Database(sys.argv[1]), "schedule", sys.argv[2], 0.6).kept() as lease:
    while True:
        print("held" if lease.is_held else "waits", flush=True)
        time.sleep(0.05)
"""


@pytest.fixture
def url(postgres_stores: PostgresStores) -> Iterator[str]:
    with postgres_stores.one() as found:
        yield found


def _wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not until():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_one_of_two_hosts_holds_a_lease_and_renews_it(url: str) -> None:
    one, other = (Lease(Database(url), "schedule", host, 30) for host in ("one", "other"))
    assert one.take()
    assert not other.take()
    assert one.take()
    assert (one.is_held, other.is_held) == (True, False)
    with one.database.reading() as connection:
        assert holders(connection) == {"schedule": "one"}
    for each in (one, other):
        each.database.dispose()


def test_leases_of_different_work_do_not_meet(url: str) -> None:
    one, other = Lease(Database(url), "schedule", "one", 30), Lease(Database(url), "webhooks", "other", 30)
    assert one.take()
    assert other.take()
    for each in (one, other):
        each.database.dispose()


def test_what_is_given_back_is_taken_at_once(url: str) -> None:
    one, other = (Lease(Database(url), "schedule", host, 30) for host in ("one", "other"))
    with one.kept():
        assert one.is_held
        assert not other.take()
    assert other.take()
    for each in (one, other):
        each.database.dispose()


def test_a_process_that_is_started_again_on_the_same_host_goes_on_at_once(url: str) -> None:
    before, after = (Lease(Database(url), "schedule", "one", 30) for _ in range(2))
    assert before.take()
    assert after.take()
    for each in (before, after):
        each.database.dispose()


def test_when_its_holder_is_killed_another_host_takes_over(url: str) -> None:
    command = [sys.executable, "-c", _HOLDER, url, "one"]
    holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    other = Lease(Database(url), "schedule", "other", _LASTS_S)
    assert holder.stdout is not None
    with holder.stdout as said:
        assert said.readline() == b"held\n"
        # longer than a lease lasts: its holder renews it
        for _ in range(20):
            assert said.readline() == b"held\n"
        assert not other.take()
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    _wait(other.take)
    with other.database.reading() as connection:
        assert holders(connection) == {"schedule": "other"}
    other.database.dispose()


def test_where_there_is_one_host_it_holds_everything(tmp_path: Path) -> None:
    lease = Lease(Database(f"sqlite:///{tmp_path}/empty.sqlite"), "schedule", "here")
    with lease.kept():
        assert lease.is_held
    lease.database.dispose()
