"""A program asks with a token of its own: scoped, expiring, revocable, kept as a hash."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from model import tokens
from model.clock import SettableClock
from model.commands.tokens import make_token, revoke_token
from model.errors import Forbidden, Invalid, NotFound
from model.identity_tables import program_token
from model.registry import Registry
from model.rights import Action
from model.tables import journal
from tests.identity import edits
from tests.identity.conftest import Told
from tests.model import world

CERTIFY = Action.EDIT_OFFLINE


def _made(registry: Registry, name: str = "dqm-tests", **words: Any) -> str:
    with registry.writing() as tx:
        return make_token(tx, name, world.EXPERT, **words)


def _with(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_program_does_what_its_token_allows_and_its_name_says_so(
    proxied: FlaskClient, registry: Registry
) -> None:
    token = _with(_made(registry, actions=[CERTIFY]))
    assert edits.say_bad(proxied, token).status_code == 200
    assert edits.last_author(registry)[:2] == ("program:dqm-tests", False)


def test_a_token_is_taken_where_users_are_local_too(told: Told, registry: Registry) -> None:
    client = told()
    token = _with(_made(registry))
    refused = edits.say_bad(client, {**token, "X-Run-Registry-User": "b.expert"})
    assert refused.status_code == 403
    assert client.get("/api/v1/runs", headers=_with("rr_made-up")).status_code == 401


def test_a_token_for_reading_reads_only(proxied: FlaskClient, registry: Registry) -> None:
    token = _with(_made(registry))
    assert proxied.get("/api/v1/runs", headers=token).status_code == 200
    refused = edits.say_bad(proxied, token)
    assert refused.status_code == 403
    assert "dqm-tests (program) may not certify offline lumisections" in refused.json["detail"]


def test_a_token_of_one_workspace_says_nothing_in_another(proxied: FlaskClient, registry: Registry) -> None:
    token = _with(_made(registry, actions=[CERTIFY], workspaces_of=["gem"]))
    assert edits.say_bad(proxied, token).status_code == 403
    assert edits.say_bad(proxied, token, column="gem-gem").status_code == 200


def test_a_token_ends_with_its_time(proxied: FlaskClient, registry: Registry) -> None:
    token = _with(_made(registry, days=1))
    assert proxied.get("/api/v1/runs", headers=token).status_code == 200
    clock = registry.clock
    assert isinstance(clock, SettableClock)
    clock.at += timedelta(days=1)
    refused = proxied.get("/api/v1/runs", headers=token)
    assert (refused.status_code, refused.json["detail"]) == (401, "This token has expired.")
    assert "invalid_token" in refused.headers["WWW-Authenticate"]


def test_a_token_that_was_revoked_ends_at_once(proxied: FlaskClient, registry: Registry) -> None:
    token = _with(_made(registry))
    with registry.writing() as tx:
        revoke_token(tx, "dqm-tests", world.EXPERT, reason="the machine is gone")
    refused = proxied.get("/api/v1/runs", headers=token)
    assert (refused.status_code, refused.json["detail"]) == (401, "This token was revoked by b.expert.")


def test_neither_the_journal_nor_the_tables_have_the_token(registry: Registry) -> None:
    token = _made(registry, actions=[CERTIFY], purpose="writes quality tests")
    with registry.reading() as connection:
        kept = [bytes(row.hash) for row in connection.execute(select(program_token))]
        told = tokens.tokens(connection)
        written = b"".join(bytes(row.payload) for row in connection.execute(select(journal)))
    assert kept == [tokens.digest(token)]
    assert [(t.name, t.purpose, t.made_by, t.used_at) for t in told] == [
        ("dqm-tests", "writes quality tests", "b.expert", None)
    ]
    assert token.encode() not in b"".join(kept) + written


def test_when_a_token_was_last_used_is_kept(proxied: FlaskClient, registry: Registry) -> None:
    token = _with(_made(registry))
    for _ in range(3):
        proxied.get("/api/v1/runs", headers=token)
    with registry.reading() as connection:
        (found,) = tokens.tokens(connection)
    assert found.used_at is not None and found.used_at > found.made_at


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("", {}, "A token's name has"),
        ("Dqm Tests", {}, "A token's name has"),
        ("rule:dcs@1", {}, "A token's name has"),
        ("dqm", {"days": 0}, "holds 1 to 366 days"),
        ("dqm", {"days": 1000}, "holds 1 to 366 days"),
        ("dqm", {"purpose": "x" * 201}, "at most 200 characters"),
        ("dqm", {"actions": ["fly"]}, "is nothing that a token may do"),
        ("dqm", {"actions": [Action.ADMINISTER]}, "is nothing that a token may do"),
        ("dqm", {"actions": [Action.INGEST]}, "is nothing that a token may do"),
        ("dqm", {"workspaces_of": ["moon"]}, "is no workspace"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(
    registry: Registry, name: str, words: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        _made(registry, name, **words)
    with registry.reading() as connection:
        assert not tokens.tokens(connection)


def test_a_name_is_taken_while_its_token_holds(registry: Registry) -> None:
    first = _made(registry)
    with pytest.raises(Invalid, match="There is a token dqm-tests that holds"):
        _made(registry)
    with registry.writing() as tx:
        revoke_token(tx, "dqm-tests", world.EXPERT)
    second = _made(registry)
    with registry.reading() as connection:
        assert tokens.of(connection, first) is None
        assert tokens.of(connection, second) is not None


def test_only_administrators_make_and_revoke_tokens(registry: Registry) -> None:
    _made(registry)
    with registry.writing() as tx, pytest.raises(Forbidden, match="cms-dqm-runregistry-experts"):
        make_token(tx, "mine", world.DC)
    with registry.writing() as tx, pytest.raises(Forbidden, match="cms-dqm-runregistry-experts"):
        revoke_token(tx, "dqm-tests", world.SHIFTER)
    with registry.writing() as tx, pytest.raises(NotFound, match="There is no token other"):
        revoke_token(tx, "other", world.EXPERT)


def test_an_operator_makes_lists_and_revokes_tokens(server: Flask, registry: Registry) -> None:
    run = server.test_cli_runner().invoke
    made = run(args=["token", "make", "dqm-ml", "--allow", CERTIFY.value, "--in", "gem", "--days", "7"])
    assert made.exit_code == 0 and made.output.startswith("rr_")
    with registry.reading() as connection:
        found = tokens.of(connection, made.output.strip())
    assert found is not None and (found.made_by, found.scope.workspaces) == ("operator", {"gem"})
    told = run(args=["token", "list"]).output
    assert "dqm-ml: holds, until 2024-05-08" in told and "certify offline lumisections in gem" in told
    assert run(args=["token", "revoke", "dqm-ml"]).output == "dqm-ml is revoked\n"
    assert "revoked by operator" in run(args=["token", "list"]).output
    refused = run(args=["token", "make", "dqm-ml", "--allow", "fly"])
    assert (refused.exit_code, "is nothing that a token may do" in refused.output) == (1, True)
