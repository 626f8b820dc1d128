"""A replay ends with the process that played it: the run it left in the middle is over then."""

from datetime import datetime, timedelta

from ingest.demo.load import LS_S
from model.authors import IMPORTER
from model.commands.derived import writing
from model.commands.upstream import report_run
from model.db import Database
from model.journal import sequence_now
from model.queries.datasets import lumisections
from model.queries.runs import runs
from model.ranges import count


def end_replays(database: Database) -> int:
    """Say of each replayed run that nobody plays any more when it ended; return of how many."""
    with database.reading() as connection:
        every = runs(connection, sequence_now(connection))
    # a run that has not begun has no end to reckon
    left = [run for run in every if run.replay and run.goes_on and run.upstream.get("start_time")]
    for run in left:
        with writing(database) as tx:
            played = count(lumisections(tx.connection, run.run_number))
            began = datetime.fromisoformat(run.upstream["start_time"])
            ended = (began + timedelta(seconds=LS_S * played)).isoformat()
            report_run(tx, run.run_number, {"end_time": ended.replace("+00:00", "Z")}, IMPORTER)
    return len(left)
