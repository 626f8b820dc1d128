"""Tell addresses of events: in order, signed, never redirected, tried again later where nobody takes one.

The signature is HMAC-SHA256 with the webhook's secret over `timestamp.body`, both as they are sent:
`X-Run-Registry-Signature: sha256=<hex>`, `X-Run-Registry-Timestamp: <seconds since 1970>`.
"""

import hashlib
import hmac
import http.client
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from model.clock import Clock, system_clock
from model.db import Database
from model.errors import Busy
from model.journal import writing
from model.products import deliveries, webhooks

log = logging.getLogger("run-registry.webhooks")
_LOOK_S = 2.0
_TIMEOUT_S = 10.0
_READ = 2_000
_GONE = 410
#: so many events an address is told before the next one has its turn
_AT_ONCE = 50


class NotSent(Exception):
    """An address that could not be reached, or must not be."""


@dataclass(frozen=True)
class Answer:
    """What an address said: its status, and the beginning of its words."""

    status: int
    words: str

    @property
    def is_taken(self) -> bool:
        """Whether it took the delivery; a redirect is no taking."""
        return 200 <= self.status < 300


Send = Callable[[str, bytes, Mapping[str, str]], Answer]


@dataclass
class Messenger:
    """Tells the addresses of one registry."""

    database: Database
    send: Send
    clock: Clock = field(default=system_clock)

    def look(self) -> int:
        """Tell each address what it may be told now, in order; return how much was taken."""
        with self.database.reading() as connection:
            waiting = deliveries.due(connection, self.clock())
        try:
            return sum(self._turn(number) for number in waiting)
        except Busy:
            # somebody else is writing: what was told and not noted is told again
            return 0

    def _turn(self, number: int) -> int:
        """Tell one address until it takes one no more, or others have waited for long enough."""
        for taken in range(_AT_ONCE):
            with self.database.reading() as connection:
                telling, looked = deliveries.next_of(connection, number, self.clock())
                each = webhooks.webhook_of(connection, number)
            if telling is None:
                if deliveries.is_far(each, looked):
                    with writing(self.database, self.clock) as tx:
                        deliveries.looked(tx, number, each.told, looked)
                return taken
            if not self._try(telling):
                return taken
        return _AT_ONCE

    def _try(self, telling: deliveries.Telling) -> bool:
        headers = signed(telling.body, telling.secret, int(self.clock().timestamp()), telling.kind)
        headers["X-Run-Registry-Delivery"] = f"{telling.webhook_id}/{telling.sequence}"
        try:
            answer = self.send(telling.url, telling.body, headers)
        except NotSent as error:
            answer = Answer(0, str(error))
        said = f"HTTP {answer.status} {answer.words}".strip() if answer.status else answer.words
        with writing(self.database, self.clock) as tx:
            is_final = answer.status == _GONE
            deliveries.tried(tx, telling, taken=answer.is_taken, answer=said, is_final=is_final)
        level = logging.INFO if answer.is_taken else logging.WARNING
        log.log(level, "%s %s to %s: %s", telling.sequence, telling.subject, telling.url, said)
        return answer.is_taken


def signed(body: bytes, secret: str, timestamp: int, kind: str) -> dict[str, str]:
    """Return the headers that prove who sent a body, and when."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "run-registry-webhook/1",
        "X-Run-Registry-Event": kind,
        "X-Run-Registry-Timestamp": str(timestamp),
        "X-Run-Registry-Signature": f"sha256={digest}",
    }


def sender(*, allow_private: bool) -> Send:
    """Return what posts to an address: to the very host that was looked at, and following no redirect."""

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _connection(url, allow_private=allow_private)
        try:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.read(_READ).decode("utf-8", "replace")[:200])
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    return send


def _connection(url: str, *, allow_private: bool) -> http.client.HTTPConnection:
    """Return a connection to the very address that was looked at: a name cannot point elsewhere in between.

    Raises:
        NotSent: it cannot be reached, or must not be.
    """
    parts = urlsplit(url)
    host, is_safe = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_safe else 80)
    address = _resolved(host, port, allow_private=allow_private)
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    try:
        connection.sock = socket.create_connection((address, port), _TIMEOUT_S)
        if is_safe:
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
    except OSError as error:
        raise NotSent(f"{type(error).__name__}: {error}") from error
    return connection


def _resolved(host: str, port: int, *, allow_private: bool) -> str:
    """Return an address of a host that may be called.

    Raises:
        NotSent: it has none, or one of them lies inside this network.
    """
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotSent(f"{host} has no address: {error}") from error
    inside = [address for address in found if webhooks.is_private(address)]
    if inside and not allow_private:
        raise NotSent(f"{host} lies inside this network ({inside[0]}): it was not called.")
    return found[0]


def run(messenger: Messenger, stop: threading.Event, is_mine: Callable[[], bool] = lambda: True) -> int:
    """Look now and then, while it is this host's work, until told to stop."""
    while not stop.is_set():
        if not is_mine() or not messenger.look():
            stop.wait(_LOOK_S)
    return 0
