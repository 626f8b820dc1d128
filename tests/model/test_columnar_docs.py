"""What is written of the tables is so, and the commands that read them run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.cache import Cache
from model.columnar.snapshots import Snapshot, make
from model.columnar.tables import FIXED, lumisections
from model.columnar.words import BEGIN, END, described
from model.golden.golden import GoldenRoom
from model.registry import Registry
from tests.model import world
from tests.model.world import EXPRESS, PROMPT
from tests.provision import stores

ROOT = Path(__file__).resolve().parents[2]
DOC = ROOT / "docs" / "snapshots.md"
#: Spark is tried by `make drill`, where there is a Java
READERS = ("pandas", "polars", "DuckDB", "Dask")


def test_the_document_says_what_the_descriptions_say() -> None:
    between = DOC.read_text().partition(BEGIN)[2].partition(END)[0]
    assert between.strip() == described((lumisections(), *FIXED))


def commands_of(reader: str) -> str:
    """Return the commands that the document gives for a reader."""
    section = DOC.read_text().partition(f"### {reader}\n")[2]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Make a snapshot of two runs with a prompt and an express dataset."""
    folder = tmp_path_factory.mktemp("readers")
    registry = Registry(stores.sqlite(folder / "registry.sqlite"), GoldenRoom(Cache()))
    for number in (world.RUN, world.RUN + 1):
        world.report_run(registry, number)
        world.create_dataset(registry, PROMPT, number)
        world.create_dataset(registry, EXPRESS, number)
    world.give(registry, world.TRACKER, "tracker-pixel", [(2, 4)], "GOOD")
    world.give(registry, world.TRACKER, "tracker-pixel", [(1, 9)], "GOOD", dataset=EXPRESS)
    world.give(registry, world.TRACKER, "tracker-pixel", [(7, 7)], "BAD")
    yield make(registry.reading, world.now(registry), folder / "snapshots")
    registry.database.dispose()


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_finds_what_the_registry_says(made: Snapshot, reader: str) -> None:
    commands = commands_of(reader).replace("data/snapshots/000000018313", str(made.folder))
    assert str(made.folder) in commands
    ran = subprocess.run([sys.executable, "-c", commands], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert float(ran.stdout) == pytest.approx(0.3)
