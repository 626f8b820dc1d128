"""What no door can read or keep is refused before it: a status, a sentence, and nothing is written."""

import io
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize, NoMoreData

from model.registry import Registry
from tests.api import hostile, test_rules
from tests.conftest import Counted
from tests.model.world import PROMPT

door = test_rules.door
GOLDEN = "/api/v1/golden-json"
URLS = [GOLDEN, f"{GOLDEN}/manifest", "/api/v1/verdicts", "/api/v1/bulk/plan"]
#: of each kind; a quarter of them where PostgreSQL answers: most are refused before anything is read
BODIES = 1_000


def _sent(door: FlaskClient, url: str, body: str | bytes, **words: Any) -> tuple[int, str]:
    found = door.post(url, data=body, **{"content_type": "application/json", **words})
    assert found.is_json
    return found.status_code, found.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ('{"a":' * 40_000, 422, "nested too deep"),
        ("[" * 10_000 + "]" * 10_000, 422, "nested too deep"),
        ('{"logic": {"==": [1, 1], "==": [1, 2]}}', 422, 'key "==" appears twice'),
        ('{"logic": {"==": [NaN, 1]}}', 422, "NaN is no number"),
        ('{"logic": {"==": [-Infinity, 1]}}', 422, "-Infinity is no number"),
        ('{"logic": {"==": [1e999, 1]}}', 422, "1e999 is too large"),
        ('{"seen": 9223372036854775808}', 422, "922337203685477580… is too large"),
        ('{"seen": ' + "9" * 5_000 + "}", 422, "is too large"),
        ('{"dataset": "\\ud800"}', 422, "half of a surrogate pair"),
        ('{"dataset": "a\\u0000"}', 422, "null character"),
        ('{"\\udc00": 1}', 422, "half of a surrogate pair"),
        (b'{"dataset": "\xff"}', 400, "not UTF-8"),
        ('{"dataset": 1}'.encode("utf-16"), 400, "not UTF-8"),
        ('{"dataset": ', 400, "line 1, column 13"),
        (b'{"dataset": "\x00"}', 400, "line 1, column 14"),
        ("[]", 422, "must be a JSON object"),
        ('"{}"', 422, "must be a JSON object"),
        ("null", 422, "must be a JSON object"),
    ],
)
@pytest.mark.parametrize("url", URLS)
def test_a_body_that_cannot_be_read_is_refused_at_every_door(
    door: FlaskClient, url: str, body: str | bytes, status: int, says: str
) -> None:
    found, message = _sent(door, url, body)
    assert found == status
    assert says in message


def test_whole_surrogate_pairs_are_texts_like_any_other(door: FlaskClient) -> None:
    status, message = _sent(door, GOLDEN, '{"rule": "\\ud83d\\ude00", "dataset": "x"}')
    assert (status, message[:21]) == (404, "There is no rule 😀; t")


@pytest.mark.parametrize("url", URLS)
def test_a_body_that_is_not_called_json_is_not_read(door: FlaskClient, url: str) -> None:
    status, message = _sent(door, url, "{}", content_type="text/plain")
    assert (status, message) == (415, "The body must be JSON, with Content-Type application/json.")


@pytest.mark.parametrize(
    ("url", "longest"),
    [(GOLDEN, "262,144"), (f"{GOLDEN}/manifest", "262,144"), ("/api/v1/verdicts", "16,777,216")],
)
def test_a_body_that_is_too_long_is_heard_out_but_not_kept(door: FlaskClient, url: str, longest: str) -> None:
    sent = io.BytesIO(b'{"a": "' + b"x" * 20_000_000 + b'"}')
    status, message = _sent(door, url, b"", input_stream=sent, content_length=20_000_009)
    assert (status, message) == (413, f"The body is longer than {longest} bytes.")
    assert sent.read() == b""


@pytest.mark.parametrize("lost", [InvalidChunkSize(b"zz"), NoMoreData()])
@pytest.mark.parametrize("url", [*URLS, "/api/v1/rules/check"])
def test_a_body_that_breaks_off_in_its_chunks_is_refused(door: FlaskClient, url: str, lost: Exception) -> None:
    class Broken(io.BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise lost

    sent = {"wsgi.input": Broken(), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    status, message = _sent(door, url, b"", environ_overrides=sent)
    assert status == 400
    assert len(message.split()) > 4


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/api/v1/runs/99999999999999999999", 422, "is too large"),
        ("/api/v1/explain/lumisection?run=9223372036854775808&lumisection=1", 422, "is too large"),
        (f"{GOLDEN}?rule=golden&dataset=x%00", 422, "null character"),
        (f"{GOLDEN}?rule=golden&dataset={PROMPT}&as_of=0001-01-01T00:00:00%2B23:59", 422, "no time in UTC"),
        (f"{GOLDEN}?rule=golden&dataset={PROMPT}&as_of=9999-12-31T23:59:59-23:59", 422, "no time in UTC"),
    ],
)
def test_an_address_that_names_nothing_is_refused(
    door: FlaskClient, address: str, status: int, says: str
) -> None:
    found = door.get(address)
    assert found.status_code == status
    assert says in found.get_json()["detail"]


def test_a_rule_that_could_take_too_long_on_the_data_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rules import engine

    monkeypatch.setattr(engine, "MAX_WORK", 10_000)
    many = {"reduce": [list(range(900)), {"+": [{"var": "current"}, {"var": "accumulator"}]}, 0]}
    kept = {"var": "lumisection.rr.tracker-pixel"}
    logic = {"==": [{"cat": [many, kept]}, "1"]}
    found = client.post(GOLDEN, json={"logic": logic, "dataset": PROMPT})
    assert found.status_code == 422
    assert "could take too long on 6 different values" in found.get_json()["detail"]


def test_whatever_is_sent_is_answered_or_refused_with_a_sentence(
    client: FlaskClient, registry: Registry, counted: Counted
) -> None:
    """Thousands of bodies from a seed; each that failed once is a test above or in `test_rules_hostile`."""
    statuses: dict[int, int] = {}
    many = BODIES if registry.database.is_sqlite else BODIES // 4
    for seed in range(many):
        for url, body in _questions(Random(seed)):
            found = client.post(
                url, data=body.encode("utf-8", "surrogatepass"), content_type="application/json"
            )
            assert found.status_code in (200, 400, 413, 422), (seed, url)
            said = found.get_json()
            if found.status_code != 200:
                assert len(said["detail"].split()) > 3, (seed, url)
            if found.status_code == 200 and url.endswith("/check"):
                assert all(isinstance(each["pointer"], str) for each in said["findings"]), seed
            statuses[found.status_code] = statuses.get(found.status_code, 0) + 1
    # the bodies are neither all nonsense nor all harmless
    assert min(statuses[200], statuses[400], statuses[422]) > many // 10
    counted("hostile bodies answered or refused", sum(statuses.values()), 4 * many)


def _questions(chance: Random) -> list[tuple[str, str]]:
    logic, data = hostile.logic(chance), hostile.written(chance, hostile.value(chance, 3))
    mode, null = chance.choice(["strict", "jsonlogic"]), chance.choice(["bad", "good", "unknown"])
    asked = f'{{"rule": {logic}, "data": {data}, "mode": "{mode}"}}'
    given = f'{{"logic": {logic}, "dataset": "{PROMPT}", "null_policy": "{null}"}}'
    return [
        ("/api/v1/rules/evaluate", asked),
        ("/api/v1/rules/explain", asked),
        ("/api/v1/rules/check", f'{{"rule": {logic}, "null_policy": "{null}"}}'),
        (chance.choice(URLS[:2]), given),
    ]
