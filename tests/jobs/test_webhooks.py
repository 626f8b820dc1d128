"""Addresses are told of new official products: signed, once taken never again, and nowhere inside."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.webhooks import Answer, Messenger, NotSent
from model.authors import IMPORTER
from model.cache import Cache
from model.clock import SettableClock
from model.commands.products import publish_outside
from model.errors import Forbidden, Invalid, NotFound
from model.golden.golden import GoldenRoom
from model.products.deliveries import PATIENCE, Delivery, deliveries
from model.products.manifest import Published
from model.products.reading import read
from model.products.webhooks import Webhook, add_webhook, stop_webhook, tell_again, webhook_of, webhooks
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


def _add(registry: Registry, url: str = URL, **words: Any) -> tuple[int, str]:
    with registry.writing() as tx:
        return add_webhook(tx, url, DC, **words)


def _log(registry: Registry) -> list[Delivery]:
    with registry.reading() as connection:
        return deliveries(connection)


def _hook(registry: Registry, number: int = 1) -> Webhook:
    with registry.reading() as connection:
        return webhook_of(connection, number)


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
    assert kept.delivered_at and kept.answer == "HTTP 200 said"


def test_what_is_not_taken_is_tried_again_later_and_later_with_the_same_words(registry: Registry) -> None:
    _add(registry)
    made.make(registry, "call-1")
    clock, post = SettableClock(world.START + timedelta(hours=1)), Post(500, 0, 302)
    messenger = Messenger(registry.database, post, clock)
    pauses = []
    for _ in range(3):
        assert messenger.look() == 0 and messenger.look() == 0
        (kept,), due_at = _log(registry), _hook(registry).due_at
        assert due_at
        pauses.append((due_at - kept.tried_at).total_seconds())
        clock.at = due_at
    assert pauses == [30, 60, 120] and len(post.came) == 3
    made.make(registry, "call-2")
    assert messenger.look() == 2
    bodies = [json.loads(body)["product"] for _, body, _ in post.came]
    assert len({body for _, body, _ in post.came[:3]}) == 1
    assert bodies[3]["name"] == "call-1" and bodies[3]["state"] == "official"


def test_who_takes_nothing_for_long_is_given_up_and_gets_all_of_it_later_in_order(
    registry: Registry,
) -> None:
    number, _ = _add(registry, kinds="verdicts-given,dataset-hidden")
    given = [world.give(registry, world.TRACKER, "tracker-strip", [(n, n)], "GOOD") for n in range(1, 5)]
    clock, down = SettableClock(world.START + timedelta(hours=1)), Post(*[0] * 999)
    messenger = Messenger(registry.database, down, clock)
    begun = clock.at
    while _hook(registry).state != "given up":
        messenger.look()
        clock.at += timedelta(hours=7)
    assert clock.at - begun >= PATIENCE and len(down.came) > 40
    # only the first was ever tried: none overtakes it
    assert {json.loads(body)["sequence"] for _, body, _ in down.came} == {given[0]}
    clock.at += timedelta(days=30)
    assert messenger.look() == 0
    with registry.writing() as tx:
        tell_again(tx, number, DC)
    up = Post(200, 500)
    messenger = Messenger(registry.database, up, clock)
    assert messenger.look() == 1 and _hook(registry).state == "failing"
    clock.at += timedelta(minutes=1)
    assert messenger.look() == 3 and _hook(registry).state == "told"
    taken = [json.loads(body) for _, body, _ in up.came]
    assert [each["sequence"] for each in taken] == [given[0], given[1], *given[1:]]
    assert taken[0]["payload"]["verdicts"][0]["columns"] == ["tracker-strip"]
    assert up.came[0][2]["X-Run-Registry-Event"] == "verdicts-given"
    assert [up.came[i][2]["X-Run-Registry-Delivery"] for i in (1, 2)] == [f"{number}/{given[1]}"] * 2


def test_one_is_told_again_from_a_place_on_by_hand(registry: Registry) -> None:
    number, _ = _add(registry, kinds="verdicts-given")
    given = [world.give(registry, world.TRACKER, "tracker-strip", [(n, n)], "GOOD") for n in (1, 2)]
    post = Post()
    messenger = _messenger(registry, post)
    assert messenger.look() == 2
    with registry.writing() as tx:
        tell_again(tx, number, DC, after=given[0])
    assert messenger.look() == 1 and json.loads(post.came[-1][1])["sequence"] == given[1]
    with registry.writing() as tx, pytest.raises(Invalid, match="has not reached"):
        tell_again(tx, number, DC, after=10**6)
    with registry.writing() as tx, pytest.raises(Forbidden):
        tell_again(tx, number, world.SHIFTER)
    with registry.writing() as tx:
        stop_webhook(tx, number, DC)
    with registry.writing() as tx, pytest.raises(Invalid, match="was stopped"):
        tell_again(tx, number, DC)


def test_one_that_is_down_holds_up_no_other(registry: Registry) -> None:
    _add(registry, kinds="verdicts-given")
    _add(registry, "https://other.example.org/", kinds="verdicts-given")
    world.give(registry, world.TRACKER, "tracker-strip", [(1, 1)], "GOOD")
    post = Post(0, 200)
    assert _messenger(registry, post).look() == 1
    assert [_hook(registry, number).state for number in (1, 2)] == ["failing", "told"]


@pytest.mark.parametrize("kinds", ["", " ,", "nope", "product-official,verdicts-given"])
def test_only_kinds_that_there_are_are_told(registry: Registry, kinds: str) -> None:
    with pytest.raises(Invalid, match="kind"):
        _add(registry, kinds=kinds)


def test_a_receiver_written_after_the_documentation_knows_us_and_nobody_else(registry: Registry) -> None:
    text = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
    code = text.partition("## Webhooks")[2].partition("```python\n")[2].partition("```")[0]
    known: dict[str, Any] = {}
    exec(code, known)  # noqa: S102 the code is that of our own documentation
    _, secret = _add(registry, kinds="verdicts-given")
    world.give(registry, world.TRACKER, "tracker-strip", [(1, 1)], "GOOD")
    post = Post()
    _messenger(registry, post).look()
    ((_, body, headers),) = post.came
    now = registry.clock().timestamp()
    assert known["is_ours"](secret, headers, body, now)
    assert not known["is_ours"]("0" * 64, headers, body, now)
    assert not known["is_ours"](secret, headers, body + b" ", now)
    assert not known["is_ours"](secret, headers, body, now + 301)
    later = {**headers, "X-Run-Registry-Timestamp": str(int(now) + 60)}
    assert not known["is_ours"](secret, later, body, now)


def test_who_says_gone_is_asked_no_more(registry: Registry) -> None:
    _add(registry)
    made.make(registry, "call-1")
    _messenger(registry, Post(410)).look()
    assert _hook(registry).state == "given up"


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
