"""One address of OMS over HTTP: patient with what passes, clear about what does not."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import requests

from ingest.oms.errors import NotAllowed, NotAnswered, Unreachable
from ingest.oms.tokens import Tokens

_TIMEOUT_S = (5.0, 60.0)
#: what one page of a run can be, many times over
_LONGEST = 200 * 1024 * 1024
_TRIES = 3
_FIRST_PAUSE_S = 0.5
#: longer than this nobody waits inside one question: the next poll asks again
_LONGEST_PAUSE_S = 5.0


@dataclass
class Pace:
    """Lets through so many requests per second."""

    per_s: float
    sleep: Callable[[float], None] = time.sleep
    _next: float = field(default=0.0, init=False)

    def wait(self) -> None:
        """Return when the next request may go."""
        now = time.monotonic()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1.0 / self.per_s


class Connection:
    """Asks OMS and returns what it says as JSON.

    Args:
        base: address of the aggregation API.
        tokens: what to show; None where OMS is reached from inside.
    """

    def __init__(self, base: str, session: requests.Session, pace: Pace, tokens: Tokens | None = None) -> None:
        self.base, self._session, self._pace, self._tokens = base.rstrip("/"), session, pace, tokens

    def get(self, path: str, query: str = "") -> Any:
        """Ask; what passes by itself is asked again a few times.

        Raises:
            Unreachable: still no usable answer.
            NotAllowed: a login page, or a token that is not accepted.
            NotAnswered: OMS refuses the question.
        """
        pause_s = _FIRST_PAUSE_S
        for last in (*[False] * (_TRIES - 1), True):
            try:
                return self._ask(f"{self.base}/{path}{'?' if query else ''}{query}")
            except Unreachable as error:
                if last or error.wait_s > _LONGEST_PAUSE_S:
                    raise
                self._pace.sleep(max(error.wait_s, pause_s))
                pause_s *= 2
        raise AssertionError("the last try raises or returns")

    def _ask(self, address: str) -> Any:
        answer = self._once(address)
        if answer.status_code == 401 and self._tokens is not None:
            self._tokens.forget()
            answer = self._once(address)
        status = answer.status_code
        if status in (401, 403) or 300 <= status < 400:
            raise NotAllowed(f"{self.base} asks for a login (HTTP {status}): are the credentials right?")
        if status == 429 or status >= 500:
            raise Unreachable(f"{self.base} answers HTTP {status}.", _wait_s(answer))
        if status != 200:
            raise NotAnswered(f"{self.base} refuses {address}: HTTP {status} {_title(answer)}".rstrip())
        return _json(self.base, answer)

    def _once(self, address: str) -> requests.Response:
        self._pace.wait()
        headers = {"Accept": "application/vnd.api+json"}
        if self._tokens is not None:
            headers["Authorization"] = f"Bearer {self._tokens.token()}"
        try:
            return self._session.get(address, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            raise Unreachable(f"{self.base} does not answer: {type(error).__name__}.") from error


def _json(base: str, answer: requests.Response) -> Any:
    if len(answer.content) > _LONGEST:
        raise Unreachable(f"{base} answers more than {_LONGEST:,} bytes.")
    try:
        return orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        kind = answer.headers.get("Content-Type", "nothing named")
        raise Unreachable(f"{base} answers with {kind} instead of JSON.") from error


def _wait_s(answer: requests.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    # a date is allowed there too; then our own pauses do
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0


def _title(answer: requests.Response) -> str:
    try:
        return str(orjson.loads(answer.content)["errors"][0]["title"])
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return ""
