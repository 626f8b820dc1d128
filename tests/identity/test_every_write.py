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
from tests.api.test_proposals import made
from tests.browser.small import keep_rule
from tests.callbacks.drawn import words
from tests.identity import callback_writes as presses
from tests.identity.api_writes import CLASSIC_WRITES, DRAFT, NO_RIGHT, VARIABLES, WRITES
from tests.identity.conftest import Told
from tests.identity.reach import can_write
from tests.model import world

READER = {"X-Run-Registry-User": "r.reader"}
CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
PROGRAM = {"X-Run-Registry-User": "p.program"}
COORDINATOR = {"X-Run-Registry-User": "d.coordinator"}
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
    keep_rule(registry)
    world.report_run(registry, bits={"beam1_stable": [(1, 2, True), (3, 5, False), (6, 10, True)]})
    world.give(registry, world.TRACKER, "tracker-pixel", [(1, 10)], "BAD")
    action = world.now(registry)
    client.post("/api/v1/proposals", json=made(), headers=PROGRAM)
    cycle = {"name": "w1", "deadline": "2024-06-20", "datasets": [[world.RUN, world.PROMPT]]}
    view = {"name": "mine", "path": "/certify/tracker", "is_shared": True}
    for where, body, by in (
        ("cycles", cycle, COORDINATOR),
        ("views", view, CERTIFIER),
        ("webhooks", {"url": "https://example.org/told"}, COORDINATOR),
    ):
        assert client.post(f"/api/v1/{where}", json=body, headers=by).status_code == 200, where
    draft = {**DRAFT, "seen": world.now(registry)}
    drafted = client.post("/api/v1/rules/p1/draft", json=draft, headers=COORDINATOR).json
    (proposal,) = client.get("/api/v1/proposals").json["proposals"]
    finding = client.get("/api/v1/findings").json["findings"][0]
    facts = {
        "action": action,
        "proposal": proposal["id"],
        "finding": finding["key"],
        "draft_digest": drafted["digest"],
    }
    return client, {**facts, "digest": finding["digest"], "now": world.now(registry)}


def _filled(said: Any, known: dict[str, Any]) -> Any:
    if isinstance(said, dict):
        return {key: _filled(value, known) for key, value in said.items()}
    if isinstance(said, list):
        return [_filled(value, known) for value in said]
    if isinstance(said, str) and said.startswith("{") and said.endswith("}"):
        return known[said[1:-1]]
    return said.format(**known) if isinstance(said, str) and "{" in said else said


def _address(rule: str, known: dict[str, Any]) -> str:
    for variable, value in VARIABLES.items():
        rule = rule.replace(variable, value.format(**known))
    return rule


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
        answer = client.open(_address(rule, facts), method=method, json=_filled(body, facts), headers=READER)
        is_refused = answer.status_code in (403, 422) or rule == "/api/v1/grid/edits"
        if not is_refused or "may not" not in answer.text or _counts(registry) != before:
            failed[rule] = (answer.status_code, answer.text[:200])
    assert failed == {}
    assert _counts(registry) == before


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
        if "may not" not in said or _counts(registry) != before:
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
