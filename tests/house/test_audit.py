"""The audit of dependencies: what it finds, and that it never claims what it could not ask."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import pytest

from tests.provision import audit

PINNED = f"# made by make pins\nflask=={version('flask')}\n    # via x\nrequests=={version('requests')}\n"


class _Database(BaseHTTPRequestHandler):
    """Knows a weakness of flask, and answers as the open database does."""

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        weak = {"vulns": [{"id": "GHSA-made-up", "modified": "2026-01-01T00:00:00Z"}]}
        told = [weak if each["package"]["name"] == "flask" else {} for each in asked]
        body = json.dumps({"results": told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def database() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Database)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_known_weakness_is_named_and_fails(database: str) -> None:
    status, said = audit.audit(PINNED, database)
    assert status == 1 and f"flask {version('flask')}: GHSA-made-up" in said and "requests" not in said


def test_a_weakness_that_was_accepted_with_a_reason_does_not(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(audit.ACCEPTED, "GHSA-made-up", "2026-01-02: we never call it")
    assert audit.audit(PINNED, database) == (
        0,
        "2 packages are installed as pinned, and no weakness is known of them.",
    )


def test_where_nobody_answers_nothing_is_claimed() -> None:
    status, said = audit.audit(PINNED, "http://127.0.0.1:9")
    assert status == 0 and "NOT audited" in said


def test_what_is_installed_otherwise_than_pinned_fails() -> None:
    status, said = audit.audit("flask==0.0.1\nnobody-has-this==1.0\n", "http://127.0.0.1:9")
    assert status == 1 and "flask is pinned to 0.0.1" in said and "nobody-has-this is not installed" in said


def test_every_package_of_the_product_has_its_exact_version() -> None:
    assert len(audit.pins(audit.PINS.read_text(encoding="utf-8"))) > 40
    with pytest.raises(ValueError, match="no exact version"):
        audit.pins("flask>=3\n")
