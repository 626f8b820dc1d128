"""A replay ends with the process that played it: the run it left in the middle is over then."""

from datetime import datetime, timedelta

from ingest.demo.load import LS_S
from model.authors import IMPORTER
from model.commands.derived import writing
from model.commands.upstream import report_run
from model.db import Database
from model.journal import sequence_now
from model.queries.datasets import lumisections
from model.queries.runs import Run, runs
from model.ranges import count


def end_replays(database: Database) -> int:
    """Say of each replayed run that nobody plays any more when it ended; return of how many."""
    with database.reading() as connection:
        left = [run for run in runs(connection, sequence_now(connection)) if run.replay and _is_open(run)]
    for run in left:
        with writing(database) as tx:
            played = count(lumisections(tx.connection, run.run_number))
            began = datetime.fromisoformat(run.upstream["start_time"])
            ended = (began + timedelta(seconds=LS_S * played)).isoformat()
            report_run(tx, run.run_number, {"end_time": ended.replace("+00:00", "Z")}, IMPORTER)
    return len(left)


def _is_open(run: Run) -> bool:
    """Return whether a run that has begun has no end yet."""
    return bool(run.upstream.get("start_time")) and run.upstream.get("end_time", "") is None
