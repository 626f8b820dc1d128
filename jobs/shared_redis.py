"""What the processes of many hosts share through Redis: results, and work in the background.

Redis may go away: what it kept is computed again, what is asked of it in the background is refused with a
sentence, and both come back by themselves.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import dash
from celery import Celery
from celery.backends.redis import RedisBackend
from dash._callback_context import context_value
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from identity import here
from jobs.shared_parts import CELERY, kept_as_bytes
from model.authors import Author
from model.cache import Backend
from model.errors import Forbidden, Unreachable

log = logging.getLogger("run-registry.shared")
#: seconds for which Redis is not asked again after it did not answer: a page asks many times
_REST_S = 1.0
_CONNECT_S, _ANSWER_S = 0.5, 2.0
#: results of the past are computed again after so long
_KEPT_S = 7 * 24 * 3600
#: who asked is believed for so long: work may wait for its turn
_ASKED_S = 24 * 3600
_LONGEST_WORK_S = 3600
_ASKER = "run_registry_asker"
_NO_WORKER = (
    "Work in the background cannot begin: what the hosts share does not answer. Nothing was written; "
    "try again in a moment."
)


class Forgiving:
    """A cache on another host: where it does not answer, nothing is found and nothing is kept."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._asked_again_at = 0.0

    def get(self, key: str) -> object:
        """Return what was set, or None."""
        return self._asked(lambda: self._backend.get(key))

    def set(self, key: str, value: bytes) -> object:
        """Keep a value, where that is possible."""
        return self._asked(lambda: self._backend.set(key, value))

    def _asked(self, question: Callable[[], object]) -> object:
        if time.monotonic() < self._asked_again_at:
            return None
        try:
            return question()
        except RedisError as error:
            log.warning("the shared cache does not answer: %s", error)
            self._asked_again_at = time.monotonic() + _REST_S
            return None


class Results(RedisBackend):  # type: ignore[misc]  # celery has no types
    """Where workers put results; Dash looks for them there, so nobody waits for a word on a connection."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self.connparams["retry"] = _again()

    def _set(self, key: str, value: Any, expires: int | None = None) -> None:
        self.client.set(key, value, ex=expires or self.expires)

    def on_task_call(self, producer: Any, task_id: str) -> dict[str, Any]:
        """Wait for nothing."""
        return {}


_Manager: Any = dash.CeleryManager


class Background(_Manager):  # type: ignore[misc]  # dash has no types for it
    """Work that a worker of any host does, for whoever asked for it."""

    def __init__(self, handle: Celery, server: Flask) -> None:
        self.server = server
        super().__init__(handle)

    def make_job_fn(self, fn: Callable[..., Any], progress: Any, key: Any = None) -> Any:
        """Return the task of a callback: it knows who asked."""

        @wraps(fn)
        def told(*args: Any, **words: Any) -> Any:
            with here.speaking_for(self.server, read_asker(self.server, context_value.get()[_ASKER])):
                return fn(*args, **words)

        return super().make_job_fn(told, progress, key)

    def call_job_fn(self, key: str, job_fn: Any, args: Any, context: Any) -> Any:
        """Give a job to the workers.

        Raises:
            Unreachable: there is nobody to give it to.
        """
        by = written_asker(self.server, here.asker())
        try:
            return super().call_job_fn(key, job_fn, args, {**context, _ASKER: by})
        except (RedisError, OperationalError) as error:
            raise Unreachable(_NO_WORKER) from error

    def terminate_job(self, job: Any) -> None:
        """Kill nothing: work is called off between two pieces, through the shared cache."""

    def job_running(self, job: Any) -> Any:
        """Tell whether a job is not over; where nobody can tell it is not."""
        return _unless_away(lambda: super(Background, self).job_running(job), True)

    def get_progress(self, key: str) -> Any:
        """Return how far it is."""
        return _unless_away(lambda: super(Background, self).get_progress(key), None)

    def get_result(self, key: str, job: Any) -> Any:
        """Return what it gave."""
        return _unless_away(lambda: super(Background, self).get_result(key, job), self.UNDEFINED)

    def get_updated_props(self, key: str) -> Any:
        """Return what else it shows."""
        return _unless_away(lambda: super(Background, self).get_updated_props(key), {})


def cache(server: Flask, url: str) -> Backend:
    """Return where results are kept for all hosts."""
    where: dict[str, Any] = {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": url, "CACHE_KEY_PREFIX": "rr:"}
    where |= {"CACHE_DEFAULT_TIMEOUT": _KEPT_S, "CACHE_OPTIONS": {**_patience(), "retry": _again()}}
    return Forgiving(kept_as_bytes(server, where))


def background(server: Flask, url: str) -> "Background":
    """Return who does what callbacks ask for in the background, on whichever host."""
    handle = server.extensions[CELERY] = _celery(url)
    return Background(handle, server)


def written_asker(server: Flask, by: Author) -> str:
    """Return who asks as a text that nobody else can write.

    Raises:
        Forbidden: a program whose token allows a part of its rights: it asks through the API.
    """
    if getattr(by, "scope", None) is not None:
        raise Forbidden(f"{by.name} is a program: it asks through the API, not through pages.")
    return str(_signer(server).dumps([by.name, by.is_person, sorted(by.groups), by.full_name]))


def read_asker(server: Flask, text: str) -> Author:
    """Return who asked.

    Raises:
        BadSignature: another wrote it, or it is too old.
    """
    name, is_person, groups, full_name = _signer(server).loads(text, max_age=_ASKED_S)
    return Author(name, is_person, frozenset(groups), full_name)


def _signer(server: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(server.secret_key), salt=_ASKER)


def _celery(url: str) -> Celery:
    found = Celery("run-registry", broker=url, backend=f"{__name__}:{Results.__name__}+{url}")
    found.conf.update(
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        # a web process says at once that nobody takes its work
        task_publish_retry=False,
        broker_transport_options={**_patience(), "max_retries": 1, "interval_start": 0, "interval_max": 0.1},
        redis_socket_connect_timeout=_CONNECT_S,
        redis_socket_timeout=_ANSWER_S,
        redis_retry_on_timeout=False,
        result_backend_transport_options={"retry_policy": {"max_retries": 0}},
        # a worker waits for Redis as long as it takes
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_track_started=True,
        task_time_limit=_LONGEST_WORK_S,
        worker_hijack_root_logger=False,
    )
    return found


def _patience() -> dict[str, float]:
    return {"socket_connect_timeout": _CONNECT_S, "socket_timeout": _ANSWER_S}


def _again() -> Retry:
    """Return how often Redis is asked again at once: a connection of before its restart fails one time."""
    return Retry(NoBackoff(), 1)


def _unless_away(question: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return question()
    except (RedisError, OperationalError) as error:
        log.warning("the background does not answer: %s", error)
        return otherwise
