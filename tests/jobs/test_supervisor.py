"""What is started together ends together, and a child that dies is named."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs.supervisor import Child, end, processes, supervise
from settings import Settings

ROOT = Path(__file__).parents[2]
_BESIDE = ["schedule", "webhooks", "query"]
_SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]
_DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('ready', flush=True); time.sleep(600)"
)


def _wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not until():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # one that has ended stays a number until its parent asks for it, and not every first process does
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_server_the_stand_in_and_the_worker_are_started_where_no_oms_is_named() -> None:
    children = processes(Settings(oms_url=""))
    assert [child.name for child in children] == [
        "server",
        "event stream",
        "replayed OMS",
        "OMS worker",
        *_BESIDE,
    ]
    assert [child.is_vital for child in children] == [True, *[False] * 6]
    assert children[3].command[-1].endswith("/agg/api/v1")


def test_a_real_oms_has_no_stand_in() -> None:
    children = processes(Settings(oms_url="https://oms.example/agg/api/v1"))
    assert [child.name for child in children] == ["server", "event stream", "OMS worker", *_BESIDE]
    assert children[2].command[-1] == "https://oms.example/agg/api/v1"


def test_a_worker_is_started_where_hosts_share_redis() -> None:
    shared = {"redis_url": "redis://example", "database_url": "postgresql://example/r", "secret_key": "k"}
    children = processes(Settings(oms_url="https://oms.example/agg/api/v1", **shared))  # type: ignore[arg-type]  # as from the environment
    assert [child.name for child in children][-4:] == [*_BESIDE, "worker"]


@pytest.mark.parametrize(("newest", "first"), [(0, "388801"), (381943, "388801"), (388810, "388811")])
def test_a_replay_never_uses_the_number_of_a_run_that_the_registry_has(newest: int, first: str) -> None:
    command = list(processes(Settings(oms_url=""), newest)[2].command)
    assert command[command.index("--first-number") + 1] == first


def test_a_replay_is_as_fast_as_one_wishes_and_by_itself_so_slow_that_a_run_lasts_minutes() -> None:
    for settings, speed in ((Settings(oms_url=""), "10"), (Settings(oms_url="", replay_speed=100), "100")):
        command = list(processes(settings)[2].command)
        assert command[command.index("--speed") + 1] == speed


def test_when_the_server_ends_everything_ends_with_its_code(caplog: pytest.LogCaptureFixture) -> None:
    server = Child("server", [sys.executable, "-c", "import sys; sys.exit(7)"], is_vital=True)
    other = Child("other", _SLEEPS)
    with caplog.at_level(logging.INFO):
        assert supervise([server, other]) == 7
    assert "server ended (exit code 7)" in caplog.text
    assert other.process is not None and other.process.poll() is not None


def test_another_child_that_dies_is_named_and_started_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = tmp_path / "starts"
    once = f"open({str(told)!r}, 'a').write('x'); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    waits = f"import time, pathlib\nwhile len(pathlib.Path({str(told)!r}).read_text()) < 2: time.sleep(0.02)"
    told.touch()
    server = Child("server", [sys.executable, "-c", waits], is_vital=True)
    with caplog.at_level(logging.INFO):
        supervise([Child("worker", [sys.executable, "-c", once]), server])
    assert "worker ended (signal 9): it is started again in 1 s" in caplog.text
    assert len(told.read_text()) >= 2


def test_a_child_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.supervisor._GRACE_S", 0.2)
    deaf = Child("deaf", [sys.executable, "-c", _DEAF])
    deaf.process = subprocess.Popen(list(deaf.command), stdout=subprocess.PIPE, start_new_session=True)
    assert deaf.process.stdout is not None
    with deaf.process.stdout as said:
        assert said.readline() == b"ready\n"
        end([deaf])
    assert deaf.process.returncode == -signal.SIGKILL


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", list[int]]]:
    """Give a supervisor in a process of its own, and the numbers of its three children."""
    pids = tmp_path / "pids"
    child = f"import os, time; open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
    program = f"""
import sys
from jobs.supervisor import Child, supervise
children = [Child(name, [sys.executable, "-c", {child!r}], is_vital=name == "a") for name in "abc"]
sys.exit(supervise(children))
"""
    above = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, start_new_session=True)
    children: list[int] = []
    try:
        _wait(lambda: pids.exists() and len(pids.read_text().splitlines()) == 3)
        children += [int(line) for line in pids.read_text().splitlines()]
        yield above, children
    finally:
        above.kill()
        above.wait()
        for pid in filter(_lives, children):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_every_child(
    started: tuple["subprocess.Popen[bytes]", list[int]], number: signal.Signals
) -> None:
    above, children = started
    above.send_signal(number)
    assert above.wait(timeout=30) == 0
    assert not any(_lives(pid) for pid in children)


def test_a_supervisor_that_is_killed_leaves_no_child_behind(
    started: tuple["subprocess.Popen[bytes]", list[int]],
) -> None:
    above, children = started
    assert all(_lives(pid) for pid in children)
    above.kill()
    assert above.wait(timeout=30) == -signal.SIGKILL
    _wait(lambda: not any(_lives(pid) for pid in children))


def test_a_child_whose_supervisor_died_before_it_could_ask_does_not_begin(tmp_path: Path) -> None:
    told = tmp_path / "began"
    program = f"""
import os, subprocess, sys, time
from jobs import supervisor
bind = supervisor._leash()
above = os.getpid()
if os.fork() == 0:
    while os.getppid() == above:
        time.sleep(0.01)
    bind()
    open({str(told)!r}, "w").write(str(os.getpid()))
"""
    above = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    # its end of the pipe closes when the last of both is gone
    assert above.stdout == b""
    assert not told.exists()
