"""What is sent to an address arrives whole, follows no redirect and leads nowhere inside."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from jobs.webhooks import NotSent, sender


class _Echo(BaseHTTPRequestHandler):
    heard: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:  # noqa: N802 the name is that of http.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, body))
        self.send_response(302 if self.path == "/away" else 204)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is that of http.server
        """Say nothing."""


@pytest.fixture
def echo() -> Iterator[str]:
    """Give the address of a server of this machine."""
    _Echo.heard = []
    with HTTPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_body_arrives_and_a_redirect_is_not_followed(echo: str) -> None:
    send = sender(allow_private=True)
    assert send(f"{echo}/told?x=1", b"body", {}).is_taken
    away = send(f"{echo}/away", b"body", {})
    assert away.status == 302 and not away.is_taken
    assert _Echo.heard == [("/told?x=1", b"body"), ("/away", b"body")]


def test_a_name_that_leads_inside_is_not_called(echo: str) -> None:
    with pytest.raises(NotSent, match="inside this network"):
        sender(allow_private=False)(echo.replace("127.0.0.1", "localhost"), b"body", {})
    assert _Echo.heard == []


def test_an_address_that_does_not_answer_is_said(echo: str) -> None:
    with pytest.raises(NotSent, match="ConnectionRefused"):
        sender(allow_private=True)("http://127.0.0.1:1/", b"body", {})
    with pytest.raises(NotSent, match="has no address"):
        sender(allow_private=True)("http://no-such-host.invalid/", b"body", {})
