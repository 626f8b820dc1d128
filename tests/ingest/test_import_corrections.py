"""A file that corrects what is known: an open run takes it, a signed-off one gets a late change."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest.files import KINDS
from ingest.run import import_file
from ingest.write import write
from model import journal
from model.authors import IMPORTER
from model.commands.arrival import arrive
from model.commands.late_changes import answer_late_change
from model.commands.runs import import_run_attributes
from model.db import Database
from model.queries import late_changes, luminosities, runs, upstream
from model.queries.late_changes import LateChange, sentence
from model.ranges import canonical, short_text
from tests.ingest.test_import_run import HEADER, RUNS, _row, _table, _written
from tests.ingest.test_import_v4 import SAMPLE
from tests.model import arrivals
from tests.model.world import EXPERT

LUMISECTIONS, OF_RUNS, BRILCALC = KINDS["oms-lumisections"], KINDS["oms-runs"], KINDS["brilcalc"]
CLOSED, OPEN = RUNS[0], RUNS[1]
#: what OMS corrects on the third lumisection
OTHER = {(run, 3): "0.4" for run in RUNS}


@pytest.fixture
def closed(database: Database, tmp_path: Path) -> Iterator[Database]:
    """Give runs of a table of which one is signed off, with the calibration 19v2 on each."""
    import_file(database, LUMISECTIONS, _table(tmp_path / "first.csv"))
    import_file(database, BRILCALC, brilcalc(tmp_path / "first_lumi.csv", "19v2"))
    sign_off(database, CLOSED)
    yield database


def sign_off(database: Database, run_number: int) -> None:
    with journal.writing(database) as tx:
        import_run_attributes(tx, run_number, {"state": "SIGNOFF"}, IMPORTER, importer=IMPORTER)


def brilcalc(path: Path, calibration: str, recorded: str = "0.1", fill: int = 9600) -> Path:
    rows = [
        f"{run}:{fill},{n}:{n},05/16/24 20:55:44,STABLE BEAMS,6800,0.2,{recorded},40.3,HFET"
        for run in RUNS
        for n in range(1, 6)
    ]
    heads = f"#Data tag : {calibration} , Norm tag: None"
    columns = "#run:fill,ls,time,beamstatus,E(GeV),delivered(/pb),recorded(/pb),avgpu,source"
    return _written(path, heads, columns, *rows)


def run_table(path: Path, energy: int) -> Path:
    return _written(path, "run_number,energy,duration", *(f"{run},{energy},140" for run in RUNS))


def waiting(database: Database) -> list[LateChange]:
    with database.reading() as connection:
        return late_changes.late_changes(connection, journal.sequence_now(connection))


def recorded(database: Database, run_number: int, source: str = "OMS") -> float:
    with database.reading() as connection:
        return round(luminosities.integrated(connection, {run_number: canonical([(1, 9)])}, source)[0], 6)


def energy(database: Database, run_number: int) -> Any:
    with database.reading() as connection:
        return runs.run(connection, run_number).upstream.get("energy")


def head(database: Database) -> int:
    with database.reading() as connection:
        return journal.sequence_now(connection)


def accept(database: Database, one: LateChange) -> None:
    with journal.writing(database) as tx:
        answer_late_change(tx, one.id, EXPERT, accepted=True)


def test_a_corrected_table_changes_open_runs_and_waits_for_an_answer_on_signed_off_ones(
    closed: Database, tmp_path: Path
) -> None:
    import_file(closed, LUMISECTIONS, _table(tmp_path / "second.csv", OTHER))
    assert (recorded(closed, CLOSED), recorded(closed, OPEN)) == (0.5, 0.8)
    (one,) = waiting(closed)
    assert (one.run_number, one.kinds, one.lumisections) == (CLOSED, ("luminosity",), ((3, 3),))
    assert one.recorded_change_invpb == pytest.approx(0.3)
    accept(closed, one)
    assert recorded(closed, CLOSED) == 0.8
    with closed.reading() as connection:
        assert runs.run(connection, CLOSED).state == "SIGNOFF"


@pytest.mark.parametrize("kind", [LUMISECTIONS, OF_RUNS, BRILCALC])
def test_the_same_records_twice_record_nothing_more(closed: Database, tmp_path: Path, kind: Any) -> None:
    path = tmp_path / "again.csv"
    make = {
        LUMISECTIONS: lambda: _table(path, OTHER),
        OF_RUNS: lambda: run_table(path, 6800),
        BRILCALC: lambda: brilcalc(path, "19v2", "0.3"),
    }
    records = list(kind.read(make[kind]()))
    for times in range(2):
        before = head(closed)
        with journal.writing(closed) as tx:
            for record in records:
                write(record, tx)
        assert (head(closed) > before) == (times == 0)
    assert [one.run_number for one in waiting(closed)] == [CLOSED]


def test_a_run_table_leaves_what_waits_on_lumisections_and_adds_to_it(closed: Database, tmp_path: Path) -> None:
    import_file(closed, LUMISECTIONS, _table(tmp_path / "second.csv", OTHER))
    import_file(closed, OF_RUNS, run_table(tmp_path / "runs.csv", 6800))
    (one,) = waiting(closed)
    assert one.kinds == ("luminosity", "run: duration_s", "run: energy") and one.lumisections == ((3, 3),)
    assert (energy(closed, CLOSED), energy(closed, OPEN)) == (None, 6800)
    import_file(closed, LUMISECTIONS, _table(tmp_path / "third.csv", {(RUNS[2], 1): "0.7"}))
    (one,) = waiting(closed)
    assert one.kinds == ("run: duration_s", "run: energy") and one.lumisections == ()
    accept(closed, one)
    assert (energy(closed, CLOSED), recorded(closed, CLOSED)) == (6800, 0.5)


def test_a_new_calibration_stands_beside_the_others_even_after_the_sign_off(
    closed: Database, tmp_path: Path
) -> None:
    import_file(closed, BRILCALC, brilcalc(tmp_path / "new.csv", "24v1", "0.2"))
    assert waiting(closed) == []
    assert recorded(closed, CLOSED, "brilcalc 24v1 None") == 1.0
    assert (recorded(closed, CLOSED, "brilcalc 19v2 None"), recorded(closed, CLOSED)) == (0.5, 0.5)


def test_a_calibration_that_corrects_itself_waits_beside_what_oms_corrects(
    closed: Database, tmp_path: Path
) -> None:
    import_file(closed, LUMISECTIONS, _table(tmp_path / "second.csv", OTHER))
    import_file(closed, BRILCALC, brilcalc(tmp_path / "other.csv", "19v2", "0.3"))
    by_source = {one.source: one for one in waiting(closed)}
    mine = by_source["brilcalc 19v2 None"]
    assert sorted(by_source) == ["OMS", "brilcalc 19v2 None"]
    assert mine.kinds == ("luminosity of brilcalc 19v2 None",) and short_text(mine.lumisections) == "1–5"
    assert mine.recorded_change_invpb == pytest.approx(1.0)
    assert sentence(mine).startswith("brilcalc 19v2 None changed luminosity")
    assert recorded(closed, OPEN, "brilcalc 19v2 None") == 1.5
    accept(closed, mine)
    assert recorded(closed, CLOSED, "brilcalc 19v2 None") == 1.5
    assert [one.source for one in waiting(closed)] == ["OMS"]


def test_a_calibration_that_takes_its_correction_back_is_withdrawn(closed: Database, tmp_path: Path) -> None:
    for n, value in enumerate(("0.3", "0.1")):
        path = brilcalc(tmp_path / f"{n}.csv", "19v2", value)
        with journal.writing(closed) as tx:
            for record in BRILCALC.read(path):
                write(record, tx)
        assert len(waiting(closed)) == 1 - n


def test_a_fill_that_a_calibration_names_otherwise_waits_too(closed: Database, tmp_path: Path) -> None:
    import_file(closed, BRILCALC, brilcalc(tmp_path / "fill.csv", "24v1", fill=9601))
    (one,) = waiting(closed)
    assert (one.kinds, one.attributes) == (("run: fill_number",), {"fill_number": 9601})
    accept(closed, one)
    with closed.reading() as connection:
        assert runs.run(connection, CLOSED).fill_number == 9601


def test_a_table_says_nothing_of_bits_it_has_no_column_for(closed: Database, tmp_path: Path) -> None:
    known = {"dt0_ready": [(1, 5, True)], "physics_flag": [(1, 5, True)]}
    with journal.writing(closed) as tx:
        arrive(tx, arrivals.arrival([(1, 5)], known, run_number=OPEN), IMPORTER)
    columns = HEADER.split(",")
    chosen = [columns.index(name) for name in ("run_number", "lumisection_number", "bpix_ready")]
    lines = [line.split(",") for line in (HEADER, *(_row(OPEN, n) for n in range(1, 5)))]
    import_file(
        closed,
        LUMISECTIONS,
        _written(tmp_path / "few.csv", *(",".join(line[at] for at in chosen) for line in lines)),
    )
    with closed.reading() as connection:
        bits = upstream.bits(connection, OPEN, "online")
    assert bits == dict.fromkeys(("bpix_ready", "dt0_ready", "physics_flag"), ((1, 4, True),))
    assert recorded(closed, OPEN) == 0.4


def test_a_corrected_dump_of_v4_does_not_overwrite_what_its_sign_off_saw(
    database: Database, tmp_path: Path
) -> None:
    import_file(database, KINDS["v4"], SAMPLE)
    dump = Path(shutil.copytree(SAMPLE, tmp_path / "dump"))
    lines = [orjson.loads(line) for line in (SAMPLE / "runs.jsonl").read_bytes().splitlines()]
    closed = {line["run_number"] for line in lines if line["rr_attributes"]["state"] != "OPEN"}
    before = {number: energy(database, number) for number in closed}
    for line in lines:
        line["oms_attributes"]["energy"] = 6501
    (dump / "runs.jsonl").write_bytes(b"\n".join(orjson.dumps(line) for line in lines) + b"\n")
    import_file(database, KINDS["v4"], dump)
    assert closed and {one.run_number for one in waiting(database)} == closed
    assert {number: energy(database, number) for number in closed} == before
    for line in lines:
        if line["run_number"] not in closed:
            assert energy(database, line["run_number"]) == 6501
