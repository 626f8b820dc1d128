"""`python -m jobs stream`: the process that holds the browsers' event streams."""

import argparse
import asyncio
import logging
import signal

from jobs.stream import serve
from model.db import Database
from model.follow import Follower
from settings import load


def main() -> int:
    """Run one job until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description=__doc__)
    parser.add_argument("job", choices=["stream"])
    parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    return asyncio.run(_stream())


async def _stream() -> int:
    settings = load()
    database = Database(settings.database)
    task = asyncio.ensure_future(serve(Follower(database), settings.stream_socket_path))
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return 0
    finally:
        database.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
