"""The worker: does on any host what browsers asked for in the background."""

import logging
import os
import sys

from settings import Settings

log = logging.getLogger("run-registry.worker")
#: a process that did so many pieces of work makes room for a fresh one
_PIECES = 100


def command(settings: Settings) -> list[str]:
    """Return what is run: Celery's worker over the application, named as the server names it to gunicorn."""
    asked = ["--app", "app:worker", "--quiet", "worker", "--without-gossip", "--without-mingle"]
    asked += ["--hostname", f"worker@{settings.here}", "--concurrency", str(settings.worker_processes)]
    return [sys.executable, "-m", "celery", *asked, "--max-tasks-per-child", str(_PIECES), "--loglevel", "INFO"]


def run(settings: Settings) -> int:
    """Become the worker; return 2 where there is nothing to share work through."""
    if not settings.redis_url.get_secret_value():
        log.error("REDIS_URL is not set: each host does its background work itself, and no worker is needed.")
        return 2
    words = command(settings)
    return os.execv(words[0], words)
