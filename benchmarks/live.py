"""A real fill replayed at 100×: from OMS to the journal, to 200 streams, to three painted boards.

`python -m benchmarks.live [--seconds 60] [--postgres]`. Processor time is that of server, event stream, worker
and simulator together; browsers and the 200 listeners are not counted.
"""

import argparse
import json
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.harness import ROOT, Figure, Server, environment
from ingest import working_set
from model.db import Database
from model.journal import writing
from simulators.oms.fill import read_fill
from tests.provision.browser import launch_options
from tests.provision.postgres import PostgresServer

SPEED, STREAMS, BOARDS = 100, 200, 3
SECONDS = 60.0
_POLL_S = 2.0
#: every figure that a board paints: when, of which run, up to which lumisection, at which sequence
_WATCH = """() => { window.painted = [];
    const watch = () => { const s = window.rrStrip, m = s && s.meta;
        if (m && s.gd && !s.gd.watched) { s.gd.watched = true; s.gd.on('plotly_afterplot', () =>
            painted.push([Date.now(), rrStrip.meta.run_number, rrStrip.meta.last, rrStrip.meta.sequence])); } };
    setInterval(watch, 50); }"""


@dataclass
class Listeners:
    """Many streams held by one process."""

    heard: list[dict[int, float]] = field(default_factory=list)
    is_over: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)

    def open(self, port: int, many: int) -> None:
        """Open streams, one after the other as browsers come."""
        for _ in range(many):
            one = socket.create_connection(("127.0.0.1", port), 10)
            one.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
            self._sockets.append(one)
            self.heard.append({})

    def listen(self) -> None:
        """Note when each sequence came, until told that it is over."""
        watched, left = selectors.DefaultSelector(), [b""] * len(self._sockets)
        for place, one in enumerate(self._sockets):
            one.setblocking(False)
            watched.register(one, selectors.EVENT_READ, place)
        while not self.is_over:
            for key, _ in watched.select(0.2):
                now, place = time.time(), key.data
                data = self._sockets[place].recv(65536)
                if not data:
                    raise RuntimeError(f"stream {place} ended")
                *lines, left[place] = (left[place] + data).split(b"\n")
                for line in lines:
                    if line.startswith(b"id: "):
                        self.heard[place].setdefault(int(line[4:]), now)

    def close(self) -> None:
        """Let go of all."""
        for one in self._sockets:
            one.close()


def figures(folder: Path, seconds: float = SECONDS, database_url: str = "") -> Iterator[Figure]:
    """Measure a replay; raise where it did not happen as it should."""
    store = "PostgreSQL" if database_url else "SQLite"
    database = Database(database_url or f"sqlite:///{folder}/registry.sqlite")
    database.upgrade()
    with writing(database) as tx:
        working_set.install(tx)
    with ExitStack() as stack:
        server = stack.enter_context(Server(folder, database_url=database_url))
        here = environment(folder, DATABASE_URL=database_url, OMS_POLL_S=_POLL_S)
        stack.enter_context(_process(here, "jobs", "stream"))
        wait_for(folder / "stream.sock")
        listeners = _listening(server.port, stack)
        pages = _boards(server.port, stack)
        oms = _free_port()
        replay = stack.enter_context(_process(here, "simulators.oms", "--port", oms, "--speed", SPEED))
        worker = stack.enter_context(
            _process(here, "ingest", "oms", "--follow", "--url", f"http://127.0.0.1:{oms}/agg/api/v1")
        )
        began, used = time.time(), _cpu_s(server)
        time.sleep(seconds)
        cores = (_cpu_s(server) - used) / (time.time() - began)
        if replay.poll() is not None or worker.poll() is not None:
            raise RuntimeError("a process of the replay ended")
        painted = [page.evaluate("() => painted") for page in pages]
        published = _published(oms)
        listeners.is_over = True
    commits = _commits(database)
    database.dispose()
    on = f"fill 9512 at {SPEED}×, {seconds:.0f} s, {len(commits)} events, {store}"
    yield from _told(on, commits, listeners.heard, painted, published, cores)


def _told(
    on: str,
    commits: dict[int, float],
    heard: list[dict[int, float]],
    painted: list[list[list[float]]],
    published: dict[tuple[int, int], float],
    cores: float,
) -> Iterator[Figure]:
    told = [_after(list(each.items()), s, at) for each in heard for s, at in commits.items()]
    boards = [[(int(p[3]), p[0] / 1000) for p in board] for board in painted]
    shown = [_after(board, s, at) for board in boards for s, at in commits.items()]
    glass = [late for board in painted for late in _on_glass(board, published)]
    back = sum(b[0] < a[0] for board in boards for a, b in zip(board, board[1:], strict=False))
    kept = {"limit_s": 0.5, "of_p95": True}
    yield Figure(f"commit → event, {len(heard)} streams", on, _known(told), **kept)
    kept = {"limit_s": 2.0, "of_p95": True}
    note = f"{sum(map(len, painted))} paintings, {back} older after newer"
    yield Figure(
        f"commit → painted, {len(painted)} boards", on, _known(shown), note=note, holds_besides=not back, **kept
    )
    kept = {"limit_s": 2.0 + _POLL_S, "of_p95": True}
    yield Figure(
        "OMS publishes → painted", on, tuple(glass), note=f"poll interval {_POLL_S:g} s included", **kept
    )
    yield Figure(
        "processor",
        on,
        (cores,),
        limit_s=1.0,
        note=f"{cores:.2f} cores of server, stream, worker and simulator",
    )


def _after(seen: list[tuple[int, float]], sequence: int, at: float) -> float | None:
    """Return how long after a commit something at least as new was seen."""
    later = [when for shown, when in seen if shown >= sequence]
    return min(later) - at if later else None


def _on_glass(board: list[list[float]], published: dict[tuple[int, int], float]) -> Iterator[float]:
    """Yield how long after OMS had it each lumisection was on a board, while the board was looked at."""
    shown = [((int(run), int(last)), when / 1000) for when, run, last, _ in board]
    first, until = shown[0][1], shown[-1][1]
    for lumisection, due in published.items():
        if first <= due <= until - 5:
            yield min(when for place, when in shown if place >= lumisection) - due


def _known(values: list[float | None]) -> tuple[float, ...]:
    """Return what was seen; the last commits of a measurement may have had no time to be."""
    found = tuple(value for value in values if value is not None)
    if len(found) < 0.9 * len(values):
        raise RuntimeError(f"only {len(found)} of {len(values)} were seen")
    return found


def _commits(database: Database) -> dict[int, float]:
    with database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT sequence, recorded_us FROM journal WHERE run_number IS NOT NULL ORDER BY sequence"
        )
        return {sequence: us / 1e6 for sequence, us in rows}


def _listening(port: int, stack: ExitStack) -> Listeners:
    listeners = Listeners()
    listeners.open(port, STREAMS)
    stack.callback(listeners.close)
    thread = Thread(target=listeners.listen)
    thread.start()
    stack.callback(thread.join)
    return listeners


def _boards(port: int, stack: ExitStack) -> list[Any]:
    playwright = stack.enter_context(sync_playwright())
    browser = playwright.chromium.launch(**launch_options())
    stack.callback(browser.close)
    pages = []
    for _ in range(BOARDS):
        page = browser.new_context(viewport={"width": 1500, "height": 1000}).new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.evaluate(_WATCH)
        pages.append(page)
    return pages


@contextmanager
def _process(here: dict[str, str], *words: object) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", *map(str, words)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _processes.append(process)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        _processes.remove(process)


_processes: list["subprocess.Popen[bytes]"] = []


def _cpu_s(server: Server) -> float:
    times = [psutil.Process(process.pid).cpu_times() for process in _processes]
    return server.cpu_s() + float(sum(each.user + each.system for each in times))


def _published(port: int) -> dict[tuple[int, int], float]:
    """Return when each lumisection of a run was over, and OMS had it, by the real clock."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/control", timeout=10) as answer:
        now, now_s = time.time(), json.load(answer)["now_s"]
    return {
        (run.number, one.number): now - (now_s - run.due_s(one)) / SPEED
        for run in read_fill()
        for one in run.lumisections
        if run.due_s(one) <= now_s
    }


def wait_for(path: Path) -> None:
    """Wait until a process has made its socket."""
    until = time.monotonic() + 30
    while not path.exists():
        if time.monotonic() > until:
            raise RuntimeError(f"{path.name} is not there after 30 s")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Measure on one store, or both; return 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    holds = True
    with tempfile.TemporaryDirectory(prefix="run-registry-live-") as name, ExitStack() as stack:
        url = ""
        if asked.postgres:
            postgres = PostgresServer()
            postgres.start()
            stack.callback(postgres.stop)
            url = postgres.create_database("live")
        for figure in figures(Path(name), asked.seconds, url):
            holds = holds and figure.holds
            word = "kept" if figure.holds else "MISSED"
            times = f"p50 {figure.p50:.3f} p95 {figure.p95:.3f} of {len(figure.seconds):,}"
            print(f"{figure.name}: {times}; {word} ({figure.targets}); {figure.note} [{figure.data}]")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
