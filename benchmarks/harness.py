"""Processes to measure: their time and memory, servers, requests, and a yardstick of the machine."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.asked import question

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
#: processor time in 0.4 s of a server that does nothing
_RESTS_S = 0.03


@dataclass(frozen=True)
class Figure:
    """One line of the table; times in seconds, `limit` the target that the p50 (or p95) must not pass.

    Args:
        cpu_s: processor time of the same calls, where it was taken: what else the machine does counts less.
        limit_mib: what the peak must not pass.
        load: load average of the machine when it was told.
    """

    name: str
    data: str
    seconds: tuple[float, ...]
    peak_mib: float | None = None
    limit_s: float | None = None
    of_p95: bool = False
    note: str = ""
    holds_besides: bool = True
    cpu_s: tuple[float, ...] = ()
    limit_mib: float | None = None
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def p50(self) -> float:
        """The median."""
        return float(np.percentile(self.seconds, 50))

    @property
    def p95(self) -> float:
        """What 95 of 100 stay below."""
        return float(np.percentile(self.seconds, 95))

    @property
    def holds(self) -> bool:
        """Whether the target is kept."""
        fits = self.limit_mib is None or (self.peak_mib is not None and self.peak_mib <= self.limit_mib)
        quick = self.limit_s is None or (self.p95 if self.of_p95 else self.p50) < self.limit_s
        return self.holds_besides and fits and quick

    @property
    def targets(self) -> str:
        """Say what it must not pass; nothing where it may take what it takes."""
        time_of = (
            "" if self.limit_s is None else f"{'p95' if self.of_p95 else 'p50'} < {self.limit_s * 1000:g} ms"
        )
        memory = "" if self.limit_mib is None else f"peak ≤ {self.limit_mib:g} MiB"
        return ", ".join(each for each in (time_of, memory) if each)


@dataclass(frozen=True)
class Ran:
    """A process that ended."""

    code: int
    output: str
    seconds: float
    cpu_s: float
    peak_mib: float


#: one local user stands for everybody here
_UNLIMITED = {f"RATE_{name}_PER_MIN": "0" for name in ("WRITES", "QUESTIONS", "PRESSES", "REFUSED")}


def environment(data_dir: Path, **more: object) -> dict[str, str]:
    """Return the environment of a process that works in a folder of its own."""
    given = {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": "",
        **_UNLIMITED,
        **{k: str(v) for k, v in more.items()},
    }
    return {**os.environ, **given}


def run(arguments: Sequence[str], data_dir: Path, **more: object) -> Ran:
    """Run `python …` to its end; peak memory is the process's own."""
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "output.log"
    start = time.perf_counter()
    with log.open("w+b") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment(data_dir, **more), stdout=out, stderr=out
        )
        peak = ended = 0.0
        while not ended:
            peak = max(peak, _peak_mib(process.pid))
            time.sleep(0.005)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(errors="replace")
    log.unlink()
    return Ran(process.returncode, text, seconds, used.ru_utime + used.ru_stime, peak)


def own_peak_mib() -> float:
    """Return the largest memory this process ever had."""
    return _peak_mib(os.getpid())


def _peak_mib(pid: int) -> float:
    # unlike ru_maxrss it does not start from the parent's
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def size_mib(data_dir: Path) -> float:
    """Return what the embedded database takes on disk, its log included."""
    return sum(path.stat().st_size for path in data_dir.glob("registry.sqlite*")) / MIB


@dataclass(frozen=True)
class Timed:
    """How long each of several calls took, by the clock and on the processor."""

    seconds: tuple[float, ...]
    cpu_s: tuple[float, ...]


def clocked(action: Callable[[], object], times: int) -> Timed:
    """Take both times of several calls."""
    both = []
    for _ in range(times):
        start, used = time.perf_counter(), time.process_time()
        action()
        both.append((time.perf_counter() - start, time.process_time() - used))
    return Timed(*zip(*both, strict=True))


def timed(action: Callable[[], object], times: int) -> tuple[float, ...]:
    """Return how long each of several calls took."""
    out = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        out.append(time.perf_counter() - start)
    return tuple(out)


def yardstick() -> float:
    """Return the time of a fixed piece of work: sort two million numbers, insert 100,000 rows in memory."""

    def work() -> None:
        np.sort(np.random.default_rng(1).random(2_000_000))
        with sqlite3.connect(":memory:") as database:
            database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
            database.executemany("INSERT INTO t VALUES (?, ?)", ((i, "x") for i in range(100_000)))

    return float(np.median(timed(work, 5)))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Gunicorn as `make run` starts it, in a process group of its own."""

    def __init__(
        self,
        data_dir: Path,
        workers: int = 2,
        database_url: str = "",
        port: int = 0,
        root: Path = ROOT,
        **more: object,
    ) -> None:
        self.port = port or free_port()
        self.log = (data_dir / "server.log").open("ab")
        command = [str(Path(sys.executable).parent / "gunicorn"), "-c", "gunicorn.conf.py", "app:server"]
        self.process = subprocess.Popen(
            command,
            cwd=root,
            env=environment(
                data_dir, PORT=self.port, WEB_CONCURRENCY=workers, DATABASE_URL=database_url, **more
            ),
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.up_s = self._wait()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGTERM)

    def cpu_s(self) -> float:
        """Return the processor time its processes have used."""
        master = psutil.Process(self.process.pid)
        times = [each.cpu_times() for each in (master, *master.children(recursive=True))]
        return float(sum(time.user + time.system for time in times))

    def rest(self) -> None:
        """Wait until it does nothing: a worker that was just started reads beside its first requests."""
        before = -1.0
        while (now := self.cpu_s()) - before > _RESTS_S:
            before = now
            time.sleep(0.4)

    def peak_mib(self) -> float:
        """Return the largest memory that any of its worker processes ever had."""
        workers = psutil.Process(self.process.pid).children()
        return max((_peak_mib(worker.pid) for worker in workers), default=0.0)

    def end(self, how: signal.Signals) -> None:
        """Signal the whole group and wait for it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        self.process.wait(30)
        self.log.close()

    def _wait(self) -> float:
        start = time.perf_counter()
        while time.perf_counter() - start < 60:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("the server ended at its start; see server.log") from None
                time.sleep(0.01)
                continue
            return time.perf_counter() - start
        raise RuntimeError("the server does not listen after 60 s")

    def request(self, path: str, body: Any = None, user: str = "") -> tuple[int, bytes]:
        """Ask once; return status and body."""
        headers = {"Content-Type": "application/json"} | ({"X-Run-Registry-User": user} if user else {})
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def fill(self, asked: Any, given: Mapping[str, Any]) -> tuple[int, bytes]:
        """Ask one of Dash's callbacks, as it stands in `/_dash-dependencies`, with values for its inputs."""
        return self.request("/_dash-update-component", question(asked, given))

    def json(self, path: str, body: Any = None, user: str = "") -> Any:
        """Ask once for what must be granted."""
        status, answer = self.request(path, body, user)
        if status != 200:
            raise RuntimeError(f"{path}: HTTP {status} {answer[:300]!r}")
        return json.loads(answer)


class beside:  # noqa: N801 -- read as a word after `with`
    """A process of the registry in a folder, ended at the end."""

    def __init__(self, home: Path, *words: str) -> None:
        self.command, self.home = [sys.executable, "-m", *words], home

    def __enter__(self) -> "subprocess.Popen[bytes]":
        nowhere = subprocess.DEVNULL
        here = environment(self.home)
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=here, stdout=nowhere, stderr=nowhere)
        return self.process

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
