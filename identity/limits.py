"""How much one asker may ask in a minute: far more than hands and scripts do in earnest, less than a flood."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from identity import here, proxy
from identity.errors import Unidentified
from model.errors import TooMany
from settings import Settings

log = logging.getLogger(__name__)
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: where the application keeps what it counts
LIMITS = "LIMITS"
PRESSES, WRITTEN, QUESTIONS, REFUSED = "presses", "writes", "questions", "refused"
_V1 = "/api/v1/"
#: what takes long to answer
DEAR = (
    *(f"{_V1}{name}" for name in ("golden-json", "lists/", "lumisections.", "verdict-ranges.", "query")),
    *(f"{_V1}{name}" for name in ("losses", "era-map", "rules/", "bulk/plan", "products/verify", "reports")),
    *(f"{head}/json_{name}" for head in ("", "/api") for name in ("creation/", "portal/generate")),
)
#: the published client reads by POST, page after page
_READ_BY_POST = ("_filtered_ordered", "lumisections", "lumisection_ranges", "_by_component", "portal/json")
_WORDS = {
    PRESSES: "the pages ask",
    WRITTEN: "writes",
    QUESTIONS: "questions that take long",
    REFUSED: "tokens or logins that do not hold",
}
_REST_S = 5.0
_MOST_KNOWN = 1000


class OneAtATime(MemoryStorage):
    """A process's own counters; the library's own may start the thread that clears them twice, which fails."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = threading.Lock()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in turn."""
        with self._turn:
            return super().incr(key, expiry, amount)


@dataclass
class Limits:
    """What is counted, by all hosts that share a Redis; where that is away, each process counts alone."""

    of: dict[str, int]
    shared: Storage
    alone: Storage = field(default_factory=OneAtATime)
    clock: Callable[[], float] = time.monotonic
    _away_until: float = 0.0
    #: digests of tokens that held: whoever fails beside them, they go on
    _known: dict[bytes, None] = field(default_factory=dict)

    def count(self, what: str, who: str) -> None:
        """Count one more.

        Raises:
            TooMany: that is more than one may in a minute.
        """
        if most := self.of[what]:
            self._on(lambda s: s.hit(RateLimitItemPerMinute(most), what, who), what, who)

    def note(self, what: str, who: str) -> None:
        """Count one more that was refused anyway."""
        with suppress(TooMany):
            self.count(what, who)

    def look(self, what: str, who: str) -> None:
        """Ask whether one more may be, without counting it.

        Raises:
            TooMany: it may not.
        """
        if most := self.of[what]:
            self._on(lambda s: s.test(RateLimitItemPerMinute(most), what, who), what, who)

    def remember(self, token: str) -> None:
        """Remember that a token held."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[_digest(token)] = None

    def has_held(self, token: str) -> bool:
        """Tell whether a token held before."""
        return _digest(token) in self._known

    def reset(self) -> None:
        """Forget what was counted."""
        self.shared.reset()
        self.alone.reset()

    def _on(self, ask: Callable[[SlidingWindowCounterRateLimiter], bool], what: str, who: str) -> None:
        if self.clock() >= self._away_until:
            try:
                return self._require(SlidingWindowCounterRateLimiter(self.shared), ask, what, who)
            except StorageError as error:
                self._away_until = self.clock() + _REST_S
                log.warning("what the hosts share does not count: %s", type(error.storage_error).__name__)
        return self._require(SlidingWindowCounterRateLimiter(self.alone), ask, what, who)

    def _require(
        self,
        counter: SlidingWindowCounterRateLimiter,
        ask: Callable[[SlidingWindowCounterRateLimiter], bool],
        what: str,
        who: str,
    ) -> None:
        if not ask(counter):
            most = self.of[what]
            until = counter.get_window_stats(RateLimitItemPerMinute(most), what, who).reset_time
            left = max(1, min(60, round(until - time.time()) + 1))
            raise TooMany(f"That is more than {most} {_WORDS[what]} in a minute: wait {left} s.", left)


def install(server: Flask, settings: Settings) -> None:
    """Count what is asked, once it is known by whom."""
    redis = settings.redis_url.get_secret_value()
    of = {
        PRESSES: settings.rate_presses_per_min,
        WRITTEN: settings.rate_writes_per_min,
        QUESTIONS: settings.rate_questions_per_min,
        REFUSED: settings.rate_refused_per_min,
    }
    server.extensions[LIMITS] = Limits(of, _shared(redis) if redis else OneAtATime())
    server.before_request(count)


def _shared(redis: str) -> Storage:
    patience = {"socket_timeout": 1.0, "socket_connect_timeout": 0.5}
    return cast(Storage, storage_from_string(redis, wrap_exceptions=True, **patience))


def limits() -> Limits:
    """Return what this application counts."""
    found: Limits = current_app.extensions[LIMITS]
    return found


def count() -> None:
    """Count this request for its asker.

    Raises:
        TooMany: it is one too many.
    """
    what = _kind(request.method, request.path)
    if what:
        limits().count(what, g.identified.name if "identified" in g else address())


def know_by_token(token: str) -> None:
    """Find out whom a token stands for, unless too many came from the same place that stood for nobody.

    Raises:
        Unidentified: for nobody.
        TooMany: nobody looked.
    """
    if not limits().has_held(token):
        limits().look(REFUSED, address())
    try:
        here.identified()
    except Unidentified:
        limits().note(REFUSED, address())
        raise
    limits().remember(token)


def address() -> str:
    """Return where the request comes from; the proxy that proved itself may say for whom it asks."""
    came_from = request.remote_addr or "here"
    how = here.settings()
    if how.auth == "proxy" and proxy.is_proven(request, how):
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()[:64] or came_from
    return came_from


def _kind(method: str, path: str) -> str:
    if path == "/_dash-update-component":
        return PRESSES
    if path.startswith(DEAR):
        return QUESTIONS
    is_read = method not in WRITES or (not path.startswith(_V1) and path.endswith(_READ_BY_POST))
    return "" if is_read else WRITTEN


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
