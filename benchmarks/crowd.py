"""Viewers and writers on several hosts, as behind a load balancer: what each of them saw, in numbers."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np

from model.authors import IMPORTER
from model.commands.datasets import create_dataset
from model.commands.upstream import Luminosity, report_luminosity, report_lumisections, report_run
from model.db import Database
from model.events import DatasetCreated
from model.journal import writing
from model.ranges import canonical

RUN, LAST = 390_001, 200
PROMPT = "/PromptReco/Collisions2024C/DQM"
_COLUMNS = ("tracker-track", "tracker-pixel", "tracker-strip")
_STATUSES = ("GOOD", "STANDBY", "EXCLUDED")
_WRITER = "d.coordinator"
#: a viewer asks whether there is news so often, as a browser without a stream does
_LOOKS_S, _WRITES_S = 2.0, 1.0
#: of so many looks one opens a page
_OPENS = 5
_PAGES = (
    "/api/v1/grid?stage=prompt&workspace=tracker",
    f"/api/v1/runs/{RUN}",
    f"/api/v1/runs/{RUN}/verdicts?dataset={PROMPT.replace('/', '%2F')}",
    "/",
)
_AGAIN_S, _PATIENCE_S, _GIVES_UP_S = 0.5, 20.0, 120.0
_OK, _NOTHING_NEW, _AWAY = 200, 304, 503


def prepare(database: Database, runs: int) -> None:
    """Tell of runs with a prompt dataset each, one for each writer."""
    recorded = np.full(LAST, 0.2)
    for number in range(RUN, RUN + runs):
        with writing(database) as tx:
            report_run(tx, number, {"fill_number": 9_600, "era": "2024C"}, IMPORTER)
            report_lumisections(tx, number, canonical([(1, LAST)]), {}, IMPORTER)
            report_luminosity(tx, number, Luminosity("OMS", recorded, recorded, np.empty(0)), IMPORTER)
            create_dataset(tx, DatasetCreated(number, PROMPT, {"global": "OPEN"}, (PROMPT,)), IMPORTER)


@dataclass
class Phase:
    """What was seen during a part of the time; times in seconds.

    Args:
        refused: answers 503 with a sentence.
        unanswered: requests that got no answer.
        failures: any other answer that is none.
        longest_s: the longest that anybody went without an answer.
    """

    name: str
    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    refused: int = 0
    unanswered: int = 0
    repeated: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0

    @property
    def trouble(self) -> int:
        """How many requests were not answered as asked."""
        return self.refused + self.unanswered + sum(self.failures.values())

    @property
    def printed(self) -> str:
        """Say it in one line."""
        said = [f"{name} {_quantiles(each)}" for name, each in (("reads", self.reads), ("writes", self.writes))]
        said += [f"refused with a sentence {self.refused:,}", f"not answered {self.unanswered:,}"]
        said += [f"failed {sum(self.failures.values())} {dict(self.failures) if self.failures else ''}".strip()]
        said += [f"written after repeating {self.repeated:,}"]
        said += [f"longest without an answer {self.longest_s:.1f} s"] if self.trouble else []
        return "; ".join(said)


def _quantiles(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return f"{len(seconds):,} (p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {max(seconds) * 1000:.0f} ms)"


class Crowd:
    """Threads that view and write until the end; each has a host and asks the other where its own is silent."""

    def __init__(self, ports: Sequence[int], viewers: int, writers: int) -> None:
        self.ports = ports
        self.phase = Phase("settling")
        self.acknowledged: dict[str, int] = {}
        self.given_up: list[str] = []
        self.repeated = 0
        self._lock, self._end = threading.Lock(), threading.Event()
        self._waiting: dict[str, float] = {}
        self._threads = [threading.Thread(target=self._view, args=(n,), daemon=True) for n in range(viewers)]
        self._threads += [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(writers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def begin(self, name: str) -> Phase:
        """Begin another part of the time; return where it is told."""
        with self._lock:
            self.phase = Phase(name)
            return self.phase

    def settle(self) -> None:
        """Let everybody ask for the first time; that is not measured."""
        time.sleep(_LOOKS_S + 1)
        self.wait_until_answered()

    def wait_until_answered(self) -> None:
        """Wait until nobody waits any more for what did not come at first."""
        until = time.monotonic() + _GIVES_UP_S
        while self._waiting and time.monotonic() < until:
            time.sleep(0.05)

    def _view(self, place: int) -> None:
        one, etag = _Client(self.ports, place), ""
        # people do not all look at the same moment
        self._end.wait(_LOOKS_S * (place % 97) / 97)
        looks = place
        while not self._end.is_set():
            looks += 1
            is_page = looks % _OPENS == 0
            path = _PAGES[looks // _OPENS % len(_PAGES)] if is_page else "/api/v1/version"
            start = time.perf_counter()
            answer = self._asked(f"viewer {place}", one, path, {} if is_page else {"If-None-Match": etag})
            if answer is not None:
                with self._lock:
                    self.phase.reads.append(time.perf_counter() - start)
                etag = etag if is_page else answer.etag or etag
            self._end.wait(_LOOKS_S if answer is not None else _AGAIN_S)
        one.close()

    def _write(self, place: int) -> None:
        one, number, seen = _Client(self.ports, place), 0, 0
        self._end.wait(_WRITES_S * place / 20)
        while not self._end.is_set():
            number += 1
            key = f"writer {place} edit {number}"
            seen = self._written(one, key, place, number, seen)
            self._end.wait(_WRITES_S)
        one.close()

    def _written(self, one: "_Client", key: str, place: int, number: int, seen: int) -> int:
        """Say one edit until it is answered, also after the end; return the sequence it got."""
        first = number % (LAST - 1) + 1
        edit = {"run_number": RUN + place, "dataset": PROMPT, "columns": [_COLUMNS[number % 3]], "comment": key}
        edit |= {"ranges": [[first, first + 1]], "status": _STATUSES[number // 3 % 3]}
        body = {"edits": [edit], "seen": seen}
        headers = {"Idempotency-Key": key, "X-Run-Registry-User": _WRITER}
        start, tries = time.perf_counter(), 0
        while time.perf_counter() - start < _GIVES_UP_S:
            asked, tries = time.perf_counter(), tries + 1
            answer = self._asked(key, one, "/api/v1/verdicts", headers, body)
            if answer is not None:
                sequence = int(json.loads(answer.body)["sequence"])
                with self._lock:
                    self.phase.writes.append(time.perf_counter() - asked)
                    self.acknowledged[key] = sequence
                    self.phase.repeated += tries > 1
                    self.repeated += tries > 1
                return sequence
            time.sleep(_AGAIN_S)
        with self._lock:
            self.given_up.append(key)
            self._waiting.pop(key, None)
        return seen

    def _asked(
        self, who: str, one: "_Client", path: str, headers: dict[str, str], body: Any = None
    ) -> "_Answer | None":
        """Ask once; None where that was no answer, and the next time the other host is asked."""
        phase, start = self.phase, time.monotonic()
        try:
            answer = one.ask(path, headers, body)
        except (OSError, http.client.HTTPException):
            answer = None
        if answer is not None and answer.status in (_OK, _NOTHING_NEW):
            with self._lock:
                since = self._waiting.pop(who, None)
                if since is not None:
                    phase.longest_s = max(phase.longest_s, time.monotonic() - since)
            return answer
        one.turn()
        with self._lock:
            self._waiting.setdefault(who, start)
            if answer is None:
                phase.unanswered += 1
            elif answer.is_sentence:
                phase.refused += 1
            else:
                phase.failures[f"HTTP {answer.status} {answer.body[:80]!r}"] += 1
        return None


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    etag: str

    @property
    def is_sentence(self) -> bool:
        """Whether it says why, and that one may ask again."""
        return self.status == _AWAY and b'"detail"' in self.body


class _Client:
    """A connection that is kept to one host, until it is turned to the next."""

    def __init__(self, ports: Sequence[int], place: int) -> None:
        self.ports, self.place = ports, place
        self._connection: http.client.HTTPConnection | None = None

    def turn(self) -> None:
        """Ask the next host from now on."""
        self.place += 1
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def ask(self, path: str, headers: dict[str, str], body: Any) -> _Answer:
        if self._connection is None:
            port = self.ports[self.place % len(self.ports)]
            self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        data = None if body is None else json.dumps(body).encode()
        more = {"Content-Type": "application/json"} if data else {}
        self._connection.request("POST" if data else "GET", path, data, {**headers, **more})
        # an answer that breaks off holds its socket, whatever becomes of the connection
        with self._connection.getresponse() as answer:
            return _Answer(answer.status, answer.read(), answer.headers.get("ETag", ""))
