"""How much one asker may ask in a minute, and that nobody who works comes near it."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from werkzeug.test import TestResponse

from identity.limits import LIMITS, PRESSES, QUESTIONS, REFUSED, WRITTEN, Limits, OneAtATime
from model.errors import TooMany
from model.registry import Registry
from settings import Settings
from simulators.login.people import CLIENT, SECRET
from tests.identity import edits, provider
from tests.identity.conftest import SECRET as PROXY_SECRET
from tests.identity.conftest import Told
from tests.identity.test_tokens import _made, _with
from tests.model import world

CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
FEW = {PRESSES: 3, WRITTEN: 3, QUESTIONS: 3, REFUSED: 3}
MADE_UP = _with("rr_made-up")


@pytest.fixture
def few(server: Flask, monkeypatch: pytest.MonkeyPatch) -> Limits:
    """Let everybody ask three times."""
    found = Limits(dict(FEW), MemoryStorage())
    monkeypatch.setitem(server.extensions, LIMITS, found)
    return found


@pytest.fixture
def client(told: Told, few: Limits) -> FlaskClient:
    return told()


def _is_too_many(answer: TestResponse) -> bool:
    if answer.status_code != 429:
        return False
    told = answer.get_json()
    assert told["code"] == "too-many" and "in a minute: wait" in told["detail"]
    assert answer.mimetype == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    return True


def test_who_writes_too_often_waits_and_nothing_is_written(client: FlaskClient, registry: Registry) -> None:
    assert [edits.say_bad(client, CERTIFIER).status_code for _ in range(3)] == [200] * 3
    before = world.now(registry)
    assert _is_too_many(edits.say_bad(client, CERTIFIER))
    assert world.now(registry) == before


def test_everybody_is_counted_for_oneself(client: FlaskClient) -> None:
    for _ in range(4):
        edits.say_bad(client, CERTIFIER)
    assert edits.say_bad(client, {"X-Run-Registry-User": "b.expert"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("GET", "/api/v1/lumisections.csv"),
        ("POST", "/api/v1/golden-json"),
        ("POST", "/api/v1/query"),
        ("GET", "/api/v1/losses"),
        ("POST", "/api/v1/reports"),
        ("POST", "/_dash-update-component"),
    ],
)
def test_what_takes_long_is_counted_too(client: FlaskClient, method: str, place: str) -> None:
    body: dict[str, Any] = {} if method == "GET" else {"json": {"no": "sense"}}
    answers = [client.open(place, method=method, **body) for _ in range(4)]
    assert [_is_too_many(each) for each in answers] == [False, False, False, True]


def test_the_published_client_reads_page_after_page_uncounted(client: FlaskClient) -> None:
    body = {"page": 0, "page_size": 10, "sortings": [], "filter": {}}
    answers = [client.post("/runs_filtered_ordered", json=body).status_code for _ in range(10)]
    assert 429 not in answers


def test_the_published_client_is_told_in_its_own_words(client: FlaskClient) -> None:
    answers = [client.post("/json_creation/generate", json={}) for _ in range(4)]
    assert answers[-1].status_code == 429 and "wait" in answers[-1].get_json()["err"]
    assert "Retry-After" in answers[-1].headers


def test_made_up_tokens_are_not_even_looked_at_after_some_and_those_that_held_go_on(
    client: FlaskClient, registry: Registry
) -> None:
    good = _with(_made(registry))
    assert client.get("/api/v1/runs", headers=good).status_code == 200
    answers = [client.get("/api/v1/runs", headers=MADE_UP) for _ in range(4)]
    assert [each.status_code for each in answers[:3]] == [401] * 3
    assert _is_too_many(answers[3])
    assert client.get("/api/v1/runs", headers=good).status_code == 200
    assert client.get("/api/v1/runs").status_code == 200


def test_the_proxy_says_from_where_somebody_fails_and_nobody_else_does(told: Told, few: Limits) -> None:
    client = told(auth="proxy", proxy_secret=PROXY_SECRET)
    proven = {"X-Proxy-Secret": PROXY_SECRET, **MADE_UP}
    for _ in range(4):
        client.get("/api/v1/runs", headers={**proven, "X-Forwarded-For": "203.0.113.1"})
    elsewhere = {"X-Forwarded-For": "203.0.113.2"}
    assert client.get("/api/v1/runs", headers={**proven, **elsewhere}).status_code == 401
    for _ in range(4):
        # without the secret the header names nobody
        client.get("/api/v1/runs", headers={**MADE_UP, "X-Forwarded-For": str(time.monotonic_ns())})
    assert _is_too_many(client.get("/api/v1/runs", headers={**MADE_UP, **elsewhere}))


def test_logins_that_fail_are_counted(told: Told, few: Limits) -> None:
    with provider.serving() as service:
        words = {"oidc_issuer": service.address, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        client = told(auth="oidc", public_url=provider.PUBLIC, **words)
        answers = [client.get("/login/callback?code=made-up&state=made-up") for _ in range(4)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    assert "wait" in answers[3].text and answers[3].headers["Retry-After"]


class _Away(MemoryStorage):
    """What hosts share, out of reach."""

    asked = 0

    def incr(self, *_args: Any, **_words: Any) -> int:
        self.asked += 1
        raise StorageError(ConnectionError("away"))

    acquire_sliding_window_entry = incr


def test_where_what_hosts_share_is_away_each_process_counts_alone_and_does_not_wait_each_time() -> None:
    away = _Away()
    found = Limits({**FEW}, away)
    for _ in range(3):
        found.count(WRITTEN, "somebody")
    with pytest.raises(TooMany):
        found.count(WRITTEN, "somebody")
    assert away.asked == 1


def test_hosts_that_share_a_redis_count_together_and_go_on_without_it(redis: Any) -> None:
    hosts = [Limits({**FEW}, storage_from_string(redis.url, wrap_exceptions=True)) for _ in range(2)]
    for host in (*hosts, hosts[0]):
        host.count(WRITTEN, "somebody")
    with pytest.raises(TooMany):
        hosts[1].count(WRITTEN, "somebody")
    redis.stop()
    hosts[1].count(WRITTEN, "somebody")


def test_a_limit_of_nothing_is_none() -> None:
    found = Limits({**FEW, WRITTEN: 0}, MemoryStorage())
    for _ in range(50):
        found.count(WRITTEN, "somebody")


def test_the_limits_are_far_above_what_hands_and_scripts_do() -> None:
    told = Settings()
    # fifty a second, all minute long
    assert told.rate_writes_per_min >= 50 * 60
    assert told.rate_questions_per_min >= 50 * 60
    assert told.rate_presses_per_min >= 100 * 60


class _Hesitant(OneAtATime):
    """Lets others come between making the thread that clears and starting it, as a busy machine does."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "timer":
            time.sleep(0.002)


def test_many_threads_are_counted_at_once() -> None:
    """The library alone then starts that thread twice: somebody's request failed with 500."""
    found = Limits({**FEW, WRITTEN: 1_000_000}, _Hesitant())
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: found.count(WRITTEN, "a"), range(6_000)))
    assert answers == [None] * 6_000
