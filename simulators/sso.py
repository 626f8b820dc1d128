"""A single sign-on for programs, and the proxy that stands before a registry: `python -m simulators.sso`.

`POST /auth/realms/cern/api-access/token` (HTTP basic: a program's name and secret; form: grant_type, audience)
gives a token that the keys at `…/certs` signed, as CERN's does to the published client. Any other path is
handed on to the registry that it stands before, with the headers that the proxy of the system in use sets
(`egroups`, `id`, `displayname`) and its secret; who brings no token that holds gets 401 there.
"""

import argparse
import base64
import json
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

REALM = "/auth/realms/cern"
TOKEN = f"{REALM}/api-access/token"
_CERTS = f"{REALM}/protocol/openid-connect/certs"
_LASTS_S = 1200
_HOP_BY_HOP = ("connection", "content-length", "content-encoding", "transfer-encoding", "server", "date")


class Sso(ThreadingHTTPServer):
    """The server: programs with their groups, one key, and the registry it stands before."""

    daemon_threads = True

    def __init__(self, port: int, programs: Mapping[str, Sequence[str]], registry: str, secret: str) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.programs, self.registry, self.secret = programs, registry, secret
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})

    @property
    def issuer(self) -> str:
        """Who signs."""
        return f"{self.address}{REALM}"

    def token(self, program: str, audience: str) -> str:
        """Return a token of a program."""
        now = int(time.time())
        account = f"service-account-{program}"
        claims = {"iss": self.issuer, "aud": audience, "sub": account, "iat": now, "exp": now + _LASTS_S}
        claims |= {"azp": program, "preferred_username": account, "cern_roles": list(self.programs[program])}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def program(self, authorization: str) -> str | None:
        """Return the program whose token is shown, None where none holds."""
        try:
            claims = jwt.decode(authorization.removeprefix("Bearer "), self.key, ["RS256"]).claims
        except (JoseError, ValueError):
            return None
        return str(claims["azp"]) if claims["exp"] > time.time() else None


class _Answer(BaseHTTPRequestHandler):
    server: Sso

    def do_GET(self) -> None:
        """Tell where keys are, or the keys; hand the rest on."""
        if self.path == f"{REALM}/.well-known/openid-configuration":
            self._tell(200, {"issuer": self.server.issuer, "jwks_uri": f"{self.server.address}{_CERTS}"})
        elif self.path == _CERTS:
            self._tell(200, KeySet([self.server.key]).as_dict(private=False))
        else:
            self._hand_on()

    def do_POST(self) -> None:
        """Give a token, or hand on."""
        if self.path == TOKEN:
            self._give()
        else:
            self._hand_on()

    def do_PUT(self) -> None:
        """Hand on."""
        self._hand_on()

    def _give(self) -> None:
        form = parse_qs(self._body().decode())
        shown = self.headers.get("Authorization", "").removeprefix("Basic ")
        name, _, secret = base64.b64decode(shown).decode().partition(":")
        if name not in self.server.programs or secret != f"secret of {name}":
            self._tell(401, {"error": "unauthorized_client"})
            return
        token = self.server.token(name, form.get("audience", [""])[0])
        self._tell(200, {"access_token": token, "expires_in": _LASTS_S, "token_type": "Bearer"})

    def _hand_on(self) -> None:
        body = self._body()
        program = self.server.program(self.headers.get("Authorization", ""))
        if program is None:
            self._tell(401, {"err": "Log in first."})
            return
        groups = ",".join(self.server.programs[program])
        said = {"id": program, "egroups": groups, "displayname": program, "X-Proxy-Secret": self.server.secret}
        kept = {name: self.headers[name] for name in ("Content-Type", "Accept") if name in self.headers}
        url = f"{self.server.registry}{self.path}"
        answer = requests.request(self.command, url, data=body, headers={**kept, **said}, timeout=60)
        self._send(answer.status_code, answer.headers, answer.content)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _tell(self, status: int, told: Any) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(told).encode())

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--registry", default="http://127.0.0.1:8050", help="the registry it stands before")
    parser.add_argument("--proxy-secret", required=True, help="PROXY_SECRET of the registry")
    parser.add_argument("--program", action="append", default=[], help="name=group,group")
    given = parser.parse_args()
    named = (each.partition("=") for each in given.program)
    programs = {name: groups.split(",") for name, _, groups in named}
    Sso(given.port, programs, given.registry, given.proxy_secret).serve_forever()


if __name__ == "__main__":
    main()
