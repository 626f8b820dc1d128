"""Importing: checked first, then written run by run; killed, repeated and corrected imports are safe."""

import logging
from pathlib import Path

import numpy as np
import pytest

import settings
from ingest import __main__ as cli
from ingest import run as ingest_run
from model import journal
from model.db import Database
from model.queries import datasets, luminosities, runs

HEADER = (
    "run_number,lumisection_number,era,delivered_lumi_per_lumisection,recorded_lumi_per_lumisection,pileup,"
    "physics_flag,fill_number,prescale_index,prescale_name,beams_stable,cms_active,bpix_ready,fpix_ready,"
    "tibtid_ready,tob_ready,tecp_ready,tecm_ready,ebm_ready,ebp_ready,eem_ready,eep_ready,esm_ready,esp_ready"
)
KIND = "oms-lumisections"
RUNS = (380001, 380002, 380003)


def _row(run: int, lumisection: int, recorded: str = "0.1") -> str:
    bits = ",".join(["true"] * 14)
    return f"{run},{lumisection},2024C,0.2,{recorded},40.0,true,9600,1,2p0E34,{bits}"


def _table(path: Path, change: dict[tuple[int, int], str] | None = None) -> Path:
    words = change or {}
    rows = [_row(run, n, words.get((run, n), "0.1")) for run in RUNS for n in range(1, 6)]
    return _written(path, HEADER, *rows)


def _written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def here(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Let the command line write into a fresh database."""
    monkeypatch.setattr(cli, "settings", lambda: settings.Settings(database_url=database.url))
    return database


def _head(database: Database) -> journal.Head:
    with database.reading() as connection:
        return journal.verify(connection)


def _runs(database: Database) -> list[int]:
    with database.reading() as connection:
        return [run.run_number for run in runs.runs(connection)]


def test_a_good_file_is_written_run_by_run_and_the_journal_verifies(here: Database, tmp_path: Path) -> None:
    assert cli.main([KIND, str(_table(tmp_path / "oms.csv"))]) == 0
    assert _runs(here) == list(RUNS)
    assert _head(here).sequence == 2 * len(RUNS) + 1
    with here.reading() as connection:
        assert datasets.lumisections(connection, 380002) == ((1, 5),)
        last = list(journal.entries(connection))[-1]
        assert {e.action for e in journal.entries(connection) if e.run_number} == {1}
    assert last.event.payload()["counts"] == {"runs": 3}


def test_a_bad_file_is_refused_and_the_database_is_as_before(
    here: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cli.main([KIND, str(_table(tmp_path / "good.csv"))])
    before = _head(here)
    bad = _table(tmp_path / "bad.csv", {(380002, 3): "much", (380003, 1): "more"})
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        assert cli.main([KIND, str(bad)]) == 2
    assert _head(here) == before
    said = [record.getMessage() for record in caplog.records]
    assert [line.split(": ")[0] for line in said[:2]] == ["bad.csv:9", "bad.csv:12"]
    assert "2 bad records; nothing was written" in said[-1]


def test_the_good_runs_of_a_bad_file_are_written_when_asked_for(here: Database, tmp_path: Path) -> None:
    bad = _table(tmp_path / "bad.csv", {(380002, 3): "much"})
    assert cli.main([KIND, str(bad), "--skip-bad"]) == 1
    assert _runs(here) == [380001, 380003]


def test_a_file_that_is_no_table_is_refused_even_then(here: Database, tmp_path: Path) -> None:
    other = tmp_path / "letter.csv"
    other.write_text("Dear shifter,\n", encoding="utf-8")
    assert cli.main([KIND, str(other), "--skip-bad"]) == 2
    assert cli.main([KIND, str(tmp_path / "none.csv")]) == 2
    assert _head(here).sequence == 0


def test_the_same_file_again_writes_nothing_under_any_name(here: Database, tmp_path: Path) -> None:
    path = _table(tmp_path / "oms.csv")
    cli.main([KIND, str(path)])
    before = _head(here)
    assert cli.main([KIND, str(path)]) == 0
    assert cli.main([KIND, str(path.rename(tmp_path / "copy.csv"))]) == 0
    assert _head(here) == before


def test_a_killed_import_resumes_after_what_it_had_written(
    here: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _table(tmp_path / "oms.csv")
    write, written = ingest_run.write, []

    def dying(record: object, tx: journal.Transaction) -> None:
        if len(written) == 2:
            raise KeyboardInterrupt
        write(record, tx)
        written.append(record)

    monkeypatch.setattr(ingest_run, "write", dying)
    # a clock by which every piece ends after its first run
    ticks = iter(np.arange(0.0, 1000.0, 0.05).tolist())
    monkeypatch.setattr(ingest_run, "_PIECE_S", 0.06)
    monkeypatch.setattr(ingest_run.time, "monotonic", lambda: next(ticks))
    with pytest.raises(KeyboardInterrupt):
        cli.main([KIND, str(path)])
    assert _runs(here) == [380001, 380002]
    before = _head(here)
    monkeypatch.undo()
    assert ingest_run.import_file(here, _kind(), path) == 0
    assert _runs(here) == list(RUNS)
    with here.reading() as connection:
        assert {e.run_number for e in journal.entries(connection, before.sequence)} == {380003, None}


def _kind() -> ingest_run.Kind:
    """Return the kind of the tables above."""
    from ingest.files import KINDS

    return KINDS[KIND]


def test_a_later_file_with_other_luminosity_is_a_correction_by_upstream(here: Database, tmp_path: Path) -> None:
    cli.main([KIND, str(_table(tmp_path / "first.csv"))])
    before = _head(here).sequence
    assert cli.main([KIND, str(_table(tmp_path / "second.csv", {(380002, 3): "0.15"}))]) == 0
    with here.reading() as connection:
        changed = [e.event.kind for e in journal.entries(connection, before)]
        then = luminosities.luminosity(connection, 380002, at=before)
        now = luminosities.luminosity(connection, 380002)
    assert changed == ["lumisections-changed", "import-finished"]
    assert then is not None
    assert now is not None
    assert (then.recorded_invpb[2], now.recorded_invpb[2]) == (0.1, 0.15)
