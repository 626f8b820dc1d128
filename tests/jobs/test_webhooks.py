"""Addresses are told of new official products: signed, once taken never again, and nowhere inside."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from jobs.webhooks import Answer, Messenger, NotSent, sender
from model.authors import IMPORTER
from model.cache import Cache
from model.clock import SettableClock
from model.commands.products import publish_outside
from model.errors import Forbidden, Invalid, NotFound
from model.golden.golden import GoldenRoom
from model.products.manifest import Published
from model.products.reading import read
from model.products.webhooks import MOST_TRIES, Delivery, add_webhook, deliveries, stop_webhook, webhooks
from model.registry import Registry
from tests.model import product_world as made
from tests.model import world
from tests.model.world import DC
from tests.provision import stores

URL = "https://hooks.example.org/crr"


class Post:
    """An address: what came, and what it answers."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.came: list[tuple[str, bytes, Mapping[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.came.append((url, body, headers))
        status = self.statuses.pop(0) if self.statuses else 200
        if not status:
            raise NotSent("nobody there")
        return Answer(status, "said")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    database = stores.sqlite(tmp_path / "registry.sqlite")
    found = Registry(database, GoldenRoom(Cache()), SettableClock(world.START))
    made.build(found)
    yield found
    database.dispose()


def _add(registry: Registry, url: str = URL, **words: bool) -> tuple[int, str]:
    with registry.writing() as tx:
        return add_webhook(tx, url, DC, **words)


def _log(registry: Registry) -> list[Delivery]:
    with registry.reading() as connection:
        return deliveries(connection)


def _messenger(registry: Registry, post: Post) -> Messenger:
    return Messenger(registry.database, post, registry.clock)


def test_a_new_official_product_is_told_once_and_signed(registry: Registry) -> None:
    made.make(registry, "call-0")
    _, secret = _add(registry)
    made.propose(registry, "call-2", "other")
    made.make(registry, "call-1")
    post = Post()
    assert _messenger(registry, post).look() == 1
    ((url, body, headers),) = post.came
    told = json.loads(body)
    assert url == URL and told["event"] == "product-official"
    assert (told["product"]["name"], told["product"]["approver"]) == ("call-1", made.SECOND.name)
    said = f"{headers['X-Run-Registry-Timestamp']}.".encode() + body
    digest = hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
    assert headers["X-Run-Registry-Signature"] == f"sha256={digest}"
    assert _messenger(registry, post).look() == 0 and len(post.came) == 1
    (kept,) = _log(registry)
    assert kept.delivered_at and kept.due_at is None and kept.answer == "HTTP 200 said"


def test_what_is_not_taken_is_tried_again_later_and_later_with_the_same_words(registry: Registry) -> None:
    _add(registry)
    made.make(registry, "call-1")
    clock, post = SettableClock(world.START + timedelta(hours=1)), Post(500, 0, 302)
    messenger = Messenger(registry.database, post, clock)
    pauses = []
    for _ in range(3):
        assert messenger.look() == 0 and messenger.look() == 0
        (kept,) = _log(registry)
        assert kept.due_at and kept.tried_at
        pauses.append((kept.due_at - kept.tried_at).total_seconds())
        clock.at = kept.due_at
    assert pauses == [30, 60, 120] and len(post.came) == 3
    made.make(registry, "call-2")
    assert messenger.look() == 2
    bodies = [json.loads(body)["product"] for _, body, _ in post.came]
    assert len({body for _, body, _ in post.came[:3]}) == 1
    assert bodies[3]["name"] == "call-1" and bodies[3]["state"] == "official"


def test_after_many_tries_it_is_given_up(registry: Registry) -> None:
    _add(registry)
    made.make(registry, "call-1")
    clock, post = SettableClock(world.START + timedelta(hours=1)), Post(*[0] * 99)
    messenger = Messenger(registry.database, post, clock)
    for _ in range(MOST_TRIES + 3):
        messenger.look()
        clock.at += timedelta(hours=7)
    (kept,) = _log(registry)
    assert len(post.came) == kept.attempts == MOST_TRIES
    assert kept.due_at is None and kept.delivered_at is None and kept.answer == "nobody there"


def test_who_says_gone_is_asked_no_more(registry: Registry) -> None:
    _add(registry)
    made.make(registry, "call-1")
    _messenger(registry, Post(410)).look()
    assert _log(registry)[0].due_at is None


def test_one_that_was_stopped_is_told_nothing_more(registry: Registry) -> None:
    number, _ = _add(registry)
    made.make(registry, "call-1")
    _messenger(registry, Post(500)).look()
    with registry.writing() as tx:
        stop_webhook(tx, number, DC)
    made.make(registry, "call-2")
    post = Post()
    messenger = Messenger(registry.database, post, SettableClock(world.START + timedelta(days=1)))
    assert messenger.look() == 0 and not post.came
    with registry.writing() as tx, pytest.raises(NotFound, match="no webhook 9"):
        stop_webhook(tx, 9, DC)


def test_history_that_is_read_in_is_no_news(registry: Registry) -> None:
    _add(registry)
    given = Published("May", "golden-2018", read('{"315257": [[1, 88]]}'), "0" * 64, "OMS", None)
    with registry.writing() as tx:
        publish_outside(tx, given, IMPORTER, happened_at=datetime(2018, 7, 4, tzinfo=UTC), importer=IMPORTER)
    post = Post()
    _messenger(registry, post).look()
    assert not post.came


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.org/x", "no address of the web"),
        ("file:///etc/passwd", "no address of the web"),
        ("javascript:alert(1)", "no address of the web"),
        ("https://", "no address of the web"),
        ("https://exa mple.org", "no address of the web"),
        ("https://example.org:99999/", "no address of the web"),
        ("https://example.org/\r\nX: y", "no address of the web"),
        ("https://user:word@example.org/", "no user or password"),
        ("https://example.org/" + "x" * 500, "at most 500"),
        ("http://localhost:8050/", "inside this network"),
        ("http://127.0.0.1/", "inside this network"),
        ("http://169.254.169.254/latest", "inside this network"),
        ("http://10.1.2.3/", "inside this network"),
        ("http://[::1]/", "inside this network"),
        ("http://[::ffff:127.0.0.1]/", "inside this network"),
        ("http://[fe80::1%25eth0]/", "inside this network"),
        ("http://0.0.0.0/", "inside this network"),
    ],
)
def test_only_addresses_of_the_web_are_told(registry: Registry, url: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        _add(registry, url)
    with registry.reading() as connection:
        assert not webhooks(connection)


def test_only_coordinators_subscribe_and_an_address_once(registry: Registry) -> None:
    with pytest.raises(Forbidden), registry.writing() as tx:
        add_webhook(tx, URL, world.SHIFTER)
    _add(registry)
    with pytest.raises(Invalid, match="told already"):
        _add(registry)


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
