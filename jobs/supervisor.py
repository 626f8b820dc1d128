"""`python -m jobs.supervisor`: the server and all that runs beside it, started and ended together.

Each line of `processes` is one child. It gets a session of its own, so that Ctrl-C reaches the supervisor
alone, which ends all children in turn. When the server ends, everything ends with its exit code; when another
child dies, the supervisor says so and starts it again, more and more slowly. When the supervisor itself is
killed, Linux asks its children to end; elsewhere they stay.
"""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from sqlalchemy import func, select

from model import replay
from model.db import Database
from model.tables import run_fact
from settings import Settings, load

log = logging.getLogger("supervisor")
#: a child that does not end when asked is ended after so long
_GRACE_S = 10.0
_LONGEST_PAUSE_S = 30.0
#: a child that lived so long is started again at once
_STEADY_S = 60.0
_LOOK_S = 0.1
#: of prctl(2): which signal a process gets when its parent dies; it outlives exec
_PR_SET_PDEATHSIG = 1
#: the lowest number of a replayed run: no run of 2024 has it
_REPLAYED_FROM = 388_801
_REPLAY = ("--from-run", "379349")


@dataclass
class Child:
    """One process: what it is, how it is started, and whether everything ends with it."""

    name: str
    command: Sequence[str]
    is_vital: bool = False
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    starts: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    again_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start it in a session of its own."""
        self.process = subprocess.Popen(
            list(self.command),
            start_new_session=True,
            preexec_fn=_leash(),  # noqa: PLW1509  the supervisor has one thread: no lock can be held by another
        )
        self.starts, self.started_at = self.starts + 1, time.monotonic()

    def has_ended(self) -> int | None:
        """Return its exit code where it has ended."""
        return self.process.poll() if self.process else None


def processes(settings: Settings, newest_run: int = 0) -> list[Child]:
    """Return what runs; where no OMS is named, a replayed fill stands in for it.

    Args:
        newest_run: the highest run number of the registry.
    """
    python, oms = sys.executable, settings.oms_url
    server = [python, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:server"]
    children = [Child("server", server, is_vital=True), Child("event stream", [python, "-m", "jobs", "stream"])]
    if not oms:
        port = _free_port()
        oms = f"http://127.0.0.1:{port}/agg/api/v1"
        # each start replays under numbers of its own: a run that was replayed before is no run that shrinks
        where = ["--port", str(port), "--first-number", str(max(_REPLAYED_FROM, newest_run + 1))]
        where += ["--speed", f"{settings.replay_speed:g}"]
        children.append(Child("replayed OMS", [python, "-m", "simulators.oms", *where, *_REPLAY]))
    children.append(Child("OMS worker", [python, "-m", "ingest", "oms", "--follow", "--url", oms]))
    # without Redis, what is done in the background is a process of its own each time
    beside = ("schedule", "webhooks", "query", *(["worker"] if settings.redis_url.get_secret_value() else []))
    children += [Child(name, [python, "-m", "jobs", name]) for name in beside]
    return children


def supervise(children: Sequence[Child]) -> int:
    """Run children until a vital one ends or somebody interrupts; return the exit code."""
    with _Stop() as stop:
        try:
            for child in children:
                child.start()
            while not stop.asked:
                for child in children:
                    code = _looked_after(child)
                    if code is not None:
                        return code
                time.sleep(_LOOK_S)
            log.info("stopping")
            return 0
        finally:
            end(children)


def end(children: Sequence[Child]) -> None:
    """Ask every child to end, the last started first, and end those that do not."""
    living = [child for child in reversed(children) if child.process and child.has_ended() is None]
    for child in living:
        _signal(child, signal.SIGTERM)
    until = time.monotonic() + _GRACE_S
    for child in living:
        try:
            if child.process:
                child.process.wait(timeout=max(until - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            log.warning("%s does not end: it is killed", child.name)
            _signal(child, signal.SIGKILL)
    for child in living:
        if child.process:
            child.process.wait()


def _looked_after(child: Child) -> int | None:
    """Say that a child died and start it again; return the exit code where everything ends with it."""
    now, code = time.monotonic(), child.has_ended()
    if child.process is None:
        if now >= child.again_at:
            child.start()
        return None
    if code is None:
        return None
    said = f"signal {-code}" if code < 0 else f"exit code {code}"
    if child.is_vital:
        log.error("%s ended (%s): everything ends", child.name, said)
        return code if code > 0 else 1
    if now - child.started_at >= _STEADY_S:
        child.starts = 0
    pause_s = min(2.0**child.starts / 2, _LONGEST_PAUSE_S)
    log.error("%s ended (%s): it is started again in %g s", child.name, said, pause_s)
    child.process, child.again_at = None, now + pause_s
    return None


def _signal(child: Child, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if child.process:
            os.killpg(child.process.pid, number)


def _leash() -> Callable[[], None] | None:
    """Return what a child does before it becomes its program: asks to be ended when the supervisor dies."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, supervisor = ctypes.CDLL(None, use_errno=True).prctl, os.getpid()

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:
            # it died before it could be asked for
            os.kill(os.getpid(), signal.SIGKILL)

    return bind


class _Stop:
    """Whether Ctrl-C or a request to end has come; afterwards signals do what they did before."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "_Stop":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def _newest_run(settings: Settings) -> int:
    database = Database(settings.database)
    replay.upgrade(database)
    with database.reading() as connection:
        newest: int = connection.execute(select(func.max(run_fact.c.run_number))).scalar() or 0
    database.dispose()
    return newest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Run everything until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = load()
    return supervise(processes(settings, _newest_run(settings)))


if __name__ == "__main__":
    sys.exit(main())
