"""How gunicorn serves the Run Registry: a few processes of threads, warm before the first visitor."""

import os
import shutil
from threading import Thread

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from werkzeug.test import Client

import logs
from identity.here import WARMING
from model import replay
from model.db import Database
from model.registry import registry
from model.settled import settle
from settings import load

# workers add up what they count in files of this folder; the library reads the variable when it is imported
_counted = load().data_dir.absolute() / "metrics"
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_counted)
load.cache_clear()
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
if _settings.log_format == "json":
    logconfig_dict = logs.of_server()


def on_starting(_server: Arbiter) -> None:
    """Bring the database up to date once, before workers could do it all at the same time; count from zero."""
    shutil.rmtree(_counted, ignore_errors=True)
    _counted.mkdir(parents=True)
    database = Database(_settings.database)
    replay.upgrade(database)
    database.dispose()


def child_exit(_server: Arbiter, worker: Worker) -> None:
    """Forget what a worker that ended had in use; what it counted stays counted."""
    # imported here: it reads the variable above when it is imported, for all that are forked after
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def post_worker_init(worker: Worker) -> None:
    """Answer Dash's first three questions once, so that no visitor waits for imports and layouts."""
    browser = Client(worker.wsgi)
    for path in ("/", "/_dash-layout", "/_dash-dependencies"):
        status = browser.get(path, environ_overrides={WARMING: True}).status_code
        if status >= 500:
            worker.log.warning("warming %s: HTTP %s", path, status)
    # seconds in a full registry: beside the first requests, not before them
    Thread(target=settle, args=(registry(),), name="warming", daemon=True).start()
