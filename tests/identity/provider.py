"""The login service of the simulators in this process, and a browser's way through it without a browser."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from urllib.parse import urlsplit

import requests
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from simulators.login.server import create_service
from simulators.login.service import Service

PUBLIC = "http://localhost"


@contextmanager
def serving(public_url: str = PUBLIC) -> Iterator[Service]:
    """Serve logins for a registry at an address, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    service = Service(f"http://127.0.0.1:{port}", f"{public_url}/login/callback")
    server = make_server("127.0.0.1", port, create_service(service), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


def log_in(client: FlaskClient, name: str, wanted: str = "/runs") -> TestResponse:
    """Go through the login as somebody; return the registry's answer to the one who comes back."""
    sent = client.get("/login", query_string={"next": wanted})
    back = consent(sent.headers["Location"], name)
    return client.get(f"{urlsplit(back).path}?{urlsplit(back).query}")


def consent(address: str, name: str) -> str:
    """Say who one is at the login service; return where it sends one back to."""
    shown = requests.get(address, timeout=5)
    assert re.search("Who are you", shown.text)
    answer = requests.post(address, data={"name": name}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]
