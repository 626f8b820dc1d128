"""Bodies that mean harm: every answer is a sentence with a status, soon, and none is the server's fault."""

import functools
import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api import test_rules

URLS = [f"/api/v1/rules/{name}" for name in ("evaluate", "explain", "check")]
ASKING = URLS[:2]
#: processor time of one answer, in seconds; far above what was measured, far below what a bomb needs
SOON = 0.5
X, ITEM = {"var": "x"}, {"var": ""}
CURRENT, KEPT = {"var": "current"}, {"var": "accumulator"}

door = test_rules.door
Answer = tuple[int, dict[str, Any]]


@pytest.fixture(scope="module")
def post(door: FlaskClient) -> Callable[..., Answer]:
    """Give a function that posts a body and returns status and answer, which must be JSON, and soon."""

    def posted(url: str, body: str | bytes, **words: Any) -> Answer:
        started = time.thread_time()
        found = door.post(url, data=body, **{"content_type": "application/json", **words})
        assert time.thread_time() - started < SOON
        assert found.is_json
        said = found.get_json()
        if found.status_code != 200:
            assert set(said) == {"type", "title", "status", "detail", "code", "pointer"}
            assert found.mimetype == "application/problem+json"
            assert said["detail"].endswith((".", "?"))
            assert len(said["detail"].split()) > 3
            assert len(said["detail"]) < 300
        return found.status_code, said

    return posted


def nested(levels: int, body: Any, items: Any) -> Any:
    """Return loops that feed each other."""
    for _ in range(levels):
        items = {"map": [items, body]}
    return items


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "not-json"),
        ("{rule: 1}", 400, "not-json"),
        ('{"rule": {"==": [', 400, "not-json"),
        (b'{"rule": "\xff"}', 400, "not-json"),
        ('{"rule": 1}'.encode("utf-16"), 400, "not-json"),
        (b'\xef\xbb\xbf{"rule": 1}', 400, "not-json"),
        ("[]", 422, "not-an-object"),
        ('[{"rule": 1}]', 422, "not-an-object"),
        ("null", 422, "not-an-object"),
        ('"rule"', 422, "not-an-object"),
        ("{}", 422, "no-rule"),
        ('{"rule": 1, "dta": 2}', 422, "unknown-key"),
        ('{"rule": 1, "' + "k" * 200_000 + '": 2}', 422, "unknown-key"),
        ('{"rule": 1, "\\ud800": 2}', 422, "unknown-key"),
        ('{"rule": 1, "rule": 2}', 422, "duplicate-key"),
        ('{"\\ud800": 1, "\\ud800": 2}', 422, "duplicate-key"),
        ('{"rule": ' + "[" * 1000 + "]" * 1000 + "}", 422, "too-deep"),
        ('{"rule": ' + "[" * 100_000 + "]" * 100_000 + "}", 422, "too-deep"),
        ("[" * 100_000, 422, "too-deep"),
        ('{"rule": [' + "1," * 1_000_000 + "1]}", 413, "too-long"),
        ('{"rule": "' + "x" * 300_000 + '"}', 413, "too-long"),
    ],
)
@pytest.mark.parametrize("url", URLS)
def test_what_is_no_question_is_refused(
    post: Callable[..., Answer], url: str, body: str | bytes, status: int, code: str
) -> None:
    found, said = post(url, body)
    assert (found, said["code"]) == (status, code)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ('{"var": "a", "var": "b"}', "duplicate-key"),
        ('{"and": [' + '{"a": 1, "a": 2},' * 500 + "1]}", "duplicate-key"),
        ('{"\\ud800": 1, "\\ud800": 2}', "duplicate-key"),
        ("NaN", "not-finite"),
        ('{"==": [-Infinity, 1e999]}', "not-finite"),
        ("9" * 10_000, "not-finite"),
        ('{"!":' * 40 + "1" + "}" * 40, "too-deep"),
        ("[" * 100 + "]" * 100, "too-deep"),
        ('"' + "x" * 2000 + '"', "string-too-long"),
        ("[" + "1," * 120_000 + "1]", "too-large"),
        ('{"nonsense": 1}', "unknown-operator"),
        ('{"\\ud800": 1}', "unknown-operator"),
        ('{"' + "x" * 200_000 + '": 1}', "unknown-operator"),
        ('{"map": [1, {"map": [1, {"map": [1, 1]}]}]}', "too-many-loops"),
        ('{"reduce": [{"var": "x"}, {"cat": [{"var": "accumulator"}, 1]}]}', "unbounded-growth"),
        ('{"reduce": [{"var": "x"}, {"merge": [{"var": "accumulator"}, 1]}]}', "unbounded-growth"),
        ('{"reduce": [{"var": "x"}, [{"var": "accumulator"}]]}', "unbounded-growth"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_or_a_finding(
    post: Callable[..., Answer], rule: str, code: str
) -> None:
    for url in ASKING:
        found, said = post(url, f'{{"rule": {rule}}}')
        assert (found, said["code"]) == (422, code)
    found, said = post(URLS[2], f'{{"rule": {rule}}}')
    assert found == 200
    assert not said["ok"]
    assert code in [each["code"] for each in said["findings"]]


@pytest.mark.parametrize(
    "text", ["{", "[" * 190_000, "1" * 190_000, '{"a":1,"a":2}', "\ud800", "[" + "1," * 90_000]
)
def test_a_text_that_is_no_rule_yet_is_a_finding(post: Callable[..., Answer], text: str) -> None:
    found, said = post(URLS[2], json.dumps({"text": text}))
    assert (found, said["ok"], said["digest"], said["canonical"]) == (200, False, None, None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ('{"a": {"b": 1, "b": 2}}', "duplicate-key"),
        ("[" + '{"a": 1, "a": 2},' * 14_000 + "1]", "duplicate-key"),
        ("[1e999]", "not-finite"),
        ("9" * 10_000, "not-finite"),
        ("[" * 100 + "]" * 100, "too-deep"),
        ('"' + "x" * 2000 + '"', "string-too-long"),
        ("[" + "1," * 120_000 + "1]", "too-large"),
        ("[" + "[]," * 80_000 + "1]", "too-large"),
        ("[" + '{"a": 1},' * 25_000 + "1]", "too-large"),
    ],
)
@pytest.mark.parametrize("url", ASKING)
def test_data_that_cannot_be_read_are_refused(
    post: Callable[..., Answer], url: str, data: str, code: str
) -> None:
    found, said = post(url, f'{{"rule": 1, "data": {data}}}')
    assert (found, said["code"]) == (422, code)
    assert said["detail"].startswith("In the data: ")


@pytest.mark.parametrize("mode", ['"loose"', "null", "1", '["strict"]', '"\\ud800"'])
@pytest.mark.parametrize("url", ASKING)
def test_an_unknown_mode_is_refused(post: Callable[..., Answer], url: str, mode: str) -> None:
    found, said = post(url, f'{{"rule": 1, "mode": {mode}}}')
    assert (found, said["code"]) == (422, "unknown-mode")


@pytest.mark.parametrize(
    ("rule", "x"),
    [
        (nested(30, [ITEM, ITEM], [1]), None),
        (nested(30, {"cat": [ITEM, ITEM]}, ["a" * 100]), None),
        (nested(30, {"merge": [ITEM, ITEM]}, [[1]]), None),
        ({"merge": [nested(12, [ITEM] * 4, X), 1]}, [1]),
        ({"map": [X, {"map": [[1] * 300, 1]}]}, [1] * 5000),
        ({"map": [X, {"some": [X, {"==": [ITEM, 2]}]}]}, [{"x": [1] * 300}] * 50),
        ({"cat": [X] * 900}, [1.2345] * 1200),
        ({"and": [{"!=": [X, "a"]}] * 390}, ["ab"] * 2000),
        ({"or": [{"in": ["z", X]}] * 390}, list(range(2000))),
        ({"and": [{"!=": [{"var": "x.length"}, 5]}] * 390}, "a" * 1000),
        ({"missing": ["x.length"] * 990}, "a" * 1000),
        ({"reduce": [X, {"reduce": [CURRENT, {"+": [CURRENT, KEPT]}, KEPT]}, 0]}, [[1] * 90] * 200),
    ],
)
@pytest.mark.parametrize("url", ASKING)
def test_a_rule_that_could_take_too_long_is_not_begun(
    post: Callable[..., Answer], url: str, rule: Any, x: Any
) -> None:
    found, said = post(url, json.dumps({"rule": rule, "data": {"x": x}}))
    assert (found, said["code"]) == (422, "too-costly")
    assert post(URLS[2], json.dumps({"rule": rule}))[0] == 200


def test_names_that_double_are_not_computed(post: Callable[..., Answer]) -> None:
    rule = nested(30, {"missing": [ITEM, ITEM]}, ["a"])
    assert post(ASKING[0], json.dumps({"rule": rule}))[1]["code"] == "too-costly"
    assert post(ASKING[1], json.dumps({"rule": rule}))[1]["code"] == "computed-variable"


def test_conditions_that_unfold_are_not_told(post: Callable[..., Answer]) -> None:
    rule: Any = {"==": [X, 0]}
    for index in range(10):
        rule = {"if": [rule, {"==": [{"var": "a"}, index]}, {"==": [{"var": "b"}, index]}]}
    assert post(ASKING[0], json.dumps({"rule": rule}))[0] == 200
    assert post(ASKING[1], json.dumps({"rule": rule}))[1]["code"] == "too-costly"
    assert post(ASKING[0], json.dumps({"rule": rule, "mode": "strict"}))[1]["code"] == "too-costly"


@pytest.mark.parametrize("url", ASKING)
def test_an_accumulator_inside_itself_is_refused(post: Callable[..., Answer], url: str) -> None:
    body = {"rule": {"reduce": [X, ITEM]}, "data": {"x": [1] * 1500}}
    assert post(url, json.dumps(body))[1]["code"] == "unbounded-growth"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"missing_some": [1]}, "missing-some-operands"),
        ({"missing_some": 1}, "missing-some-operands"),
        ({"*": []}, "no-operands"),
        ({"log": 1}, "refused-operator"),
        ({"method": ["a", "b"]}, "refused-operator"),
    ],
)
def test_what_javascript_refuses_too_is_refused(post: Callable[..., Answer], rule: Any, code: str) -> None:
    body = json.dumps({"rule": rule})
    found, said = post(ASKING[0], body)
    assert (found, said["code"]) == (422, "unknown-operator" if code == "refused-operator" else "not-evaluable")
    assert post(ASKING[1], body)[0] == 422
    assert post(URLS[2], body)[1]["findings"][0]["code"] == code


@pytest.mark.parametrize(
    "path", ["__proto__", "constructor", "x.constructor", "x.__class__", "toString", "x.9"]
)
def test_members_of_prototypes_are_missing(post: Callable[..., Answer], path: str) -> None:
    body = json.dumps({"rule": {"var": path}, "data": {"x": "ab"}})
    assert post(ASKING[0], body) == (200, {"result": None})
    assert post(ASKING[1], body)[1]["result"] is None


@pytest.mark.parametrize("mode", ["jsonlogic", "strict"])
@pytest.mark.parametrize("url", ASKING)
def test_halves_of_surrogate_pairs_come_back(post: Callable[..., Answer], url: str, mode: str) -> None:
    rule = {"in": [{"var": "\udfff"}, {"cat": ["\ud800", X]}]}
    body = json.dumps({"rule": rule, "data": {"x": "\udfff", "\udfff": "\udfff"}, "mode": mode})
    found, said = post(url, body)
    assert (found, said["result"]) == (200, True)
    assert post(URLS[2], json.dumps({"rule": rule}))[1]["variables"] == ["x", "\udfff"]
    assert post(ASKING[0], json.dumps({"rule": "\ud800"})) == (200, {"result": "\ud800"})


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("url", URLS)
def test_what_is_not_called_json_is_not_read(post: Callable[..., Answer], url: str, kind: str | None) -> None:
    found, said = post(url, '{"rule": 1}', content_type=kind)
    assert (found, said["code"]) == (415, "not-json")


@pytest.mark.parametrize(
    ("claimed", "status"),
    [("11", 200), ("1000", 400), ("5", 400), ("0", 400), ("-5", 400), ("many", 400), ("9" * 30, 413)],
)
@pytest.mark.parametrize("url", URLS)
def test_a_length_that_lies_is_found_out(door: FlaskClient, url: str, claimed: str, status: int) -> None:
    sent = {"wsgi.input": io.BytesIO(b'{"rule": 1}'), "CONTENT_LENGTH": claimed}
    found = door.post(url, content_type="application/json", environ_overrides=sent)
    assert found.status_code == status
    assert found.is_json


@pytest.mark.parametrize("url", URLS)
def test_a_body_without_a_length_is_read_up_to_the_limit(door: FlaskClient, url: str) -> None:
    for body, status in ((b'{"rule": 1}', 200), (b'{"rule": [' + b"1," * 200_000, 413)):
        sent = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
        found = door.post(url, content_type="application/json", environ_overrides=sent)
        assert found.status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("url", URLS)
def test_a_question_is_asked_by_post_only(door: FlaskClient, url: str, method: str) -> None:
    found = door.open(url, method=method, query_string={"rule": "1"})
    assert (found.status_code, found.headers["Allow"]) == (405, "POST")
    assert found.get_json()["detail"] == f"{method} is not possible here; POST is."


@pytest.mark.parametrize(
    ("rule", "x"),
    [
        ({"filter": [X, {"==": [ITEM, 1]}]}, [1] * 2000),
        ({"reduce": [X, {"+": [CURRENT, KEPT]}, 0]}, list(range(1500))),
        ({"and": [{"==": [{"var": f"v{index}"}, index]} for index in range(390)]}, None),
        ({"map": [{"filter": [X, {"<": [ITEM, 9]}]}, {"*": [ITEM, 2]}]}, list(range(1000))),
        ({"if": [each for index in range(40) for each in (X, {"==": [X, index]})]}, 0),
        (X, [{"a": 1}] * 6000),
        (functools.reduce(lambda rule, _: {"and": [rule, {"!": [X]}]}, range(30), X), 0),
        (functools.reduce(lambda rule, _: {"if": [{"==": [X, 1]}, X, rule]}, range(30), X), 0),
        ({"cat": [functools.reduce(lambda items, _: [items], range(60), X)]}, 1),
    ],
)
@pytest.mark.parametrize("url", ASKING)
def test_what_is_large_but_reasonable_is_answered(
    post: Callable[..., Answer], url: str, rule: Any, x: Any
) -> None:
    assert post(url, json.dumps({"rule": rule, "data": {"x": x}}))[0] == 200
