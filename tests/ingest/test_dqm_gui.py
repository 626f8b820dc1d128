"""The DQM GUI is asked over HTTP, for real, by a server that answers as it does."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ingest.dqm_gui.client import Unreachable, samples
from ingest.dqm_gui.command import look
from model.authors import IMPORTER
from model.cache import Cache
from model.commands.runs import import_run_attributes, move_run
from model.golden.golden import GoldenRoom
from model.queries import datasets
from model.registry import Registry
from model.vocabulary import ONLINE
from simulators.dqm_gui import Gui
from tests.model import world
from tests.model.test_accepted import ROW, SAMPLE, keep
from tests.model.world import EXPERT, PROMPT, RUN, SHIFTER
from tests.provision import stores


@pytest.fixture
def gui() -> Iterator[Gui]:
    server = Gui(0, [])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Registry]:
    database = stores.sqlite(tmp_path / "registry.sqlite")
    registry = Registry(database, GoldenRoom(Cache()))
    world.report_run(registry)
    world.decide_everything(registry, ONLINE)
    keep(registry, ROW)
    with registry.writing() as tx:
        words = {"class": "Collisions24", "significant": True}
        import_run_attributes(tx, RUN, words, EXPERT, importer=IMPORTER)
        move_run(tx, RUN, "OPEN", "SIGNOFF", SHIFTER)
    yield registry
    database.dispose()


def state(registry: Registry) -> str:
    with registry.reading() as connection:
        return datasets.dataset(connection, RUN, PROMPT).state_of("tracker")


def test_a_dataset_opens_when_the_gui_has_its_sample(waiting: Registry, gui: Gui) -> None:
    gui.samples = [(RUN + 1, SAMPLE), (RUN, "/Cosmics/Run2024C-PromptReco-v1/DQMIO")]
    assert look(waiting.database, address(gui)) == 0
    assert state(waiting) == "waiting dqm gui"
    gui.samples.append((RUN, SAMPLE))
    assert look(waiting.database, address(gui)) == 1
    assert state(waiting) == "OPEN"
    before = world.now(waiting)
    assert look(waiting.database, address(gui)) == 0
    assert world.now(waiting) == before


def test_samples_are_listed_once_per_run(gui: Gui) -> None:
    gui.samples = [(2, "/b"), (1, "/c"), (2, "/a"), (2, "/b")]
    assert samples(address(gui)) == {1: ["/c"], 2: ["/a", "/b"]}
    assert samples(address(gui) + "/", "^/a") == {2: ["/a"]}


class _Odd(BaseHTTPRequestHandler):
    body = b""
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (200, b"<html>login</html>"),
        (200, b"{}"),
        (200, b'{"samples": [{"items": [{"run": "x", "dataset": "/a"}]}]}'),
        (200, b'{"samples": [{"items": [{"run": 1, "dataset": 7}]}]}'),
        (200, b'{"samples": 1}'),
    ],
)
def test_an_odd_answer_is_named_and_nothing_is_written(waiting: Registry, status: int, body: bytes) -> None:
    odd = HTTPServer(("127.0.0.1", 0), type("Odd", (_Odd,), {"status": status, "body": body}))
    threading.Thread(target=odd.serve_forever, daemon=True).start()
    before = world.now(waiting)
    try:
        with pytest.raises(Unreachable, match="127.0.0.1"):
            look(waiting.database, address(odd))
    finally:
        odd.shutdown()
        odd.server_close()
    assert world.now(waiting) == before


def test_a_gui_that_is_away_is_named(waiting: Registry) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        look(waiting.database, "http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="does not answer"):
        look(waiting.database, "no address")
