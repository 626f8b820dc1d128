"""Whatever writes asks for a right: every address of the API and every callback, whichever comes to be."""

import inspect
import json
from typing import Any

import pytest
from dash import get_app
from dash._callback_context import context_value
from dash._utils import AttributeDict
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from model.commands.rule_drafts import draft_rule
from model.errors import RunRegistryError
from model.identity_tables import denied_action, login_session, program_token
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.tables import metadata
from tests.callbacks.drawn import words
from tests.identity import callback_writes as presses
from tests.identity.api_writes import BATCH, CLASSIC_WRITES, NO_RIGHT, WRITES
from tests.identity.conftest import Told
from tests.identity.everything import (
    NAMES_A_GROUP,
    address,
    filled,
    is_batch_refused,
    is_refused,
    told_of_everything,
)
from tests.identity.reach import can_write
from tests.model import world

READER = {"X-Run-Registry-User": "r.reader"}
_BODIES = {"POST", "PUT", "PATCH", "DELETE"}
_BESIDE = {denied_action.name, login_session.name, program_token.name}


def _counts(registry: Registry) -> dict[str, int]:
    tables = [table for table in metadata.sorted_tables if table.name not in _BESIDE]
    with registry.reading() as connection:
        return {
            t.name: int(connection.execute(select(func.count()).select_from(t)).scalar() or 0) for t in tables
        }


@pytest.fixture
def known(told: Told, registry: Registry) -> tuple[FlaskClient, dict[str, Any]]:
    """Tell of everything that could be written to, and give a client and what it knows."""
    client = told()
    return client, told_of_everything(client, registry)


def _asked_with_a_body(server: Flask) -> dict[str, set[str]]:
    """Return every address that takes a body, with its methods; what answers by refusing the method is none."""
    found: dict[str, set[str]] = {}
    for rule in server.url_map.iter_rules():
        methods = set(rule.methods or ()) & _BODIES
        if methods and server.view_functions[rule.endpoint].__name__ != "refused":
            found.setdefault(rule.rule, set()).update(methods)
    return found


def test_every_address_that_takes_a_body_is_known_to_write_or_to_need_no_right(server: Flask) -> None:
    """Whoever adds an address says here how it writes, or why nobody needs a right for it."""
    under_api = {f"/api{rule}" for rule in (*CLASSIC_WRITES, *NO_RIGHT) if not rule.startswith("/api")}
    listed = {*WRITES, *CLASSIC_WRITES, *NO_RIGHT, *under_api}
    assert not set(_asked_with_a_body(server)) - listed
    assert not {*WRITES, *CLASSIC_WRITES, *NO_RIGHT} - set(_asked_with_a_body(server))


def test_what_needs_no_right_never_comes_to_write(server: Flask) -> None:
    own = {"/api/v1/views", "/api/v1/training/sittings"}
    views = {rule.rule: server.view_functions[rule.endpoint] for rule in server.url_map.iter_rules()}
    assert {rule for rule in NO_RIGHT if can_write(views[rule])} == own


def test_no_address_that_is_only_read_comes_to_write(server: Flask) -> None:
    reading = [rule for rule in server.url_map.iter_rules() if not set(rule.methods or ()) & _BODIES]
    assert not [rule.rule for rule in reading if can_write(server.view_functions[rule.endpoint])]


def test_every_address_that_writes_refuses_who_has_no_right(
    known: tuple[FlaskClient, dict[str, Any]], registry: Registry
) -> None:
    client, facts = known
    before, failed = _counts(registry), {}
    classic = {
        f"{head}{rule}": (method, body)
        for head in ("", "/api")
        for rule, (method, body) in CLASSIC_WRITES.items()
    }
    for rule, (method, body) in {**{r: ("POST", b) for r, b in WRITES.items()}, **classic}.items():
        answer = client.open(address(rule, facts), method=method, json=filled(body, facts), headers=READER)
        is_denied = is_refused(answer.status_code, answer.text)
        if rule == BATCH:
            is_denied = is_batch_refused(answer)
        if not is_denied or _counts(registry) != before:
            failed[rule] = (answer.status_code, answer.text[:200])
    assert failed == {}
    assert _counts(registry) == before


@pytest.mark.parametrize("seen", [0, 1_000_000])
def test_who_has_no_right_does_not_learn_from_a_refusal_what_changed_since(
    known: tuple[FlaskClient, dict[str, Any]], seen: int
) -> None:
    client, facts = known
    with_seen = {rule: body for rule, body in WRITES.items() if "seen" in body}
    learnt = {}
    for rule, body in with_seen.items():
        said = filled({**body, "seen": seen}, facts)
        answer = client.post(address(rule, facts), json=said, headers=READER)
        if not is_refused(answer.status_code, answer.text):
            learnt[rule] = (answer.status_code, answer.text[:200])
    assert len(with_seen) > 12
    assert learnt == {}


def test_who_has_no_right_does_not_learn_from_a_refusal_what_there_is(
    known: tuple[FlaskClient, dict[str, Any]],
) -> None:
    client, facts = known
    where = f"/api/v1/runs/{world.RUN + 1}"
    of_run = {rule.rpartition("/")[2]: body for rule, body in WRITES.items() if "<int:run_number>" in rule}
    status = {
        last: client.post(f"{where}/{last}", json=filled(body, facts), headers=READER).status_code
        for last, body in of_run.items()
    }
    assert status == dict.fromkeys(of_run, 403)


def _callbacks(server: Flask) -> dict[str, Any]:
    """Return the functions behind Dash's map of this server; those that run in the browser have none here."""
    server.test_client().get("/_dash-layout")
    behind = (inspect.unwrap(e["callback"]) for e in get_app().callback_map.values() if "callback" in e)
    return {f"{f.__module__.removeprefix('callbacks.')}.{f.__name__}": f for f in behind if _is_ours(f)}


def _is_ours(function: Any) -> bool:
    return str(function.__module__).startswith("callbacks.")


def test_every_callback_that_comes_to_write_is_known(server: Flask) -> None:
    """Whoever adds one that can write says in `callback_writes` how it is pressed, or why there is no right."""
    ours = _callbacks(server)
    assert len(ours) > 80
    assert {name for name, function in ours.items() if can_write(function)} == {
        *presses.WRITES,
        *presses.NO_RIGHT,
    }


@pytest.fixture
def drafted(known: tuple[FlaskClient, dict[str, Any]], registry: Registry) -> dict[str, Any]:
    logic = {"==": [{"var": "lumisection.rr.tracker-pixel"}, "GOOD"]}
    with registry.writing() as tx:
        draft_rule(
            tx,
            "drafted",
            RuleText(logic, "bad", "mine", "%", "golden", priority=0),
            world.EXPERT,
            seen=tx.head.sequence,
        )
    return {**known[1], "now": world.now(registry), "draft": json.dumps(logic)}


def test_every_callback_that_writes_refuses_who_has_no_right(
    server: Flask, drafted: dict[str, Any], registry: Registry
) -> None:
    before, failed, ours = _counts(registry), {}, _callbacks(server)
    for name, press in presses.WRITES.items():
        said = _pressed(server, ours[name], press, drafted)
        if not NAMES_A_GROUP.search(said) or _counts(registry) != before:
            failed[name] = said[:300]
    assert failed == {}
    assert _counts(registry) == before


def _pressed(server: Flask, function: Any, press: presses.Press, known: dict[str, Any]) -> str:
    inputs = [{"prop_id": press.prop(known), "value": 1}]
    with server.test_request_context("/", headers=READER):
        token = context_value.set(AttributeDict(triggered_inputs=inputs))
        try:
            return words(function(*press.given(known), **press.named(known)))
        except RunRegistryError as refused:
            return str(refused)
        finally:
            context_value.reset(token)
