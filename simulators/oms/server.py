"""The HTTP side: the aggregation API below /agg/api/v1, a token service below /auth, and /control."""

import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

from simulators.oms import documents
from simulators.oms.faults import Fault, Faults
from simulators.oms.query import Refused
from simulators.oms.store import Store
from simulators.oms.synthetic import inject

API = "/agg/api/v1"
TOKEN = "/auth/realms/cern/protocol/openid-connect/token"
API_ACCESS = "/auth/realms/cern/api-access/token"
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class Oms(ThreadingHTTPServer):
    """The server, what it publishes, and how fast.

    Args:
        speed: replay seconds per second; 0 stands still until /control advances it.
        page_cap: rows of one page at most.
        token_life_s: how long a token is good; 0 asks for none.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, store: Store, *, speed: float = 0.0, page_cap: int = 100_000, token_life_s: float = 0.0
    ) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.store, self.faults, self.lock = store, Faults(), threading.RLock()
        self.page_cap, self.token_life_s = page_cap, token_life_s
        self.tokens: dict[str, tuple[str, float]] = {}
        self.requests: list[str] = []
        self._speed, self._since = speed, (time.monotonic(), store.now_s)

    @property
    def base(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.server_port}{API}"

    def publish(self) -> None:
        """Publish what is due by now."""
        at, then_s = self._since
        self.store.advance(max(self.store.now_s, then_s + (time.monotonic() - at) * self._speed))

    def control(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Do what /control was told, and tell where the replay stands."""
        said: dict[str, Any] = {}
        if "speed" in wish:
            self._speed, self._since = float(wish["speed"]), (time.monotonic(), self.store.now_s)
        if "steps" in wish:
            self.store.step(int(wish["steps"]))
        if "to_s" in wish:
            self.store.advance(float(wish["to_s"]))
        if "fault" in wish:
            self.faults.plan(wish["fault"])
        if wish.get("clear_faults"):
            self.faults.clear()
        if wish.get("forget_tokens"):
            self.tokens.clear()
        if "inject" in wish:
            said["synthetic"] = inject(self.store, wish["inject"])
        known = {n: len(run.lumisections) for n, run in self.store.runs.items()}
        return said | {"now_s": self.store.now_s, "remaining": self.store.remaining, "runs": known}


class _Answer(BaseHTTPRequestHandler):
    server: Oms
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a request for rows, unless something is to go wrong with it."""
        asked = urlsplit(self.path)
        self.server.requests.append(unquote(self.path))
        if asked.path == "/control":
            self._control({})
            return
        fault = self.server.faults.take(unquote(self.path))
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        if not self._went_wrong(fault) and self._is_welcome():
            self._rows(asked.path, asked.query, fault)

    def do_POST(self) -> None:
        """Give a token, or take an order."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = urlsplit(self.path).path
        if path == "/control":
            self._control(orjson.loads(body))
        elif path in (TOKEN, API_ACCESS) and not self._went_wrong(self.server.faults.take(self.path)):
            self._token({key: values[0] for key, values in parse_qs(body.decode()).items()}, path)
        elif path not in (TOKEN, API_ACCESS):
            self._send(404, documents.errors(404, "no such path"))

    def _control(self, wish: dict[str, Any]) -> None:
        try:
            with self.server.lock:
                self.server.publish()
                said = self.server.control(wish)
        except (Refused, KeyError, TypeError, ValueError) as error:
            self._send(400, documents.errors(400, f"{type(error).__name__}: {error}"))
            return
        self._send(200, said)

    def _rows(self, path: str, query: str, fault: Fault | None) -> None:
        parts = path.removeprefix(API).strip("/").split("/")
        try:
            if not path.startswith(f"{API}/"):
                raise documents.Missing(path)
            with self.server.lock:
                self.server.publish()
                page = documents.answer(
                    self.server.store, self.server.base, parts, query, (self.server.page_cap, fault)
                )
        except Refused as error:
            self._send(400, documents.errors(400, str(error)))
        except documents.Missing as error:
            self._send(404, documents.errors(404, f"there is no {error}"))
        else:
            self._send(200, page)

    def _went_wrong(self, fault: Fault | None) -> bool:
        kind = fault.kind if fault else ""
        if fault is not None and kind == "429":
            self._send(429, documents.errors(429, "too many requests"), {"Retry-After": f"{fault.seconds:g}"})
        elif kind in ("401", "500"):
            self._send(int(kind), documents.errors(int(kind), "it went wrong"))
        elif kind == "302":
            self._send(302, {}, {"Location": f"http://127.0.0.1:{self.server.server_port}/auth/login"})
        elif kind == "html":
            self._send(200, b"<html><body>Service unavailable</body></html>", {"Content-Type": "text/html"})
        elif kind == "reset":
            self.close_connection = True
            self.connection.shutdown(2)
        return kind in ("429", "401", "500", "302", "html", "reset")

    def _is_welcome(self) -> bool:
        """Let through who shows a good token; who shows none is sent to the login page, as by OMS."""
        if not self.server.token_life_s:
            return True
        shown = self.headers.get("Authorization", "").removeprefix("Bearer ")
        audience, until = self.server.tokens.get(shown, ("", 0.0))
        if audience == "cmsoms-prod" and time.monotonic() < until:
            return True
        self._went_wrong(Fault("401" if shown else "302"))
        return False

    def _token(self, form: dict[str, str], path: str) -> None:
        exchanged = form.get("grant_type") == _EXCHANGE
        subject = form.get("subject_token", "")
        good = form.get("client_secret") == "secret" and form.get("client_id")
        if not good or (exchanged and subject not in self.server.tokens):
            self._send(401, {"error": "invalid_client"})
            return
        audience = form.get("audience", "") if exchanged or path == API_ACCESS else form["client_id"]
        token = secrets.token_hex(16)
        self.server.tokens[token] = (audience, time.monotonic() + self.server.token_life_s)
        self._send(200, {"access_token": token, "expires_in": self.server.token_life_s, "token_type": "Bearer"})

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)
        self.send_response(status)
        for name, value in ({"Content-Type": "application/vnd.api+json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing of every request."""
