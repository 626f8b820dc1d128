"""What a door says while the database is away, and how it knows what its asker has seen."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.contract import seen
from callbacks import failure
from components import failure as shown
from model import registry as room
from model.cache import Cache
from model.clock import SettableClock
from model.db import Database
from model.errors import Unreachable
from model.golden.golden import GoldenRoom
from model.registry import Registry
from tests.model import world
from tests.provision.postgres import PostgresServer

_CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
_EDIT = {"run_number": world.RUN, "dataset": world.PROMPT, "columns": ["tracker-pixel"], "ranges": [[1, 2]]}
_BODY = {"edits": [{**_EDIT, "status": "GOOD"}], "seen": 1}
_NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def away(client: FlaskClient) -> Iterator[FlaskClient]:
    """Give the server over a database that does not answer."""
    before = room.registry()
    registry = Registry(Database(_NOBODY), GoldenRoom(Cache()), SettableClock(world.START))
    room.use(registry)
    yield client
    room.use(before)


@pytest.mark.parametrize("path", ["/api/v1/version", f"/api/v1/runs/{world.RUN}"])
def test_a_read_says_that_the_database_is_away(away: FlaskClient, path: str) -> None:
    answer = away.get(path)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.json is not None
    assert (answer.json["code"], answer.json["status"]) == ("unreachable", 503)
    assert answer.json["detail"].startswith("The database does not answer")
    assert answer.headers["Retry-After"] == "2"


def test_the_shell_of_every_page_stands_while_the_database_is_away(away: FlaskClient) -> None:
    answer = away.get("/_dash-layout")
    assert answer.status_code == 200
    assert shown.PLACE.encode() in answer.data


def test_a_write_says_so_too_and_that_nothing_was_written(away: FlaskClient) -> None:
    answer = away.post("/api/v1/verdicts", json=_BODY, headers=_CERTIFIER)
    assert answer.status_code == 503
    assert answer.json is not None
    assert "Nothing was written" in answer.json["detail"]


def test_a_screen_shows_what_never_came_as_far_as_a_callback() -> None:
    found: Any = failure.answered(Unreachable("Work in the background cannot begin."))
    assert found["response"] == {}
    notice = found["sideUpdate"][shown.PLACE]["children"]
    assert notice["props"]["children"] == ["Work in the background cannot begin."]


@pytest.fixture
def copied(client: FlaskClient, postgres: PostgresServer) -> Iterator[tuple[FlaskClient, Registry, int]]:
    """Give the server over a database whose copy stands still, and the sequence of the copy."""
    url = postgres.create_database("doors_primary")
    first = Database(url)
    first.upgrade()
    world.report_run(_registry(first))
    at = world.now(_registry(first))
    first.dispose()
    copy = postgres.create_database("doors_copy", template="doors_primary")
    before, registry = room.registry(), _registry(Database(url, copy))
    world.create_dataset(registry)
    room.use(registry)
    yield client, registry, at
    room.use(before)
    registry.database.dispose()
    for name in ("doors_copy", "doors_primary"):
        postgres.drop_database(name)


def _registry(database: Database) -> Registry:
    return Registry(database, GoldenRoom(Cache()), SettableClock(world.START))


Copied = tuple[FlaskClient, Registry, int]


def _version(client: FlaskClient, **headers: str) -> int:
    answer = client.get("/api/v1/version", headers=headers)
    assert answer.json is not None
    return int(answer.json["sequence"])


def test_a_program_that_sends_back_what_it_was_given_never_reads_less(copied: Copied) -> None:
    client, registry, at = copied
    newest = world.now(registry)
    assert _version(client) == at
    assert _version(client, **{seen.HEADER: str(newest)}) == newest


def test_a_browser_reads_its_own_write_on_whatever_host(copied: Copied) -> None:
    client, registry, at = copied
    assert _version(client) == at
    answer = client.post("/api/v1/verdicts", json=_BODY, headers=_CERTIFIER)
    assert answer.status_code == 200
    assert _version(client) == world.now(registry) > at + 1


@pytest.mark.parametrize("wrong", ["-1", "1e9", "x" * 400, "9" * 30, "١٢"])
def test_what_is_no_sequence_counts_for_nothing(copied: Copied, wrong: str) -> None:
    client, _, at = copied
    assert _version(client, **{seen.HEADER: wrong.encode("utf-8").decode("latin-1")}) == at
