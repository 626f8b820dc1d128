"""`python -m ingest dqm-gui --url ADDRESS`: open the datasets that the DQM GUI has; safe to run twice."""

import logging
from collections.abc import Sequence

from ingest.dqm_gui.client import samples
from model import accepted
from model.accepted import Accepted
from model.authors import IMPORTER
from model.commands.automatic import open_dataset
from model.commands.derived import writing
from model.db import Database
from model.errors import RunRegistryError
from model.journal import sequence_now
from model.queries.waiting import Waiting, waiting

log = logging.getLogger(__name__)


def look(database: Database, url: str) -> int:
    """Ask the GUI once, and open what it has; return how many datasets it had.

    Raises:
        Unreachable: the GUI gave no usable answer; nothing was written.
    """
    with database.reading() as connection:
        at = sequence_now(connection)
        rows, wanted = accepted.accepted(connection, at), waiting(connection, at)
    if not wanted:
        log.info("no dataset waits for the DQM GUI")
        return 0
    there = samples(url)
    done = sum(_open(database, one, rows, there.get(one.run_number, ())) for one in wanted)
    log.info("%d of %d waiting datasets are in the DQM GUI", done, len(wanted))
    return done


def _open(database: Database, one: Waiting, rows: Sequence[Accepted], names: Sequence[str]) -> bool:
    patterns = accepted.of_run(rows, one.run_number, one.run_class).get(one.name, ())
    try:
        matching = list(accepted.try_patterns(patterns, names).matching)
        if not matching:
            return False
        # a transaction of its own: a shifter's edit waits for one dataset, not for all of them
        with writing(database) as tx:
            return open_dataset(tx, (one.run_number, one.name), matching, IMPORTER) > 0
    except RunRegistryError as error:
        log.warning("run %d %s: %s", one.run_number, one.name, error)
        return False
