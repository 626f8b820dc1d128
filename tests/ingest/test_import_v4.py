"""A dump of the system in use becomes history of ours: verdicts, authors, states."""

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest.files import KINDS
from ingest.run import import_file
from model import journal
from model.db import Database
from model.events import VerdictsGiven
from model.queries import datasets, runs, verdicts

SAMPLE = Path(__file__).parents[1] / "data" / "ingest" / "v4_sample"
Cells = dict[tuple[int, str, str], dict[int, tuple[str, str, str]]]


def _lines(name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (SAMPLE / name).read_bytes().splitlines()]


def _dumped() -> Cells:
    return {
        (row["run_number"], row["dataset_name"], row["component"]): {
            n: (status, comment, cause)
            for first, last, status, comment, cause in row["ranges"]
            for n in range(first, last + 1)
        }
        for row in _lines("rr_ls_ranges.jsonl")
    }


def _effective(database: Database) -> Cells:
    found: Cells = {}
    with database.reading() as connection:
        at = journal.sequence_now(connection)
        for run in runs.runs(connection):
            for dataset in datasets.datasets_of(connection, run.run_number):
                said = verdicts.of_dataset(connection, run.run_number, dataset.name, at)
                for column, spans in said.items():
                    found[run.run_number, dataset.name, column] = {
                        n: (v.status.name, v.comment, v.cause)
                        for v in spans
                        for n in range(v.span.first, v.span.last + 1)
                    }
    return found


@pytest.mark.parametrize("with_history", [True, False])
def test_what_counts_is_what_the_dump_says_for_every_column(
    database: Database, tmp_path: Path, *, with_history: bool
) -> None:
    dump = Path(shutil.copytree(SAMPLE, tmp_path / "dump"))
    if not with_history:
        for name in ("rr_ls_events.jsonl", "state_events.jsonl"):
            (dump / name).unlink()
    assert import_file(database, KINDS["v4"], dump) == 0
    dumped = {key: cells for key, cells in _dumped().items() if cells}
    found = _effective(database)
    assert len(dumped) > 800
    assert {key: found.get(key) for key in dumped} == dumped


def test_authors_of_the_history_are_kept_and_persons_stay_persons(database: Database) -> None:
    import_file(database, KINDS["v4"], SAMPLE)
    with database.reading() as connection:
        given = [e for e in journal.entries(connection) if isinstance(e.event, VerdictsGiven)]
    expected = {(row["by"], row["manual"]) for row in _lines("rr_ls_events.jsonl")}
    assert {(e.author, e.is_person) for e in given} == expected
    assert len(given) == len(_lines("rr_ls_events.jsonl"))


def test_every_dataset_ends_in_the_states_of_the_dump(database: Database) -> None:
    import_file(database, KINDS["v4"], SAMPLE)
    with database.reading() as connection:
        for row in _lines("datasets.jsonl"):
            if row["name"] == "online":
                continue
            states = {
                name.removesuffix("_state"): value
                for name, value in row["dataset_attributes"].items()
                if name.endswith("_state")
            }
            found = datasets.dataset(connection, row["run_number"], row["name"])
            assert {ws: found.states.get(ws) for ws in states} == states
            assert found.is_hidden == row["deleted"]
        for row in _lines("runs.jsonl"):
            assert runs.run(connection, row["run_number"]).state == row["rr_attributes"]["state"]


def test_the_same_dump_again_writes_nothing(database: Database) -> None:
    import_file(database, KINDS["v4"], SAMPLE)
    with database.reading() as connection:
        before = journal.verify(connection)
    assert import_file(database, KINDS["v4"], SAMPLE) == 0
    with database.reading() as connection:
        assert journal.head(connection) == before
