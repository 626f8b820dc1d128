"""Quality tests of the DQM GUI become proposals, asked for over HTTP, for real."""

import threading
from collections.abc import Iterator

import pytest

from ingest.dqm_gui.client import Unreachable
from ingest.dqm_gui.quality_tests import PROGRAM, propose_tests, summaries
from model.cache import Cache
from model.commands.datasets import hide_dataset
from model.db import Database
from model.golden.golden import GoldenRoom
from model.queries import proposals
from model.registry import Registry
from simulators.dqm_gui import Gui
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, RUN

PIXEL, STRIP = (f"{RUN}{PROMPT}/{folder}/EventInfo" for folder in ("PixelPhase1", "SiStrip"))


@pytest.fixture
def gui() -> Iterator[Gui]:
    server = Gui(0, [])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(database: Database) -> Registry:
    registry = Registry(database, GoldenRoom(Cache()))
    world.report_run(registry, lumisections=[(1, 4), (6, 10)])
    world.create_dataset(registry)
    return registry


def address(gui: Gui) -> str:
    return f"http://127.0.0.1:{gui.server_port}"


def held(registry: Registry) -> list[tuple[str, str, str, float | None, str]]:
    with registry.reading() as connection:
        found = proposals.proposals(connection, world.sequence_of(connection), program=PROGRAM)
    return [(p.column, str(p.span), p.status.name, p.score, p.reason) for p in found]


def test_an_error_proposes_bad_and_passed_tests_propose_good(told: Registry, gui: Gui) -> None:
    gui.tests = {PIXEL: {"clusters": [100, 300], "hits": [200]}, STRIP: {"clusters": [100], "noise": [90]}}
    assert propose_tests(told.database, address(gui)) == 1
    failed = "1 of 3 quality tests failed: clusters; 1 warn"
    passed = "0 of 1 quality tests failed; 0 warn"
    assert held(told) == [
        ("tracker-pixel", "1–4", "BAD", 0.6667, failed),
        ("tracker-pixel", "6–10", "BAD", 0.6667, failed),
        ("tracker-strip", "1–4", "GOOD", 1.0, passed),
        ("tracker-strip", "6–10", "GOOD", 1.0, passed),
    ]
    assert world.statuses(told, "tracker-pixel") == []


def test_asking_again_proposes_nothing_new_and_a_new_result_replaces_the_old(told: Registry, gui: Gui) -> None:
    gui.tests = {PIXEL: {"clusters": [300]}}
    propose_tests(told.database, address(gui))
    before = world.now(told)
    assert propose_tests(told.database, address(gui)) == 0
    assert world.now(told) == before
    gui.tests = {PIXEL: {"clusters": [100]}}
    assert propose_tests(told.database, address(gui)) == 1
    assert {status for _, _, status, *_ in held(told)} == {"GOOD"}


def test_tests_that_did_not_run_say_nothing(told: Registry, gui: Gui) -> None:
    gui.tests = {PIXEL: {"clusters": [30, 50, 60, 70, 90], "hits": []}}
    assert propose_tests(told.database, address(gui)) == 0
    assert held(told) == []


def test_hidden_closed_and_early_datasets_are_not_asked_for(told: Registry, gui: Gui) -> None:
    world.create_dataset(told, EXPRESS, states={"global": "COMPLETED"})
    gui.tests = {PIXEL: {"a": [300]}, f"{RUN}{EXPRESS}/PixelPhase1/EventInfo": {"a": [300]}}
    assert propose_tests(told.database, address(gui), RUN + 1) == 0
    with told.writing() as tx:
        hide_dataset(tx, RUN, PROMPT, DC, comment="made twice")
    assert propose_tests(told.database, address(gui)) == 0
    assert held(told) == []


def test_a_gui_that_makes_results_up_says_the_same_twice() -> None:
    server = Gui(0, [], makes_up=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        first, second = (summaries(address(server), RUN, [PROMPT]) for _ in range(2))
    finally:
        server.shutdown()
        server.server_close()
    assert first == second
    assert sum(said.ran for said in first.values()) > 100


def test_a_gui_that_is_away_is_named_and_nothing_is_written(told: Registry) -> None:
    before = world.now(told)
    with pytest.raises(Unreachable, match="does not answer"):
        propose_tests(told.database, "http://127.0.0.1:9")
    assert world.now(told) == before
