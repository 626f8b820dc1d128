"""Statements that want more than to read the tables: refused, or ended at a limit; the process lives on."""

import contextlib
import re
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from model.errors import Invalid, RunRegistryError, Stopped
from tests.sandbox.conftest import LIMITS, Queries

_DEEP = 20_000
#: refused before anything runs
REFUSED = [
    # files
    "COPY runs TO 'stolen.csv'",
    "COPY (SELECT 1) TO '/tmp/stolen.parquet' (FORMAT parquet)",
    "COPY runs FROM '/etc/passwd'",
    "EXPORT DATABASE 'stolen'",
    "IMPORT DATABASE 'stolen'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_json('/etc/hostname')",
    "SELECT * FROM read_ndjson_objects('/etc/hostname')",
    "SELECT * FROM read_parquet('../000000000001/runs.parquet')",
    "SELECT * FROM parquet_metadata('runs.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/**')",
    "SELECT * FROM '/etc/passwd'",
    "FROM 'runs.parquet'",
    'FROM "/etc/passwd"',
    "SELECT * FROM 'registry.sqlite'",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "WITH x AS (FROM read_text('/etc/passwd')) FROM x",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT 1 WHERE EXISTS (FROM glob('/*'))",
    "SELECT [x FOR x IN (SELECT list(file) FROM glob('/*'))]",
    "(SELECT 1) UNION ALL (SELECT 1 FROM read_blob('/etc/passwd'))",
    # the database itself
    "ATTACH 'registry.sqlite' AS r (TYPE sqlite)",
    "ATTACH ':memory:' AS other",
    "DETACH memory",
    "USE system",
    "INSTALL httpfs",
    "LOAD httpfs",
    "INSTALL sqlite FROM community",
    "UPDATE EXTENSIONS",
    "CHECKPOINT",
    "VACUUM",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "CALL pragma_version()",
    "SET memory_limit = '100GB'",
    "SET threads TO 128",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET enable_external_access = true",
    "SET VARIABLE x = 1",
    "CREATE SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')",
    "SELECT getenv('HOME')",
    "SELECT current_setting('allowed_paths')",
    "SELECT 'allowed_paths'.current_setting()",
    "SELECT getvariable('x')",
    "SELECT write_log('x')",
    "SELECT sleep_ms(100000)",
    "SELECT pg_sleep(100)",
    "SELECT system.main.version()",
    # system tables
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_views()",
    "SELECT sql FROM duckdb_views",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_external_file_cache()",
    "SELECT * FROM duckdb_logs",
    "SELECT * FROM information_schema.tables",
    "SELECT view_definition FROM information_schema.views",
    "SELECT * FROM pg_catalog.pg_views",
    "SELECT definition FROM pg_views",
    "SELECT * FROM sqlite_master",
    "SELECT pg_get_viewdef(1)",
    "SELECT * FROM pragma_storage_info('runs')",
    "SELECT * FROM pragma_database_list",
    "WITH duckdb_views AS (SELECT 1) SELECT * FROM duckdb_views",
    "SELECT * FROM (WITH sqlite_master AS (SELECT 1) FROM sqlite_master) a, sqlite_master",
    "SELECT * FROM memory.main.runs",
    "SHOW ALL TABLES",
    "SHOW DATABASES",
    "DESCRIBE FROM read_text('/etc/passwd')",
    "SUMMARIZE FROM duckdb_settings()",
    # SQL in texts
    "SELECT * FROM query('SELECT * FROM duckdb_settings()')",
    "SELECT * FROM query_table('duckdb_settings')",
    "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT json_serialize_plan('SELECT * FROM runs')",
    "PREPARE p AS SELECT * FROM duckdb_settings()",
    "EXECUTE p",
    "EXPLAIN ANALYZE SELECT * FROM runs",
    # more than reading
    "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE MACRO m() AS TABLE SELECT * FROM duckdb_settings()",
    "CREATE OR REPLACE VIEW runs AS SELECT 1",
    "CREATE TYPE t AS ENUM ('a')",
    "DROP VIEW runs",
    "ALTER TABLE runs RENAME TO r",
    "INSERT INTO runs VALUES (1)",
    "UPDATE runs SET era = 'x'",
    "DELETE FROM runs",
    "TRUNCATE runs",
    "MERGE INTO runs USING runs r ON true WHEN MATCHED THEN DELETE",
    "BEGIN",
    "COMMIT",
    "PIVOT runs ON era USING count(*)",
    # several, and hidden ones
    "SELECT 1; DROP VIEW runs",
    "SELECT 1; SELECT * FROM duckdb_settings()",
    "SELECT 1 /* ; */; COPY runs TO 'x'",
    "/* SELECT */ COPY runs TO 'x'",
    "-- SELECT 1\nCOPY runs TO 'x'",
    "\ufeffCOPY runs TO 'x'",
    "SELECT * FROM \u202educkdb_settings()",
    "SELECT * FROM DuckDB_Settings()",
    'SELECT * FROM "duckdb_settings"()',
    "SELECT\u00a0*\u00a0FROM\u00a0read_text('/etc/passwd')",
    "SELECT E'\\x00' FROM read_text('/etc/pass' || 'wd')",
    "SELECT * FROM arrow_scan(1, 2, 3)",
    "SELECT * FROM pandas_scan(140000000000000)",
    "SELECT * FROM python_map_function()",
    "SELECT * FROM sys",
    "SELECT * FROM seq_scan()",
    "SELECT $1",
    "SELECT ?",
    f"SELECT {'(' * _DEEP}1{')' * _DEEP}",
    f"SELECT {'-' * 2}1; {'SELECT 1;' * 1_000}",
    f"SELECT {'+'.join(['1'] * 9_000)}",
    f"SELECT {'[' * 9_000}{']' * 9_000}",
]
#: ended at a limit of time or memory
STOPPED = [
    "SELECT count(*) FROM range(1000000) a, range(1000000) b",
    "SELECT max(hash(a.range + b.range)) FROM range(1000000) a, range(1000000) b, range(1000000) c",
    "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT max(i) FROM x",
    "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i FROM x, range(10)) SELECT count(*) FROM x",
    "WITH RECURSIVE x(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM x) SELECT max(len(s)) FROM x",
    "SELECT repeat('x', 4000000000)",
    "SELECT len(repeat(repeat('x', 1000), 3000000))",
    "SELECT lpad('x', 2000000000, 'y')",
    "SELECT list(i) FROM range(1000000000) t(i)",
    "SELECT range(4000000000)",
    "SELECT string_agg(repeat('x', 1000), '') FROM range(10000000)",
    "SELECT sum(i) OVER (ORDER BY hash(i)) FROM range(100000000) t(i)",
    "SELECT DISTINCT hash(i) FROM range(1000000000) t(i) ORDER BY 1",
    "SELECT count(DISTINCT hash(i)) FROM range(1000000000) t(i)",
    "SELECT count(*) FROM range(100000000) a JOIN range(100000000) b ON hash(a.range) = hash(b.range)",
    "SELECT count(*) FROM lumisections a, lumisections b, lumisections c, history d, history e "
    "WHERE hash(a.dataset, b.stage) < hash(c.era)",
    "SELECT count(*) FROM range(100000000) t(i) "
    "WHERE regexp_matches(repeat('a', 500) || i, '(a?){200}a{200}b')",
    "SELECT max(levenshtein(repeat('a', 20000), repeat('b', 20000 + i))) FROM range(1000) t(i)",
    "SELECT list_reduce(range(100000000), lambda a, b: a + b)",
    "SELECT map(range(100000000), range(100000000))",
    "SELECT max(md5(repeat('x', 1000000) || i)) FROM range(1000000000) t(i)",
    "FROM range(1000000) ORDER BY (SELECT count(*) FROM range(100000000000))",
    "SELECT count(*) FROM generate_series("
    "TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 MICROSECOND)",
]
#: how a place of this machine, or the name of what is there, would look
_PLACE = re.compile(r"/\S+\.(?:parquet|sqlite|sock)|snapshots/|root:x:|DATA_DIR")


def _refusal(queries: Queries, sql: str) -> RunRegistryError:
    with pytest.raises(RunRegistryError) as refused:
        queries.ask(sql)
    said = str(refused.value)
    assert len(said) > 10
    assert str(queries.sandbox.address.parent) not in said
    assert all(place[0] in sql for place in _PLACE.finditer(said)), said
    assert _next_answer(queries) == [[2]]
    assert queries.process.poll() is None
    return refused.value


def _next_answer(queries: Queries) -> list[list[Any]]:
    """Return what the same process answers next; one that is hasty is asked again."""
    until = time.monotonic() + 60
    while True:
        try:
            return queries.rows("SELECT count(*) FROM runs")
        except Stopped:
            assert time.monotonic() < until, "it does not answer any more"


@pytest.mark.parametrize("sql", REFUSED, ids=lambda sql: sql[:50].encode("ascii", "replace").decode())
def test_what_is_not_for_here_is_refused(queries: Queries, sql: str) -> None:
    assert isinstance(_refusal(queries, sql), Invalid)


@pytest.mark.parametrize("sql", STOPPED, ids=lambda sql: sql[:60])
def test_what_needs_too_much_is_stopped(hasty: Queries, sql: str) -> None:
    assert isinstance(_refusal(hasty, sql), Stopped)


def test_there_are_enough_of_them() -> None:
    assert len({*REFUSED, *STOPPED}) == len(REFUSED) + len(STOPPED) >= 60


def test_a_query_uses_no_more_memory_than_its_share(queries: Queries) -> None:
    """What its process touches is looked at while it runs: the query's share, and the program itself."""
    refused: list[RunRegistryError] = []

    def ask() -> None:
        try:
            queries.ask("SELECT list(repeat('x', 100) || i) FROM range(1000000000) t(i)")
        except RunRegistryError as error:
            refused.append(error)

    parent, touched = psutil.Process(queries.process.pid), [0]
    asking = threading.Thread(target=ask)
    asking.start()
    while asking.is_alive():
        for child in parent.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                touched.append(child.memory_info().rss)
    asking.join()
    assert isinstance(refused[0], Stopped)
    assert 0 < max(touched) / 2**20 < 2 * LIMITS.memory_mib + 200


def test_nothing_is_left_on_the_disk(queries: Queries) -> None:
    folder = queries.sandbox.address.parent
    before = sorted(folder.rglob("*"))
    for sql in ("COPY runs TO 'x.csv'", "SELECT hash(i) FROM range(100000000) t(i) ORDER BY 1"):
        with pytest.raises(RunRegistryError):
            queries.ask(f"SELECT count(*) FROM ({sql})" if sql.startswith("SELECT") else sql)
    assert sorted(folder.rglob("*")) == before
    assert not Path("x.csv").exists()
