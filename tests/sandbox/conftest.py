"""The query process as an operator starts it, over one snapshot."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model.columnar.snapshots import make, snapshots
from model.journal import sequence_now
from model.sandbox.limits import Limits
from model.sandbox.sandbox import Answer, Sandbox
from tests.browser import small

ROOT = Path(__file__).parents[2]
LIMITS = Limits(time_s=20.0, memory_mib=96, rows=1_000, answer_mib=4)


class Queries:
    """A running query process, and what asks it."""

    def __init__(self, sandbox: Sandbox, process: "subprocess.Popen[bytes]", sequence: int) -> None:
        self.sandbox, self.process, self.sequence = sandbox, process, sequence

    def ask(self, sql: str, **more: Any) -> Answer:
        """Ask as one person."""
        return self.sandbox.ask(
            {"sql": sql, "sequence": self.sequence, "rows": 100, "asker": "a.shifter", **more}
        )

    def rows(self, sql: str, **more: Any) -> list[list[Any]]:
        """Return the rows of an answer."""
        found: list[list[Any]] = json.loads(self.ask(sql, **more).body)["rows"]
        return found


@pytest.fixture(scope="session")
def snapshot_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a snapshot of a small registry: runs of 60 and 80 lumisections, 0.1 /pb each."""
    folder = tmp_path_factory.mktemp("told")
    registry = small.opened(folder / "registry.sqlite")
    small.build(registry, (60, 80))
    with registry.reading() as connection:
        at = sequence_now(connection)
    make(registry.reading, at, folder / "snapshots")
    registry.database.dispose()
    return folder / "snapshots"


@pytest.fixture(scope="session")
def start_queries(
    tmp_path_factory: pytest.TempPathFactory, snapshot_folder: Path
) -> Iterator[Callable[[Limits], Queries]]:
    """Give a function that starts a query process with limits of its own."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(limits: Limits) -> Queries:
        folder = tmp_path_factory.mktemp("queries")
        shutil.copytree(snapshot_folder, folder / "snapshots")
        given = {
            "DATA_DIR": str(folder),
            "QUERY_TIME_S": str(limits.time_s),
            "QUERY_MEMORY_MIB": str(limits.memory_mib),
            "QUERY_ROWS": str(limits.rows),
            "QUERY_ANSWER_MIB": str(limits.answer_mib),
            "QUERY_AT_ONCE_EACH": str(limits.each),
            "QUERY_AT_ONCE": str(limits.at_once),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs", "query"], cwd=ROOT, env={**os.environ, **given}
        )
        processes.append(process)
        until = time.monotonic() + 60
        while not (folder / "query.sock").exists():
            assert process.poll() is None and time.monotonic() < until, "the query process does not start"
            time.sleep(0.05)
        (only,) = snapshots(folder / "snapshots")
        sandbox = Sandbox(folder / "query.sock", folder / "snapshots", limits)
        return Queries(sandbox, process, only.sequence)

    yield start
    for process in processes:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def queries(start_queries: Callable[[Limits], Queries]) -> Queries:
    """Give a running query process, and what asks it."""
    return start_queries(LIMITS)


@pytest.fixture(scope="session")
def hasty(start_queries: Callable[[Limits], Queries]) -> Queries:
    """Give one that waits for nobody: on a busy machine a plain question can be stopped by it too."""
    return start_queries(replace(LIMITS, time_s=1.5))
