"""Snapshots over HTTP and by command: listed, ordered, downloaded in whole or in parts, verified, removed."""

import hashlib
import io
import queue
import threading
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from api import snapshot_work, snapshots
from model.columnar.snapshots import Snapshot, make
from model.errors import TooMany
from model.registry import Registry
from tests.model import world

ADDRESS = "/api/v1/snapshots"
COORDINATOR = {"X-Run-Registry-User": "d.coordinator"}


@pytest.fixture
def folder(client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the server a folder of this test's own."""
    own = tmp_path / "snapshots"
    monkeypatch.setitem(client.application.config, snapshots.FOLDER, str(own))
    return own


@pytest.fixture
def made(registry: Registry, folder: Path) -> Snapshot:
    """Make the snapshot of now."""
    return make(registry.reading, world.now(registry), folder, registry.clock)


def _get(client: FlaskClient, address: str, **words: Any) -> Any:
    """Ask, and take all of the answer: a file that is not read to its end stays open."""
    return client.open(address, buffered=True, **words)


def test_a_snapshot_is_listed_with_addresses_that_lead_to_what_its_manifest_says(
    client: FlaskClient, made: Snapshot
) -> None:
    (listed,) = _get(client, ADDRESS).get_json()["snapshots"]
    assert (listed["sequence"], listed["digest"]) == (made.sequence, made.digest)
    manifest = _get(client, listed["manifest"])
    assert manifest.get_json() == made.manifest
    assert manifest.headers["ETag"] == f'"{made.digest}"'
    for name, table in listed["tables"].items():
        body = _get(client, table["address"]).data
        assert hashlib.sha256(body).hexdigest() == made.manifest["tables"][name]["sha256"]
        assert pq.read_metadata(io.BytesIO(body)).num_rows == table["rows"]


def test_parts_of_a_file_can_be_asked_for(client: FlaskClient, made: Snapshot) -> None:
    address = f"{ADDRESS}/{made.folder.name}/lumisections.parquet"
    whole = _get(client, address)
    assert whole.headers["Accept-Ranges"] == "bytes"
    tail = _get(client, address, headers={"Range": "bytes=-8"})
    assert (tail.status_code, tail.data) == (206, whole.data[-8:])
    assert (
        tail.headers["Content-Range"] == f"bytes {len(whole.data) - 8}-{len(whole.data) - 1}/{len(whole.data)}"
    )
    again = _get(client, address, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = _get(client, address, method="HEAD")
    assert (head.status_code, int(head.headers["Content-Length"])) == (200, len(whole.data))
    beyond = _get(client, address, headers={"Range": f"bytes={10**9}-"})
    assert beyond.status_code == 416
    assert "immutable" in whole.headers["Cache-Control"]


def test_an_order_is_made_beside_the_web_and_found_where_the_answer_says(
    client: FlaskClient, registry: Registry, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(snapshot_work, "begin", begun.append)
    answer = client.post(ADDRESS, json={"as_of": "call-1"}, headers=COORDINATOR)
    at = answer.get_json()["sequence"]
    assert (answer.status_code, begun) == (202, [at])
    assert _get(client, answer.headers["Location"]).status_code == 404
    make(registry.reading, at, folder, registry.clock)
    assert _get(client, answer.headers["Location"]).get_json()["sequence"] == at
    again = client.post(ADDRESS, json={"as_of": "call-1"}, headers=COORDINATOR)
    assert (again.status_code, begun) == (200, [at])


def test_only_who_may_orders_a_snapshot(
    client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(snapshot_work, "begin", begun.append)
    answer = client.post(ADDRESS, json={}, headers={"X-Run-Registry-User": "t.certifier"})
    assert (answer.status_code, begun) == (403, [])
    assert "may not make a snapshot of the tables" in answer.get_json()["detail"]
    assert "cms-dqm-runregistry-data-certification" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("999/manifest", "There is no snapshot of sequence 999."),
        ("999/runs.parquet", "There is no snapshot of sequence 999."),
        ("{at}/shadow.parquet", "has no table shadow; it has lumisections, runs"),
        ("{at}/...parquet", "has no table ..; it has"),
    ],
)
def test_what_is_not_there_is_refused_by_name(
    client: FlaskClient, made: Snapshot, address: str, says: str
) -> None:
    answer = _get(client, f"{ADDRESS}/{address.format(at=made.sequence)}")
    assert answer.status_code == 404
    assert says in answer.get_json()["detail"]


def _typed(client: FlaskClient, *words: str) -> Any:
    return client.application.test_cli_runner().invoke(args=["snapshot", *words])


def test_an_operator_makes_lists_verifies_and_removes(client: FlaskClient, folder: Path) -> None:
    first = _typed(client, "make", "--as-of", "call-1")
    assert (first.exit_code, first.output) == (0, _typed(client, "make", "--as-of", "call-1").output)
    assert _typed(client, "make").exit_code == 0
    assert len(_typed(client, "list").output.splitlines()) == 2
    assert _typed(client, "verify", "--again").output == "2 of 2 snapshots are what they were\n"
    assert _typed(client, "prune").output == "0 snapshots removed\n"
    runs = next(folder.glob("0*/runs.parquet"))
    runs.chmod(0o644)
    runs.write_bytes(b"PAR1")
    found = _typed(client, "verify")
    assert (found.exit_code, "has other bytes than it was made with" in found.output) == (1, True)
    assert "1 of 2 snapshots" in found.output


def test_an_operator_hears_why_not(client: FlaskClient, folder: Path) -> None:
    found = _typed(client, "make", "--as-of", "call-9")
    assert (found.exit_code, "“call-9” is neither a sequence" in found.output) == (1, True)
    assert "There is no snapshot of sequence 3." in _typed(client, "verify", "3").output
    assert not folder.exists()


def test_an_ordered_snapshot_is_made_by_the_operators_command(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_words: Any) -> Any:
        asked.append(command[1:])
        return snapshot_work.subprocess.CompletedProcess(command, 1, "", "No space left on device")

    monkeypatch.setattr(snapshot_work.subprocess, "run", run)
    assert snapshot_work.work(7) == 1
    assert asked == [["-m", "flask", "--app", "app", "snapshot", "make", "--as-of", "7"]]


def test_orders_are_made_once_and_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, end = queue.Queue[int](), threading.Event()

    def work(at: int) -> int:
        begun.put(at)
        end.wait(20)
        return 0

    monkeypatch.setattr(snapshot_work, "work", work)
    for at in (7, 7, 8):
        snapshot_work.begin(at)
    with pytest.raises(TooMany, match="2 snapshots are being made"):
        snapshot_work.begin(9)
    assert sorted([begun.get(timeout=20), begun.get(timeout=20)]) == [7, 8]
    assert begun.empty()
    end.set()
