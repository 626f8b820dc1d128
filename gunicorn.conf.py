"""How gunicorn serves the Run Registry: a few processes of threads, warm before the first visitor."""

from threading import Thread

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from werkzeug.test import Client

from identity.here import WARMING
from model import replay
from model.db import Database
from model.registry import registry
from settings import load

_settings = load()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = _settings.workers
threads = _settings.threads
# longer than the minute after which proxies close an idle connection
keepalive = 75
timeout = 60
graceful_timeout = 5
# an address carries a whole filter
limit_request_line = 8190
# nothing here is steered through gunicorn's socket in the home folder
control_socket_disable = True


def on_starting(_server: Arbiter) -> None:
    """Bring the database up to date once, before workers could do it all at the same time."""
    database = Database(_settings.database)
    replay.upgrade(database)
    database.dispose()


def post_worker_init(worker: Worker) -> None:
    """Answer Dash's first three questions once, so that no visitor waits for imports and layouts."""
    browser = Client(worker.wsgi)
    for path in ("/", "/_dash-layout", "/_dash-dependencies"):
        status = browser.get(path, environ_overrides={WARMING: True}).status_code
        if status >= 500:
            worker.log.warning("warming %s: HTTP %s", path, status)
    # seconds in a full registry: beside the first requests, not before them
    Thread(target=registry().warm, name="warming", daemon=True).start()
