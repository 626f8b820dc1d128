"""Bring what the tests need, try it out, and say plainly what could not be had."""

import sys
from collections.abc import Callable

from tests.provision import Unavailable, axe, browser, postgres, redis


def _browser() -> str:
    path = browser.get_browser()
    return f"{browser.try_out()} ({path})"


def _postgres() -> str:
    with postgres.PostgresServer() as server:
        return f"PostgreSQL {server.version()} ({server.binaries})"


def _axe() -> str:
    return f"{axe.PACKAGE} ({axe.get_script()})"


def _redis() -> str:
    with redis.RedisServer() as server:
        return f"answers on port {server.port} ({redis.find_binary()})"


def main() -> int:
    """Return 0 when everything was had and works, else 1."""
    missing = 0
    needs: tuple[tuple[str, Callable[[], str]], ...] = (
        ("browser", _browser),
        ("PostgreSQL", _postgres),
        ("Redis", _redis),
        ("accessibility checker", _axe),
    )
    for name, bring in needs:
        try:
            sys.stdout.write(f"{name}: {bring()}\n")
        except Unavailable as reason:
            missing += 1
            sys.stdout.write(f"{name}: MISSING. {reason}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
