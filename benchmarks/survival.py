"""Checks on a running server: first page, published lists, shared cache, kill -9, replay."""

import csv
import json
import lzma
import os
import secrets
import shutil
import signal
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import COORDINATOR, database_of, open_prompt
from benchmarks.harness import Server, run, timed
from ingest.demo.conditions import CALL_380649, CALL_381594, LUMISECTIONS, read_ranges
from ingest.demo.load import LABELS
from ingest.demo.rulebook import PROMPT
from model import journal, replay
from model.ranges import numbers

_COLUMNS = ["tracker-pixel", "tracker-strip"]
_WANTED, _KILL_AFTER = 200, 100
_YEAR = "demo year 2024"


@dataclass(frozen=True)
class Check:
    """One line of a drill."""

    name: str
    command: str
    data: str
    printed: str
    holds: bool


def first_page(folder: Path) -> Iterator[Check]:
    """Start as `make run` does and ask for the page."""
    demo = folder / "demo"
    begun = time.perf_counter()
    ran = run(["-m", "ingest", "demo", "--if-empty"], demo)
    loaded = time.perf_counter() - begun
    begun = time.perf_counter()
    with Server(demo) as server:
        listening = time.perf_counter() - begun
        server.request("/healthz")
        ready = time.perf_counter() - begun
        page_s = timed(lambda: server.request("/"), 1)[0]
        status, body = server.request("/")
        printed = (
            f"`--if-empty` {loaded:.2f} s; listening after {listening:.2f} s, ready after {ready:.2f} s, "
            f"then the first page in {page_s * 1000:.0f} ms (HTTP {status})"
        )
        holds = ran.code == 0 and status == 200 and b"_dash-config" in body and page_s < 1
        yield Check("first page < 1 s from server up", "make run", _YEAR, printed, holds)


def published_lists(folder: Path) -> Iterator[Check]:
    """Compare golden lists, counts, manifest and luminosity with what was published."""
    with Server(folder / "demo") as server:
        for label, path in zip(LABELS, (CALL_380649, CALL_381594), strict=True):
            asked = _asked(as_of=label)
            found = server.json(f"/api/v1/golden-json?{asked}")
            told = server.json(f"/api/v1/golden-json/manifest?{asked}")
            published = json.loads(path.read_text(encoding="utf-8"))
            count = sum(b - a + 1 for spans in found.values() for a, b in spans)
            same = found == published
            holds = same and (told["runs"], told["lumisections"]) == (len(published), count)
            printed = (
                f"{'equal' if same else 'NOT equal'}: {len(found)} runs, {count:,} LS, manifest agrees: {holds}"
            )
            command = f"GET /api/v1/golden-json?rule=golden-2024&as_of={label}"
            yield Check(f"golden list = {path.name}", command, _YEAR, printed, holds)
        expected = _csv_sum(read_ranges(CALL_381594))
        off = abs(told["recorded_invpb"] - expected)
        printed = (
            f"{told['recorded_invpb'] / 1000:.3f} /fb, csv sum {expected / 1000:.3f} /fb, off by {off:.1e} /pb"
        )
        holds = off < 1e-5 and round(expected) == 26978
        yield Check("recorded luminosity", "GET /api/v1/golden-json/manifest", _YEAR, printed, holds)


def shared_cache(folder: Path) -> Iterator[Check]:
    """Look whether workers share results, and whether rubbish in the cache changes an answer."""
    demo, url = folder / "demo", f"/api/v1/golden-json?{_asked(as_of='now')}"
    cache = demo / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    with Server(demo) as server:
        first, right = timed(lambda: server.request(url), 1)[0], server.request(url)[1]
        before = _written(cache)
        rest = timed(lambda: server.request(url), 40)
        same = _written(cache) == before
        printed = (
            f"first {first * 1000:.0f} ms, 40 more over both workers at most {max(rest) * 1000:.0f} ms, "
            f"no entry written again: {same}"
        )
        holds = same and max(rest) < first / 2
        yield Check("the second worker uses what the first computed", "GET golden-json", _YEAR, printed, holds)
        for name, spoil in (("random bytes", _scribble), ("cut files", _cut), ("no folder", shutil.rmtree)):
            spoil(cache)
            answers = {server.request(url) for _ in range(8)}
            same = answers == {(200, right)}
            printed = f"8 answers {'unchanged' if same else 'CHANGED'}"
            yield Check(f"cache spoilt: {name}", "GET golden-json", _YEAR, printed, same)


def killed_server(folder: Path) -> Iterator[Check]:
    """Kill the process group while verdicts arrive; nothing acknowledged may be lost, nothing half done."""
    data = folder / "killed"
    data.mkdir()
    shutil.copy(folder / "demo" / "registry.sqlite", data / "registry.sqlite")
    database = database_of(data)
    run_number, name, last = open_prompt(database)
    with database.reading() as connection:
        before = journal.sequence_now(connection)
    acknowledged = _killed_while_sending(data, (run_number, name, before))
    verified = run(["-m", "flask", "--app", "app", "journal", "verify"], data)
    printed = f"{len(acknowledged)} of {_WANTED} acknowledged, then killed; exit {verified.code}, "
    printed += verified.output.strip().splitlines()[-1]
    holds = verified.code == 0 and _KILL_AFTER <= len(acknowledged) < _WANTED
    command = "flask --app app journal verify"
    yield Check("kill -9 among 200 certifications", command, _YEAR, printed, holds)
    with database.reading() as connection:
        recorded = {int(e.comment.split()[1]): e.sequence for e in journal.entries(connection, before)}
    database.dispose()
    with Server(data) as again:
        path = f"/api/v1/runs/{run_number}/verdicts?dataset={urllib.parse.quote(name, safe='')}"
        columns = again.json(path)["columns"]
    lost = [i for i, sequence in acknowledged.items() if recorded.get(i) != sequence]
    half = [i for i in range(_WANTED) if _held(columns, i) != (i in recorded)]
    printed = (
        f"lost {len(lost)}, in the journal without answer {len(set(recorded) - set(acknowledged))}, "
        f"half edits {len(half)} (each of 2 columns × 2 ranges, read back over the API)"
    )
    data_ = f"run with {last:,} LS, {len(recorded)} edits"
    yield Check(
        "every acknowledged edit is there, whole", "GET verdicts", data_, printed, not lost and not half
    )
    yield from _rebuilt(data, "after kill -9", folder / "rebuilt-killed")


def replayed(folder: Path) -> Iterator[Check]:
    """Replay the whole journal into an empty database."""
    yield from _rebuilt(folder / "demo", _YEAR, folder / "rebuilt")
    yield from _rebuilt(folder / "v4", "v4 dump", folder / "rebuilt-v4")


def made_again(folder: Path) -> Iterator[Check]:
    """Make every product and a frozen report again, byte for byte, and recognise a published file."""
    app, demo = ["-m", "flask", "--app", "app"], folder / "demo"
    asked = {
        "every product is made again": ["product", "rebuild", "--all"],
        "a published file is recognised": ["product", "verify", str(CALL_380649)],
        "a report is frozen": ["report", "make", "era", "2024C"],
        "every report is made again": ["report", "verify"],
    }
    for name, words in asked.items():
        found = run([*app, *words], demo)
        said = (found.output.strip().splitlines() or ["nothing"])[-1]
        command = f"flask --app app {' '.join(Path(word).name for word in words)}"
        yield Check(name, command, _YEAR, said, found.code == 0)


def _rebuilt(data: Path, what: str, folder: Path) -> Iterator[Check]:
    source, target = database_of(data), database_of(folder)
    target.upgrade()
    start = time.perf_counter()
    with source.reading() as one, target.writing() as other:
        last = replay.replay(one, other)
        seconds = time.perf_counter() - start
        unlike = list(replay.differences(one, other))
    source.dispose()
    target.dispose()
    printed = f"{last:,} events in {seconds:.1f} s, differences: {', '.join(unlike) or 'none'}"
    yield Check("rebuilt tables are equal", "model.replay", what, printed, not unlike)


def _killed_while_sending(data: Path, where: tuple[int, str, int]) -> dict[int, int]:
    server = Server(data)
    done: dict[int, int] = {}
    parts = (range(0, _WANTED, 2), range(1, _WANTED, 2))
    senders = [threading.Thread(target=_send, args=(server, done, part, where)) for part in parts]
    for sender in senders:
        sender.start()
    while len(done) < _KILL_AFTER and any(s.is_alive() for s in senders):
        time.sleep(0.001)
    server.end(signal.SIGKILL)
    for sender in senders:
        sender.join()
    return done


def _send(server: Server, done: dict[int, int], part: range, where: tuple[int, str, int]) -> None:
    run_number, name, seen = where
    for i in part:
        edit = {
            "run_number": run_number,
            "dataset": name,
            "columns": _COLUMNS,
            "ranges": [[4 * i + 1, 4 * i + 1], [4 * i + 3, 4 * i + 3]],
            "status": "BAD",
            "comment": f"drill {i}",
        }
        try:
            answer = server.json("/api/v1/verdicts", {"edits": [edit], "seen": seen}, COORDINATOR)
        except (OSError, RuntimeError, ValueError):
            return
        done[i] = answer["sequence"]


def _held(columns: dict[str, list[dict[str, Any]]], i: int) -> bool | None:
    """Tell whether all places of an edit hold it (True), none (False), or some (None)."""
    said = [
        any(v["first"] <= n <= v["last"] and v["comment"] == f"drill {i}" for v in columns[column])
        for column in _COLUMNS
        for n in (4 * i + 1, 4 * i + 3)
    ]
    return all(said) if all(said) == any(said) else None


def _asked(*, as_of: str) -> str:
    return urllib.parse.urlencode({"rule": "golden-2024", "dataset": PROMPT, "as_of": as_of})


def _csv_sum(chosen: dict[int, Any]) -> float:
    wanted = {(run_number, n) for run_number, spans in chosen.items() for n in numbers(spans)}
    with lzma.open(LUMISECTIONS, "rt", encoding="utf-8", newline="") as lines:
        return sum(
            float(row["recorded_lumi_per_lumisection"] or 0)
            for row in csv.DictReader(lines)
            if (int(row["run_number"]), int(row["lumisection_number"])) in wanted
        )


def _written(cache: Path) -> dict[str, int]:
    # the counter of entries is written at every set, the entries only when somebody computes
    return {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}


def _scribble(cache: Path) -> None:
    for path in cache.iterdir():
        path.write_bytes(secrets.token_bytes(max(64, path.stat().st_size)))


def _cut(cache: Path) -> None:
    for path in cache.iterdir():
        os.truncate(path, path.stat().st_size // 2)
