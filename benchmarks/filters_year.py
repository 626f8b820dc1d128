"""Filters over 30,000 datasets × 25 columns, and the table of their runs, on PostgreSQL."""

import json
from collections.abc import Iterator

from sqlalchemy import Connection

from benchmarks import grid_made_up
from benchmarks.harness import Figure, timed
from model.db import Database
from model.filters.language import Filter, parse
from model.filters.sql import matching
from model.journal import sequence_now
from model.run_table.choice import RunChoice, count, window
from model.run_table.rows import rows
from tests.provision.postgres import PostgresServer

DATASETS = 30_000
_FILTERS = {
    "one column BAD somewhere": ["cell", "tracker-pixel", "BAD", "any"],
    "at least 50 LS BAD": ["cell", "tracker-strip", "BAD", "lumisections", 50],
    "at least 20 /pb STANDBY": ["cell", "dt-dt", "STANDBY", "invpb", 20],
    "something open in a workspace": {
        "or": [
            ["cell", f"tracker-{c}", s, "any"] for c in ("track", "pixel", "strip") for s in ("EMPTY", "NOTSET")
        ]
    },
    "GOOD everywhere, but BAD elsewhere": {
        "and": [["cell", "hlt-hlt", "GOOD", "all"], ["cell", "rpc-rpc", "BAD", "any"]]
    },
    "long significant runs of two weeks": {
        "and": [["significant"], ["duration_s", ">", 7200], ["started", ">=", "2052-11-01"]]
    },
    "a run range, not one column": {
        "and": [["run_number", ">", 310_000], {"not": ["cell", "gem-gem", "GOOD", "all"]}]
    },
}
_TABLES = {
    "newest first": RunChoice(),
    "long significant ones, most luminosity first": RunChoice(
        parse('{"and": [["significant"], ["duration_s", ">", 7200]]}'), field="recorded_invpb"
    ),
    "a column BAD on prompt, by start": RunChoice(
        parse('["cell", "tracker-pixel", "BAD", "any"]'), "prompt", field="start_us"
    ),
}


def figures() -> Iterator[Figure]:
    """Yield a line per filter; the first thousand rows are read."""
    server = PostgresServer()
    server.start()
    try:
        database = Database(server.create_database("filters"))
        database.upgrade()
        grid_made_up.build(database, DATASETS)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # as a store that has been in use for a while has done by itself
            connection.exec_driver_sql("VACUUM ANALYZE")
        with database.reading() as connection:
            at = sequence_now(connection)
            for name, node in _FILTERS.items():
                yield _asked(connection, name, parse(json.dumps(node)), at)
            for name, choice in _TABLES.items():
                yield _block(connection, name, choice, at)
        database.dispose()
    finally:
        server.stop()


def _asked(connection: Connection, name: str, wanted: Filter, at: int) -> Figure:
    found = len(matching(connection, wanted, at, DATASETS))
    seconds = timed(lambda: matching(connection, wanted, at, 1_000), 20)
    what = f"{DATASETS:,} datasets, PostgreSQL, made up"
    return Figure(f"filter: {name}", what, seconds, None, 0.15, True, f"{found:,} match")


def _block(connection: Connection, name: str, choice: RunChoice, at: int) -> Figure:
    found = count(connection, choice, at)
    half = found // 2

    def read() -> None:
        rows(connection, window(connection, choice, at, half, 100)[0], at)

    what = f"{DATASETS:,} runs, PostgreSQL, made up"
    note = f"{found:,} in it; 100 of them from the middle"
    return Figure(f"run table: {name}", what, timed(read, 20), None, 0.15, True, note)
