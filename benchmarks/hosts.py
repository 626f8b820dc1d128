"""`make hosts`: viewers and writers on two hosts and a backup; a host, Redis, PostgreSQL die and return.

`python -m benchmarks.hosts [--seconds 300] [--break-s 60] [--viewers 200] [--writers 20]`. Who is not answered
asks the other host, as behind a load balancer; who writes says the same again under the same key.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import backed_up
from benchmarks.cluster import Cluster
from benchmarks.crowd import Crowd, prepare
from benchmarks.survival import Check
from model import journal, replay
from model.db import Database
from model.leases import holders

_DOWN_S = 5.0
_LEASED = "webhooks"
#: what kills something, and what starts it again
_How = tuple[Callable[[], None], Callable[[], None]]


@dataclass(frozen=True)
class Size:
    """How many, for how long: undisturbed, and around each break; processes of each web server."""

    viewers: int = 200
    writers: int = 20
    seconds: float = 300.0
    break_s: float = 60.0
    workers: int = 2


def together(folder: Path, size: Size | None = None) -> Iterator[Check]:
    """Start everything, let them work, break one thing after the other, and compare with the journal."""
    size = size or Size()
    home = folder / "hosts"
    home.mkdir()
    with Cluster(home, size.workers) as cluster:
        prepare(cluster.database, size.writers)
        with cluster.database.reading() as connection:
            before = journal.sequence_now(connection)
        done = cluster.in_background(cluster.hosts[1].port)
        said = str((done or {}).get("response", {}).get("work-done"))
        yield Check("background work", "jobs worker", "a report asked of host two", said, "refused" in said)
        crowd = Crowd([host.port for host in cluster.hosts], size.viewers, size.writers)
        who = f"{size.viewers} viewers, {size.writers} writers, 2 hosts"
        with crowd:
            crowd.settle()
            yield _undisturbed(crowd, size.seconds, who)
            yield from backed_up.under_load(cluster, crowd, home / "backups", size.break_s)
            for what, kill, again in _breaks(cluster):
                yield _broken(crowd, what, size.break_s, (kill, again))
            yield _undisturbed(crowd, min(size.seconds, 10.0), f"{who}, after it all")
        yield _leased(cluster)
        yield from _nothing_lost(cluster.database, before, crowd, home)
        yield from backed_up.restored(cluster, home / "backups")


def _breaks(cluster: Cluster) -> list[tuple[str, Callable[[], None], Callable[[], None]]]:
    one = cluster.hosts[0]
    return [
        ("one host", lambda: one.end(signal.SIGKILL), one.start),
        ("Redis", cluster.redis.kill, cluster.redis.start),
        ("PostgreSQL", cluster.postgres.kill, cluster.postgres.again),
    ]


def _undisturbed(crowd: Crowd, seconds: float, who: str) -> Check:
    phase = crowd.begin("undisturbed")
    time.sleep(seconds)
    crowd.begin("between")
    holds = not phase.trouble and bool(phase.reads) and bool(phase.writes)
    return Check("all is well", f"{seconds:g} s", who, phase.printed, holds)


def _broken(crowd: Crowd, what: str, seconds: float, how: _How) -> Check:
    kill, again = how
    phase = crowd.begin(what)
    start = time.monotonic()
    kill()
    time.sleep(min(_DOWN_S, seconds / 3))
    again()
    back_s = time.monotonic() - start
    left = seconds - back_s
    time.sleep(max(left, 2.0))
    crowd.begin("between")
    crowd.wait_until_answered()
    printed = f"back after {back_s:.1f} s; {phase.printed}"
    # each refusal has its sentence, and nobody is answered by a failure
    return Check(f"{what} killed and started again", f"{seconds:g} s", "", printed, not phase.failures)


def _leased(cluster: Cluster) -> Check:
    with cluster.database.reading() as connection:
        found = holders(connection)
    printed = f"{_LEASED}: done by host {found.get(_LEASED, 'none')}"
    return Check("one host does what one does", "leases", "", printed, _LEASED in found)


def _nothing_lost(database: Database, before: int, crowd: Crowd, folder: Path) -> Iterator[Check]:
    times: Counter[str] = Counter()
    at: dict[str, int] = {}
    with database.reading() as connection:
        for entry in journal.entries(connection, before):
            times[entry.comment] += 1
            at[entry.comment] = entry.sequence
    told = crowd.acknowledged
    lost = [key for key in told if not times[key]]
    twice = [key for key in told if times[key] > 1]
    elsewhere = [key for key, sequence in told.items() if at.get(key) != sequence]
    unasked = [key for key in times if key not in told]
    printed = (
        f"{len(told):,} writes acknowledged; lost {len(lost)}, twice {len(twice)}, at another sequence than "
        f"said {len(elsewhere)}, in the journal and never acknowledged {len(unasked)}, given up "
        f"{len(crowd.given_up)}; repeated until answered {crowd.repeated:,}"
    )
    holds = bool(told) and not (lost or twice or elsewhere or unasked or crowd.given_up)
    yield Check("each acknowledged write is there once", "GET journal", "all of the above", printed, holds)
    with database.reading() as connection:
        head = journal.verify(connection)
        target = Database(f"sqlite:///{folder}/replayed.sqlite")
        target.upgrade()
        with target.writing() as other:
            replay.replay(connection, other)
        with target.reading() as other:
            unlike = list(replay.differences(connection, other))
    target.dispose()
    printed = f"{head.sequence:,} events verify; projections that a replay gives otherwise: {unlike or 'none'}"
    yield Check("the journal of it", "journal verify, replay", "the same", printed, not unlike)


def main() -> int:
    """Run it and print the report; return 1 where something was lost or failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=Size.viewers)
    parser.add_argument("--writers", type=int, default=Size.writers)
    parser.add_argument("--seconds", type=float, default=Size.seconds, help="undisturbed")
    parser.add_argument("--workers", type=int, default=Size.workers, help="processes of each web server")
    parser.add_argument("--break-s", type=float, default=Size.break_s, help="around each break")
    asked = parser.parse_args()
    failed = 0
    threading.stack_size(256 * 1024)
    with tempfile.TemporaryDirectory(prefix="run-registry-hosts-") as name:
        for check in together(Path(name), Size(**vars(asked))):
            failed += not check.holds
            word = "held" if check.holds else "FAILED"
            print(f"{word:>7}  {check.name} [{check.command}; {check.data}]: {check.printed}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
