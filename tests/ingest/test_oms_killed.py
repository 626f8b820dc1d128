"""The worker is killed at random points of a replay, and another goes on: nothing is lost or doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from model import journal
from model.registry import Registry
from model.replay import differences, replay
from simulators.oms.server import Oms
from tests.ingest.oms_world import follow, opened, state_of
from tests.provision import stores
from tests.simulators.oms_world import GOOD, RAMPED, control, cut, serving

ROOT = Path(__file__).parents[2]
_KILLS = 5
_TURN = """
import sys
from model.db import Database
from settings import Settings
from ingest.oms.command import follower
who = follower(Database(sys.argv[1]), Settings(oms_requests_per_s=1000, oms_poll_s=0.1), sys.argv[2])
print("up", flush=True)
who.follow()
"""


def _killed_after(registry: Registry, oms: Oms, seconds: float) -> None:
    command = [sys.executable, "-c", _TURN, registry.database.url, oms.base]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert worker.stdout is not None
    with worker.stdout as said:
        assert said.readline() == b"up\n"
        time.sleep(seconds)
        os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def test_a_worker_that_is_killed_again_and_again_leaves_what_an_undisturbed_one_does(tmp_path: Path) -> None:
    ramped = cut(RAMPED, 120)
    runs, chance = [ramped, cut(GOOD, 60, starts_s=ramped.ends_s + 60)], random.Random(5)
    with serving(runs) as oms, opened(tmp_path / "killed.sqlite") as killed:
        for _ in range(_KILLS):
            control(oms, steps=35)
            _killed_after(killed, oms, chance.uniform(0.05, 0.6))
        control(oms, steps=500)
        follow(killed, oms).once()
        with opened(tmp_path / "undisturbed.sqlite") as other:
            follow(other, oms).once()
            assert state_of(killed) == state_of(other)
    with killed.reading() as connection:
        journal.verify(connection)
    _is_rebuilt_equal(killed, tmp_path)


def _is_rebuilt_equal(registry: Registry, folder: Path) -> None:
    again = stores.sqlite(folder / "again.sqlite")
    with registry.reading() as source, again.writing() as target:
        replay(source, target)
        assert list(differences(source, target)) == []
    again.dispose()
