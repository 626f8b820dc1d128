"""Speed as felt: every page opened by a browser, then a day's work in it; `python -m benchmarks.felt`.

`--beside CHECKOUT` opens each page of another checkout in turn with this one's, so that a busy machine tells
both the same. Times are the browser's own; processor times depend less on what else the machine does.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks.felt_day import Day, work
from benchmarks.felt_load import PAGES, Load, cold_and_warm, visitor, warm_up
from benchmarks.harness import ROOT, Figure, Server
from model.vocabulary import ONLINE, State
from tests.provision.browser import launch_options

ROUNDS, DAYS = 3, 5
#: compressed, everything that a page reads until it is quiet and while it is idle then
MOST_BYTES, MOST_S, MOST_CALLBACK_S = 1_500_000, 2.0, 0.15
Loads = dict[str, list[tuple[Load, Load]]]


def figures(demo: Path, rounds: int = ROUNDS, days: int = DAYS) -> Iterator[Figure]:
    """Yield how each page opens, and what each callback of a day's work takes, on a copy of the demo year."""
    with tempfile.TemporaryDirectory(prefix="run-registry-felt-") as name, sync_playwright() as started:
        browser = started.chromium.launch(**launch_options())
        with Server(_copied(demo, Path(name))) as server:
            leave_open(server)
            (loads,) = _loads(browser, [_origin(server)], rounds)
            yield from _of_pages(loads)
            (day,) = _worked(browser, [_origin(server)], days)
            yield from _of_day(day)
        browser.close()


def _copied(demo: Path, home: Path) -> Path:
    home.mkdir(exist_ok=True)
    shutil.copy(demo / "registry.sqlite", home / "registry.sqlite")
    return home


def leave_open(server: Server) -> None:
    """Let a shifter who is there first have something to decide: a column of the newest open runs."""
    newest = server.json("/api/v1/runs?limit=20")["runs"]
    for run in [run for run in newest if run["state"] == State.OPEN][:6]:
        edit = {"run_number": run["run_number"], "dataset": ONLINE, "columns": ["dt-dt"], "ranges": [[1, 1]]}
        edits = [{**edit, "status": "NOTSET", "comment": "left open, to measure deciding"}]
        seen = server.json("/api/v1/version")["sequence"]
        server.json("/api/v1/verdicts", {"edits": edits, "seen": seen}, "a.shifter")


def _origin(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def _loads(browser: Browser, origins: Sequence[str], rounds: int) -> list[Loads]:
    """Open every page several times, of each server in turn."""
    for origin in origins:
        with visitor(browser) as context:
            warm_up(context.new_page(), origin)
    found: list[Loads] = [defaultdict(list) for _ in origins]
    for turn in range(rounds):
        for path, selector in PAGES:
            for origin, loads in zip(origins, found, strict=True):
                both = cold_and_warm(browser, origin + path, selector, waits_for_idle=not turn)
                loads[path].append(both)
    return found


def _worked(browser: Browser, origins: Sequence[str], times: int) -> list[Day]:
    """Do a day's work several times, at each server in turn."""
    days = [Day() for _ in origins]
    for turn in range(times + 1):
        for origin, day in zip(origins, days, strict=True):
            # the first one of a server that was just started is not counted
            with visitor(browser) as context:
                work(context, origin, day if turn else Day())
    return days


def _of_pages(loads: Loads) -> Iterator[Figure]:
    for path, both in loads.items():
        for at, name in enumerate(("empty cache", "again")):
            told = [each[at] for each in both]
            total = max(load.sent_bytes + load.idle_bytes for load in told)
            seconds, cpu = tuple(load.interactive_s for load in told), tuple(load.cpu_s for load in told)
            yield Figure(
                f"{path} interactive",
                name,
                seconds,
                None,
                MOST_S,
                cpu_s=cpu,
                note=_noted(told),
                holds_besides=total <= MOST_BYTES,
            )


def _noted(told: Sequence[Load]) -> str:
    first = told[0]
    data, layout, longest = (
        np.median([getattr(load, name) for load in told]) * 1000
        for name in ("data_s", "layout_s", "longest_task_s")
    )
    idle = f" + {first.idle_bytes / 1e3:,.0f} while idle" if first.idle_bytes else ""
    return (
        f"{first.sent_bytes / 1e3:,.0f} kB{idle} in {first.requests} requests; layout {layout:.0f}, "
        f"data {data:.0f}, longest task {longest:.0f} ms; shift {first.shift:.3f}"
    )


def _of_day(day: Day) -> Iterator[Figure]:
    for what, seconds in sorted(day.felt.items()):
        yield Figure(what, "a day's work", tuple(seconds))
    for name, seconds in sorted(day.asked.items(), key=lambda each: -float(np.percentile(each[1], 95))):
        yield Figure(name, "a day's work", tuple(seconds), None, MOST_CALLBACK_S, of_p95=True)


def _say(what: str, every: Sequence[Sequence[Figure]]) -> None:
    print(f"{what}; load average {os.getloadavg()[0]:.1f}", *_lines(every), sep="\n", flush=True)


def _lines(every: Sequence[Sequence[Figure]]) -> Iterator[str]:
    """Yield a table with the same figure of each checkout side by side."""
    yield "| what | on | " + " | ".join(f"{name} p50 | p95 | CPU" for name in _HEADS[-len(every) :]) + " | |"
    yield "|---|---|" + "--:|" * 3 * len(every) + "---|"
    names = dict.fromkeys((each.name, each.data) for one in every for each in one)
    for name in names:
        same = [next((f for f in one if (f.name, f.data) == name), None) for one in every]
        cells = [_cells(each) for each in same]
        last = same[-1]
        held = "" if last is None or not last.targets else "kept; " if last.holds else "**MISSED**; "
        notes = " ⟶ ".join(each.note for each in same if each and each.note)
        yield f"| {' | '.join([*name, *cells, held + notes])} |"


_HEADS = ("before", "after")


def _cells(figure: Figure | None) -> str:
    if figure is None:
        return " | | "
    cpu = f"{np.median(figure.cpu_s) * 1000:.0f}" if figure.cpu_s else ""
    return f"{figure.p50 * 1000:.0f} | {figure.p95 * 1000:.0f} | {cpu}"


def main() -> int:
    """Print the figures; return 1 where this checkout misses a target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder with the demo year; it is copied")
    parser.add_argument("--beside", type=Path, help="another checkout of this repository")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--days", type=int, default=DAYS)
    asked = parser.parse_args()
    roots = [*([asked.beside] if asked.beside else []), ROOT]
    with tempfile.TemporaryDirectory(prefix="run-registry-felt-") as name, ExitStack() as stack:
        browser = stack.enter_context(sync_playwright()).chromium.launch(**launch_options())
        stack.callback(browser.close)
        servers = [
            stack.enter_context(Server(_copied(asked.data, Path(name) / str(at)), root=root))
            for at, root in enumerate(roots)
        ]
        loads = _loads(browser, [_origin(server) for server in servers], asked.rounds)
        opened = [[*_of_pages(each)] for each in loads]
        print(
            f"{asked.rounds} rounds; load average {os.getloadavg()[0]:.1f}",
            *_lines(opened),
            sep="\n",
            flush=True,
        )
        worked = [
            [*_of_day(each)] for each in _worked(browser, [_origin(each) for each in servers], asked.days)
        ]
        print(f"{asked.days} days' work; load average {os.getloadavg()[0]:.1f}", *_lines(worked), sep="\n")
    return 0 if all(figure.holds for figure in (*opened[-1], *worked[-1])) else 1


if __name__ == "__main__":
    sys.exit(main())
