"""`python -m benchmarks.zap`: every address, asked by those who may not, in each way of knowing people.

Whoever is unknown gets nothing but what is public; whoever is known writes in no other workspace, and from no
other site. What came of it is written into docs/security.md, unless `--look` is given; 1 is returned where an
answer was not as it must. `make drill` looks, too.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from benchmarks.harness import ROOT, run
from benchmarks.survival import Check

PAGE = ROOT / "docs" / "security.md"
_MARKS = ("<!-- what python -m benchmarks.zap found -->", "<!-- end of it -->")
_HEAD = (
    "| `AUTH` | who asks | asked | public | to the login | 401 | 403 | written | unexpected |",
    "|---|---|---|---|---|---|---|---|---|",
)
_THE_PROXYS = "what only the proxy knows"
_GROUP = "cms-dqm-runregistry-offline-tracker-certifiers"
#: of a workspace that is not the group's
_COLUMN = "ecal-ecal"
_ELSEWHERE = "https://elsewhere.example"
_BODIES = ("POST", "PUT", "PATCH", "DELETE")
_UNSIGNED = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYSJ9."


def _modes(issuer: str) -> dict[str, dict[str, Any]]:
    known = {"oidc_client_id": "run-registry", "oidc_client_secret": "what both know"}
    return {
        "local": {},
        "proxy": {"auth": "proxy", "proxy_secret": _THE_PROXYS},
        "oidc": {"auth": "oidc", "public_url": "http://localhost", "oidc_issuer": issuer, **known},
    }


@dataclass
class Asked:
    """What came of asking all addresses in one way."""

    mode: str
    who: str
    found: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    written: int = 0

    def row(self) -> str:
        """Return the line of the page."""
        kinds = ("public", "to the login", "401", "403")
        numbers = (sum(self.found.values()), *(self.found[kind] for kind in kinds), self.written)
        return f"| {self.mode} | {self.who} | {' | '.join(map(str, numbers))} | {len(self.unexpected)} |"


class Zap:
    """A small registry, every address of it, and those who ask."""

    def __init__(self, server: Flask) -> None:
        from identity import here
        from model.registry import registry
        from settings import Settings
        from tests.identity.conftest import _told
        from tests.identity.everything import told_of_everything

        self.server, self.registry = server, _told(registry())
        server.config[here.SETTINGS] = Settings()
        client = server.test_client()
        client.get("/_dash-layout")
        #: what there is for every write to be about; none of it is the certifier's
        self.known = told_of_everything(client, self.registry, _COLUMN, _COLUMN)

    def asked(self) -> Iterator[Asked]:
        """Ask everything as everybody in each mode."""
        from identity import here
        from settings import Settings
        from tests.identity import provider

        with provider.serving() as service:
            for mode, words in _modes(service.address).items():
                self.server.config[here.SETTINGS] = Settings(**words)
                for who, client, sent in self._strangers(mode):
                    yield self._all(Asked(mode, who), client, sent)
                for who, client, sent in self._known(mode):
                    yield self._writes(Asked(mode, who), client, sent)

    def _strangers(self, mode: str) -> Iterator[tuple[str, FlaskClient, dict[str, Any]]]:
        far = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}} if mode == "local" else {}
        yield "nobody", self.server.test_client(), far
        yield "a session that another registry signed", self._with_cookie("another key"), far
        unknown = self._with_cookie(str(self.server.secret_key))
        yield "a session that is none, signed well", unknown, far
        claims = {
            "email": "d.coordinator",
            "egroups": _GROUP,
            "id": "1",
            "X-Run-Registry-User": "d.coordinator",
        }
        claims |= {"X-Forwarded-User": "d.coordinator", "X-Forwarded-For": "127.0.0.1"}
        yield "forged headers", self.server.test_client(), {"headers": claims}
        wrong = {**claims, "X-Proxy-Secret": "made up"}
        yield "forged headers with a made-up secret", self.server.test_client(), {"headers": wrong}
        for what, token in (("a made-up token", "rr_made-up"), ("an unsigned token", _UNSIGNED)):
            sent = {"Authorization": f"Bearer {token}"}
            yield what, self.server.test_client(), {"headers": sent}

    def _known(self, mode: str) -> Iterator[tuple[str, FlaskClient, dict[str, Any]]]:
        client, sent = self._certifier(mode)
        yield "another workspace's certifier", client, {"headers": sent}
        yield "a certifier, from another site", client, {"headers": {**sent, "Origin": _ELSEWHERE}}
        bare = {name: value for name, value in sent.items() if name != "X-CSRFToken"}
        for site in ("cross-site", "same-site"):
            said = {"headers": {**bare, "Sec-Fetch-Site": site}}
            yield f"a certifier, {site}", client, said
        if mode == "oidc":
            yield "a certifier's session without its token", client, {"headers": bare}

    def _with_cookie(self, key: str) -> FlaskClient:
        signer = Flask("another registry")
        signer.secret_key = key
        serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
        assert serializer is not None
        client = self.server.test_client()
        client.set_cookie("session", serializer.dumps({"login": "made up", "user": "d.coordinator"}))
        return client

    def _certifier(self, mode: str) -> tuple[FlaskClient, dict[str, str]]:
        client = self.server.test_client()
        if mode == "local":
            return client, {"X-Run-Registry-User": "t.certifier"}
        if mode == "proxy":
            return client, {"X-Proxy-Secret": _THE_PROXYS, "email": "t.certifier", "egroups": _GROUP}
        from model import logins

        now = self.registry.clock()
        login = logins.Login(logins.id_of("a key"), "jane", "Jane", (_GROUP,), "jane", now, now, now, now, b"")
        with self.registry.database.writing() as connection:
            logins.begin(connection, login)
        with client.session_transaction() as kept:
            kept["login"] = "a key"
        client.get("/")
        cookie = client.get_cookie("_csrf_token")
        assert cookie is not None
        return client, {"X-CSRFToken": str(cookie.value)}

    def _all(self, asked: Asked, client: FlaskClient, sent: dict[str, Any]) -> Asked:
        before = self._sequence()
        for rule in self.server.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                self._stranger_asks(asked, client, _filled(rule.rule), method, sent)
        asked.written = self._sequence() - before
        return asked

    def _stranger_asks(
        self, asked: Asked, client: FlaskClient, path: str, method: str, sent: dict[str, Any]
    ) -> None:
        from identity.guard import DRAWN_WITH, PUBLIC

        headers = {"Accept": "text/html", **sent.get("headers", {})}
        more = {} if method == "GET" else {"json": {}}
        answer = client.open(path, method=method, **{**sent, "headers": headers}, **more)
        is_led = answer.status_code == 302 and answer.headers["Location"].startswith("/login?next=")
        is_public = path in PUBLIC or path.startswith(DRAWN_WITH)
        if is_public and answer.status_code < 500:
            asked.found["public"] += 1
        elif answer.status_code == 401 or (is_led and asked.mode == "oidc" and method == "GET"):
            asked.found["to the login" if is_led else "401"] += 1
        else:
            asked.unexpected.append(f"{method} {path}: {answer.status_code}")

    def _writes(self, asked: Asked, client: FlaskClient, sent: dict[str, Any]) -> Asked:
        before = self._sequence()
        for path, method, body in self._bodies():
            answer = client.open(path, method=method, json=body, **sent)
            is_other_workspace = asked.who.startswith("another workspace")
            if _is_denied(answer, path) if is_other_workspace else answer.status_code == 403:
                asked.found["403"] += 1
            else:
                asked.unexpected.append(f"{method} {path}: {answer.status_code}")
        asked.written = self._sequence() - before
        asked.unexpected += ["something was written"] if asked.written else []
        return asked

    def _bodies(self) -> Iterator[tuple[str, str, Any]]:
        """Return every write, sound but for the right: it is about a workspace that is not the asker's."""
        from tests.identity.api_writes import CLASSIC_WRITES, WRITES
        from tests.identity.everything import address, filled

        every = {rule: ("POST", body) for rule, body in WRITES.items()}
        for head in ("", "/api"):
            every |= {f"{head}{rule}": known for rule, known in CLASSIC_WRITES.items()}
        for rule, (method, body) in every.items():
            said = re.sub("tracker-[a-z]+", _COLUMN, json.dumps(body)).replace('"tracker"', '"ecal"')
            path = address(rule, self.known).replace("/tracker/", "/ecal/")
            yield path, method, filled(json.loads(said), self.known)

    def _sequence(self) -> int:
        with self.registry.reading() as connection:
            from model.journal import head

            return head(connection).sequence


def _is_denied(answer: TestResponse, path: str) -> bool:
    """Tell whether an answer refuses for want of a right, and names a group that has it."""
    from tests.identity.api_writes import BATCH
    from tests.identity.everything import is_batch_refused, is_refused

    return is_batch_refused(answer) if path == BATCH else is_refused(answer.status_code, answer.text)


def _filled(rule: str) -> str:
    """Return an address with something in the place of each variable."""
    from tests.identity.api_writes import VARIABLES

    for variable, value in VARIABLES.items():
        rule = rule.replace(variable, value.replace("{action}", "1"))
    return re.sub(r"<[^>]*>", "x", re.sub(r"<int:[^>]*>", "1", rule))


def every_address(folder: Path) -> Iterator[Check]:
    """Ask in a process of its own, for the drill; the page is not written."""
    ran = run(["-m", "benchmarks.zap", "--look"], folder / "zap")
    said = (ran.output.splitlines() or [""])[-1]
    where = "a registry with something for every write to be about"
    yield Check("every address, by those who may not", "python -m benchmarks.zap", where, said, ran.code == 0)


def main() -> int:
    """Ask, write the table; return 1 where something was unexpected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--look", action="store_true", help="write nothing down")
    only_looks = parser.parse_args().look
    with tempfile.TemporaryDirectory(prefix="run-registry-zap-") as folder:
        limits = ("WRITES", "QUESTIONS", "PRESSES", "REFUSED")
        # whoever asks this much is told to wait, which says nothing of rights
        os.environ |= {f"RATE_{name}_PER_MIN": "0" for name in limits} | {"DATA_DIR": folder}
        os.environ.pop("DATABASE_URL", None)
        from app import server

        every = list(Zap(server).asked())
    for each in every:
        print(each.row(), *each.unexpected, sep="\n    ")
    count = sum(len(each.unexpected) for each in every)
    asked = sum(sum(each.found.values()) + len(each.unexpected) for each in every)
    said = f"{datetime.now(UTC):%Y-%m-%d}: {asked:,} requests, {count} unexpected."
    if not only_looks:
        _write_down(said, every)
    print(said)
    return 1 if count else 0


def _write_down(said: str, every: list[Asked]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(_MARKS[0])
    tail = rest.partition(_MARKS[1])[2]
    table = "\n".join([_MARKS[0], "", said, "", *_HEAD, *(each.row() for each in every), "", _MARKS[1]])
    PAGE.write_text(f"{head}{table}{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
