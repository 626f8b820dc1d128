"""What the pages say to type does what it is there for; what cannot be run here says why."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from model.cache import Cache
from model.columnar.snapshots import make
from model.golden.golden import GoldenRoom
from model.registry import Registry, use
from model.registry import registry as put_together
from model.sandbox import sandbox
from model.sandbox.sandbox import Sandbox
from tests.conftest import Counted
from tests.docs import told
from tests.docs.blocks import LANGUAGES, Block, blocks, pages, spans
from tests.docs.hands import Place, lines, parse, run
from tests.house.files import ROOT
from tests.model import world
from tests.provision import stores

BLOCKS = {page: list(blocks(page)) for page in pages()}
DATA = ROOT / "tests" / "data"
#: files that the pages name, and what stands for them
FILES = {
    "lumisections_2024.csv.xz": "ingest/lumisections_2024_cut.csv.xz",
    "runs_2018.csv": "ingest/runs_2018_candidates_cut.csv",
    "brilcalc.csv": "ingest/brilcalc_pb.csv",
    "recorded_byls.csv": "ingest/recorded_byls_2018_cut.csv",
    "Cert_Golden.json": "ingest/Cert_314472-317591_13TeV_PromptReco_Collisions18_JSON.json",
    "gui_triggers.csv": "ingest/gui_triggers.csv",
    "v4_dump": "ingest/v4_sample",
    "workspaces.json": "ingest/v4_sample/workspaces.json",
    "rules.json": "rules/peer_sample_rule.json",
}
#: the snapshot that the pages name
SNAPSHOT = "data/snapshots/000000018313"
#: numbers that blocks of Python print: each reader of columns finds what the registry says, in 1/pb
PRINTED = {Path("docs/snapshots.md"): [0.1 * (8 + 20 * len(told.RUNS))] * 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which everything is typed, with the files that the pages name."""
    found = tmp_path_factory.mktemp("typed")
    for name, kept in FILES.items():
        source = DATA / kept
        (shutil.copytree if source.is_dir() else shutil.copy)(source, found / name)
    return found


@pytest.fixture(scope="module")
def registry(folder: Path) -> Iterator[Registry]:
    """Tell the small registry that the pages talk about, and make a snapshot of it."""
    found = Registry(stores.sqlite(folder / "registry.sqlite"), GoldenRoom(Cache()))
    told.build(found)
    kept = make(found.reading, world.now(found), folder / "data" / "snapshots")
    (folder / SNAPSHOT).symlink_to(kept.folder)
    yield found
    found.database.dispose()


@pytest.fixture(scope="module")
def queries(registry: Registry, folder: Path) -> Iterator[None]:
    """Let the process run that answers SQL."""
    data = folder / "data"
    given = {"DATABASE_URL": registry.database.url, "DATA_DIR": str(data)}
    command = [sys.executable, "-m", "jobs", "query"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given}) as process:
        yield
        process.kill()


@pytest.fixture(scope="module")
def place(registry: Registry, folder: Path, queries: None) -> Iterator[Place]:
    """Give where blocks are run: a server over the registry, in this process as the program's commands are."""
    import settings

    data = folder / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "load", lambda: settings.Settings(data_dir=data))
        import app
        from api import snapshots
        from api.operating import backups

        patch.setitem(app.server.config, backups.FOLDER, str(folder / "backups"))
        patch.setitem(app.server.config, snapshots.FOLDER, str(data / "snapshots"))
        patch.chdir(folder)
        asked, before = sandbox.sandbox(), put_together()
        sandbox.use(Sandbox(data / "query.sock", data / "snapshots"))
        use(registry)
        with _served(app.server) as address:
            found = Place(address, folder, registry, app.server, lambda: _empty(folder), _ingest(folder, patch))
            yield found
        use(before)
        sandbox.use(asked)
        for each in found.made:
            each.database.dispose()


@contextmanager
def _served(server: Flask) -> Iterator[str]:
    listening = make_server("127.0.0.1", 0, server, threaded=True)
    thread = Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


def _empty(folder: Path) -> Registry:
    name = f"new-{len(list(folder.glob('new-*')))}.sqlite"
    return Registry(stores.sqlite(folder / name), GoldenRoom(Cache()))


def _ingest(folder: Path, patch: pytest.MonkeyPatch) -> Callable[[list[str]], int]:
    """Return what reads files into a registry that is there for nothing else."""
    from ingest import __main__ as command
    from settings import Settings

    database = stores.sqlite(folder / "read_in.sqlite")
    database.dispose()
    given = Settings(data_dir=folder / "data", database_url=database.url)
    patch.setattr(command, "settings", lambda: given)
    return command.main


@pytest.mark.parametrize("page", [page for page, found in BLOCKS.items() if found], ids=str)
def test_what_a_page_says_to_type_does_what_it_is_there_for(page: Path, place: Place, counted: Counted) -> None:
    place.known.clear()
    place.printed.clear()
    left = [block for block in BLOCKS[page] if block.not_run]
    for block in left:
        parse(block)
    done = [run(block, place) for block in BLOCKS[page] if not block.not_run]
    said = "".join(f"; line {block.line} not: {block.not_run}" for block in left)
    counted(f"{page}{said}; blocks run", len(done), len(BLOCKS[page]))
    assert len(done) + len(left) == len(BLOCKS[page])
    assert all(world.now(each) for each in place.made), "a registry that was opened stayed empty"
    assert [float(said) for said in place.printed] == pytest.approx(PRINTED.get(page, []))


def test_every_block_says_what_it_holds() -> None:
    found = [block for each in BLOCKS.values() for block in each]
    assert len(found) > 30
    assert not [block.place for block in found if block.language not in LANGUAGES]
    assert not [block.place for block in found if block.is_endless and block.language != "python"]


def test_what_is_not_run_names_what_there_is() -> None:
    """A target of the Makefile or a module that is gone is found there, and in sentences."""
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    not_run = [line for each in BLOCKS.values() for block in each if block.not_run for line in _typed(block)]
    said = [*not_run, *(span for page in pages() for span in spans(page))]
    made = {name for each in said for name in re.findall(r"\bmake ([a-z]+)$", each)}
    modules = {name for each in said for name in re.findall(r"\bpython -m ([\w.]+)", each)}
    assert made and made <= targets
    assert modules and not [name for name in modules if importlib.util.find_spec(name) is None]


def test_commands_in_sentences_are_commands_of_the_program(place: Place) -> None:
    named = {tuple(m) for page in pages() for span in spans(page) for m in _FLASK.findall(span)}
    assert len(named) > 3
    for group, command in named:
        found = place.server.cli.commands.get(group)
        assert found is not None, group
        assert not command or command in getattr(found, "commands", {}), (group, command)


_FLASK = re.compile(r"flask --app app ([a-z]+)(?: ([a-z][a-z-]+))?")


def _typed(block: Block) -> list[str]:
    return [" ".join(words) for words in lines(block)] if block.language == "sh" else []
