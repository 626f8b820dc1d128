"""One query, in the process made for it: limits first, then DuckDB over one snapshot, then an answer."""

import json
import resource
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from model.columnar.snapshots import Snapshot, snapshot
from model.errors import Invalid, RunRegistryError, Stopped
from model.sandbox.encode import ENCODERS
from model.sandbox.guard import Checked, check, sentence
from model.sandbox.limits import FORMATS, LONGEST_SQL, Limits

_BATCH = 2_048
_FILES = 256
_MIB = 2**20


@dataclass(frozen=True)
class Question:
    """What somebody asks."""

    sql: str
    sequence: int
    rows: int
    format: str = "json"

    @staticmethod
    def read(said: Mapping[str, Any]) -> "Question":
        """Return the question that was sent.

        Raises:
            Invalid: it makes no sense.
        """
        sql, kind = str(said.get("sql", "")), str(said.get("format", "json"))
        if not sql.strip():
            raise Invalid("There is no statement.")
        if len(sql) > LONGEST_SQL:
            raise Invalid(f"The statement has {len(sql):,} characters; {LONGEST_SQL:,} are the most.")
        if kind not in FORMATS:
            raise Invalid(f"“{kind[:20]}” is no format; {', '.join(FORMATS)} are.")
        sequence, rows = said.get("sequence"), said.get("rows")
        if type(sequence) is not int or type(rows) is not int or sequence < 0 or rows < 0:
            raise Invalid("sequence and rows must be whole numbers, not negative.")
        return Question(sql, sequence, rows, kind)


def bind(limits: Limits) -> None:
    """Take away what no query needs: more memory, time or files than its share, and every write to a disk."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    # addresses, not pages in use: threads and allocators reserve more than they touch
    space = pages * resource.getpagesize() + limits.memory_bytes * 5 // 4 + limits.answer_bytes * 4 + 512 * _MIB
    seconds = int(limits.time_s * limits.threads) + 2
    for what, most in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def answer(folder: Path, said: Mapping[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Return what is said of an answer, and its bytes.

    Raises:
        RunRegistryError: the question makes no sense, or a limit was met.
    """
    question = Question.read(said)
    found = snapshot(folder, question.sequence)
    try:
        return _answer(found, question, limits)
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise Stopped(f"The query needs more than {limits.memory_mib} MiB; nothing of it is kept.") from error
    except duckdb.Error as error:
        raise Invalid(_without_paths(sentence(error), folder)) from error


def _answer(found: Snapshot, question: Question, limits: Limits) -> tuple[dict[str, Any], bytes]:
    began = time.perf_counter()
    database = opened(found, limits)
    checked = check(database, question.sql, found.manifest["tables"])
    table, kinds, why = _rows(database, checked, min(question.rows, limits.rows), limits)
    about = {
        "sequence": found.sequence,
        "recorded_at": found.manifest["recorded_at"],
        "columns": _columns(table, kinds, checked, found),
        "row_count": table.num_rows,
        "truncated": bool(why),
        "truncated_why": why,
        "elapsed_ms": round((time.perf_counter() - began) * 1000, 1),
    }
    described = table.replace_schema_metadata({"run-registry": json.dumps(about)})
    return about, ENCODERS[question.format](described, about)


def opened(found: Snapshot, limits: Limits) -> duckdb.DuckDBPyConnection:
    """Return a database in memory that sees the tables of one snapshot and nothing else, for good."""
    database = duckdb.connect(
        ":memory:",
        config={
            "threads": limits.threads,
            "memory_limit": f"{limits.memory_mib}MiB",
            "temp_directory": "",
            "max_temp_directory_size": "0B",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    files = [(name, str(found.file(name))) for name in found.manifest["tables"]]
    for name, path in files:
        database.read_parquet(path).create_view(name)
    listed = ", ".join("'" + path.replace("'", "''") + "'" for _, path in files)
    database.execute(f"SET allowed_paths = [{listed}]")
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def _rows(
    database: duckdb.DuckDBPyConnection, checked: Checked, most: int, limits: Limits
) -> tuple[pa.Table, list[str], str]:
    """Return the first rows, the type of each column, and why there are no more of them where there are."""
    relation = database.sql(checked.sql)
    kinds = [str(each).lower() for each in relation.types]
    reader = relation.limit(most + 1).to_arrow_reader(_BATCH)
    kept: list[pa.RecordBatch] = []
    rows = size = 0
    why = ""
    for batch in reader:
        if size + batch.nbytes > limits.answer_bytes:
            why = f"the answer holds more than {limits.answer_mib} MiB"
            break
        kept.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
    if not why and rows > most:
        why = f"there are more than {most:,} rows"
    return pa.Table.from_batches(kept, reader.schema).slice(0, most), kinds, why


def _columns(table: pa.Table, kinds: list[str], checked: Checked, found: Snapshot) -> list[dict[str, str]]:
    """Return name and type of each column of an answer, and the unit where it is one of ours."""
    read = [found.manifest["tables"][name] for name in checked.tables]
    units = {column["name"]: column["unit"] for each in read for column in each["columns"]}
    names = list(table.column_names)
    sources = [] if checked.sources is None else list(checked.sources) or names
    told = sources if len(sources) == len(names) else [""] * len(names)
    return [
        {"name": name, "type": kind, "unit": units.get(source, "")}
        for name, kind, source in zip(names, kinds, told, strict=True)
    ]


def _without_paths(words: str, folder: Path) -> str:
    """Return a sentence that names no place of this machine."""
    for place in {str(folder), str(folder.absolute()), str(folder.resolve())}:
        words = words.replace(place, "…")
    return words


def refusal(error: RunRegistryError) -> dict[str, Any]:
    """Return what is sent for a question that is not answered."""
    return {"refused": error.code, "sentence": str(error)}
