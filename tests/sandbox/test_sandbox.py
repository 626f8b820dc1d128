"""What the query process answers, how it refuses, and that it outlives whatever is asked."""

import io
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from model.errors import Absent, Invalid, NotFound, Stopped, TooMany
from model.sandbox.limits import Limits
from model.sandbox.sandbox import Sandbox
from tests.browser.small import FIRST
from tests.sandbox.conftest import LIMITS, Queries

_LONG = "SELECT count(*) FROM range(10000000) a, range(10000000) b"


def test_an_answer_tells_types_units_and_the_snapshot_it_is_of(queries: Queries) -> None:
    sql = "SELECT run_number, era, recorded_lumi_invpb FROM runs ORDER BY run_number"
    told = json.loads(queries.ask(sql).body)
    assert told["columns"] == [
        {"name": "run_number", "type": "integer", "unit": "1"},
        {"name": "era", "type": "varchar", "unit": ""},
        {"name": "recorded_lumi_invpb", "type": "double", "unit": "1/pb"},
    ]
    assert [row[:2] for row in told["rows"]] == [[FIRST, "2024C"], [FIRST + 1, "2024C"]]
    assert [row[2] for row in told["rows"]] == pytest.approx([6.0, 8.0])
    assert (told["sequence"], told["row_count"], told["truncated"]) == (queries.sequence, 2, False)
    assert told["recorded_at"].endswith("Z") and told["elapsed_ms"] > 0


@pytest.mark.parametrize(
    ("sql", "units"),
    [
        ("SELECT sum(recorded_lumi_invpb) AS x FROM runs", ["1/pb"]),
        ("SELECT r.recorded_lumi_invpb AS y, count(*) FROM runs r GROUP BY ALL", ["1/pb", ""]),
        ("SELECT recorded_lumi_invpb * 2 AS recorded_lumi_invpb FROM runs", [""]),
        ("SELECT n AS recorded_lumi_invpb FROM (SELECT 1 AS n)", [""]),
        ("WITH runs AS (SELECT 1 AS recorded_lumi_invpb) SELECT recorded_lumi_invpb FROM runs", [""]),
        ("SELECT * REPLACE (1 AS run_number) FROM (FROM runs SELECT run_number)", [""]),
        ("SELECT run_number, COLUMNS('^recorded.*') FROM runs", ["1", "1/pb"]),
    ],
)
def test_a_unit_is_told_only_where_the_column_is_one_of_ours(
    queries: Queries, sql: str, units: list[str]
) -> None:
    told = json.loads(queries.ask(sql).body)
    assert [each["unit"] for each in told["columns"]] == units


def test_every_format_holds_the_same_rows(queries: Queries) -> None:
    sql = "SELECT run_number, era, recorded_lumi_invpb AS lumi FROM runs ORDER BY run_number"
    rows = queries.rows(sql)
    body = {kind: queries.ask(sql, format=kind).body for kind in ("csv", "parquet", "arrow")}
    tables = (
        pyarrow.csv.read_csv(io.BytesIO(body["csv"])),
        pyarrow.parquet.read_table(io.BytesIO(body["parquet"])),
        pa.ipc.open_stream(body["arrow"]).read_all(),
    )
    for table in tables:
        assert [list(row.values()) for row in table.to_pylist()] == rows
    about = json.loads(tables[1].schema.metadata[b"run-registry"])
    assert (about["sequence"], about["columns"][2]["unit"]) == (queries.sequence, "1/pb")


def test_values_of_every_kind_have_one_spelling(queries: Queries) -> None:
    sql = """SELECT 1::HUGEINT * 170141183460469231731687303715884105727 AS big, 1.25 AS exact,
        'nan'::DOUBLE AS nan, DATE '2024-05-20' AS day, TIMESTAMP '2024-05-20 12:00:00' AS at,
        TIMESTAMPTZ '2024-05-20 12:00:00+02' AS zoned,
        [1, NULL] AS list, {'a': 1} AS pair, 'x'::BLOB AS bytes, INTERVAL 90 SECOND AS long, NULL AS nothing"""
    (row,) = queries.rows(sql)
    assert row[:3] == [2**127 - 1, 1.25, "NaN"]
    assert row[3:6] == ["2024-05-20", "2024-05-20T12:00:00Z", "2024-05-20T10:00:00Z"]
    assert row[6:9] == [[1, None], {"a": 1}, "78"]
    assert row[9:] == ["90000000000 nanoseconds", None]
    lines = queries.ask(sql, format="csv").body.decode().splitlines()
    assert '"[1, null]"' in lines[1] and "78" in lines[1]


def test_rows_and_bytes_are_cut_at_their_limits_and_the_answer_says_so(queries: Queries) -> None:
    told = json.loads(queries.ask("FROM range(1000000000000)", rows=7).body)
    assert (told["row_count"], told["truncated_why"]) == (7, "there are more than 7 rows")
    told = json.loads(queries.ask("FROM range(1000000000000)", rows=10**9).body)
    assert told["row_count"] == LIMITS.rows
    told = json.loads(queries.ask("SELECT repeat('x', 100000) FROM range(1000)").body)
    assert told["truncated"] and "MiB" in told["truncated_why"] and told["row_count"] < 100
    assert json.loads(queries.ask("FROM range(7)", rows=7).body)["truncated"] is False


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELEC 1", "line 1: SELEC 1"),
        ("SELECT nope FROM runs", 'Referenced column "nope" not found'),
        ("SELECT 1; SELECT 2", "One statement at a time: this is 2"),
        ("  -- nothing", "There is no statement"),
        ("SELECT 'a'::INT", "Could not convert"),
        ("FROM nowhere", "There are: dataset_states, datasets, history"),
    ],
)
def test_a_statement_that_is_wrong_is_refused_with_a_sentence(
    queries: Queries, sql: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match="(?s).*") as refused:
        queries.ask(sql)
    assert sentence in str(refused.value)


def test_a_snapshot_that_is_not_there_is_not_found(queries: Queries) -> None:
    with pytest.raises(NotFound):
        queries.ask("SELECT 1", sequence=queries.sequence + 1)


def test_nobody_runs_more_queries_at_once_than_allowed(
    start_queries: Callable[[Limits], Queries],
) -> None:
    few = start_queries(replace(LIMITS, time_s=30.0, memory_mib=512, each=1, at_once=2))
    gone = threading.Event()
    said: list[Exception] = []

    def wait(asker: str) -> None:
        question = {"sql": _LONG, "sequence": few.sequence, "rows": 1, "asker": asker}
        try:
            few.sandbox.ask(question, gone.is_set)
        except Stopped as error:
            said.append(error)

    waiting = [threading.Thread(target=wait, args=(asker,)) for asker in ("a.shifter", "b.expert")]
    waiting[0].start()
    _until(lambda: len(_children(few)) == 1)
    assert _is_refused(few, "a.shifter", "1 queries of yours run already")
    assert few.rows("SELECT 1", asker="b.expert") == [[1]]
    _until(lambda: len(_children(few)) == 1)
    waiting[1].start()
    _until(lambda: len(_children(few)) == 2)
    assert _is_refused(few, "r.reader", "2 queries run already")
    gone.set()
    for each in waiting:
        each.join(timeout=20)
    assert [str(each) for each in said] == ["Nobody waits for the answer any more."] * 2
    # whoever went away makes room
    _until(lambda: not _children(few))
    assert few.rows("SELECT 1") == [[1]]


def _children(queries: Queries) -> list[int]:
    pid = queries.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_refused(few: Queries, asker: str, words: str) -> bool:
    try:
        few.rows("SELECT 1", asker=asker)
    except TooMany as error:
        return words in str(error)
    return False


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def test_nonsense_on_the_socket_is_answered_or_hung_up_on(queries: Queries) -> None:
    for said in (
        b"\0\xff\n",
        b"[]\n",
        b"{}\n",
        b'{"sql": 1}\n',
        b'{"sql": "SELECT 1", "sequence": "x"}\n',
        b"x" * 300_000,
    ):
        with socket.socket(socket.AF_UNIX) as way:
            way.connect(str(queries.sandbox.address))
            way.sendall(said)
            way.shutdown(socket.SHUT_WR)
            way.settimeout(20)
            while way.recv(4096):
                pass
    assert queries.rows("SELECT 1") == [[1]]


def test_where_no_process_answers_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(Absent, match="the rest of the registry does"):
        Sandbox(tmp_path / "query.sock", tmp_path).ask({"sql": "SELECT 1"})


def test_a_process_that_is_told_to_end_ends_and_takes_its_queries_along(
    start_queries: Callable[[Limits], Queries],
) -> None:
    ending = start_queries(replace(LIMITS, time_s=60.0, memory_mib=512))
    said: list[str] = []

    def wait() -> None:
        try:
            ending.ask(_LONG)
        except (Stopped, Absent) as error:
            said.append(str(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    _until(lambda: len(_children(ending)) == 1)
    (child,) = _children(ending)
    ending.process.send_signal(signal.SIGTERM)
    assert ending.process.wait(timeout=20) == 0
    waiting.join(timeout=20)
    assert said == ["The query ended before its answer was complete."]
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert not ending.sandbox.address.exists()
