"""Dumps of the system in use: every check, one by one, on the sample with one thing changed."""

import lzma
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from ingest.files import KINDS, FileRefused
from ingest.files.records import V4Run

SAMPLE = Path(__file__).parents[1] / "data" / "ingest" / "v4_sample"
V4 = KINDS["v4"]
Line = dict[str, object]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "dump"))


def _edit(path: Path, line: int, change: Callable[[Line], object]) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    record = orjson.loads(lines[line - 1])
    change(record)
    lines[line - 1] = orjson.dumps(record) + b"\n"
    path.write_bytes(b"".join(lines))


CHANGES: list[tuple[str, int, Line, str]] = [
    ("runs.jsonl", 2, {"n_ls": -1}, "a whole number in n_ls"),
    ("runs.jsonl", 2, {"rr_attributes": {"state": "DONE"}}, "a state"),
    ("runs.jsonl", 2, {"run_number": 17}, "a run_number from"),
    ("datasets.jsonl", 3, {"name": "/Express/Collisions2018/DQM"}, "each dataset once"),
    ("datasets.jsonl", 3, {"dataset_attributes": {"csc_state": "open"}}, "a state"),
    ("oms_ls_ranges.jsonl", 2, {"start": 14}, "tile 1–101, the next from 13"),
    ("oms_ls_ranges.jsonl", 2, {"end": 20}, "tile 1–101, the next from 21"),
    ("oms_ls_ranges.jsonl", 10, {"end": 102}, "lumisections inside 1–101"),
    ("oms_ls_ranges.jsonl", 1, {"attributes": {"bpix_ready": "no"}}, "true, false or null"),
    ("oms_ls_ranges.jsonl", 1, {"dataset_name": "/Express/Collisions2018/DQM"}, '"override": true'),
    ("rr_ls_ranges.jsonl", 1, {"ranges": [[1, 50, "GOOD", "", ""], [50, 101, "BAD", "", ""]]}, "not overlap"),
    ("rr_ls_ranges.jsonl", 1, {"ranges": [[0, 101, "GOOD", "", ""]]}, "lumisections inside 1–101"),
    ("rr_ls_ranges.jsonl", 1, {"ranges": [[9, 3, "GOOD", "", ""]]}, "lumisections inside 1–101"),
    ("rr_ls_ranges.jsonl", 1, {"ranges": [[1, 101, "FINE", "", ""]]}, "a status"),
    ("rr_ls_ranges.jsonl", 1, {"ranges": [[1, 101, "GOOD"]]}, "[first, last, status, comment, cause]"),
    ("rr_ls_ranges.jsonl", 1, {"dataset_name": "/Nope/X/DQM"}, "a dataset of the run's datasets"),
    ("rr_ls_ranges.jsonl", 2, {"component": "castor-castor"}, "each column of a dataset once"),
    ("rr_ls_events.jsonl", 1, {"end": 1000}, "lumisections inside 1–101"),
    ("rr_ls_events.jsonl", 1, {"components": {"dt-dt": {"status": "OK"}}}, "a status"),
    ("state_events.jsonl", 1, {"to_state": "SHUT"}, "a state"),
]


@pytest.mark.parametrize(("file", "line", "change", "expected"), CHANGES)
def test_each_fault_is_named(dump: Path, file: str, line: int, change: Line, expected: str) -> None:
    _edit(dump / file, line, lambda record: record.update(change))
    report = V4.check(dump)
    said = [str(bad) for bad in report.bad if bad.file == file]
    assert any(expected in sentence for sentence in said), report.bad
    assert any(sentence.startswith(f"{file}:") for sentence in said)
    if "tile" not in expected:
        assert any(sentence.startswith(f"{file}:{line}:") for sentence in said)
    with pytest.raises(FileRefused):
        list(V4.read(dump))


def test_a_verdict_that_the_history_does_not_give_is_a_difference(dump: Path) -> None:
    _edit(dump / "rr_ls_ranges.jsonl", 1, lambda r: r.update(ranges=[[1, 101, "BAD", "odd", "HV"]]))
    report = V4.check(dump)
    assert report.bad_count or report.difference_count
    assert [str(difference) for difference in report.differences] == [
        "rr_ls_ranges.jsonl:1: run 315261 online castor-castor LS 1–101: "
        "the ranges say BAD (HV, odd), the history says EXCLUDED."
    ]
    assert len(list(V4.read(dump))) == 6


def test_a_column_that_only_the_history_has_is_a_difference(dump: Path) -> None:
    path = dump / "rr_ls_ranges.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    assert V4.check(dump).differences[0].said == "nothing"


def test_a_person_wins_over_a_later_machine(dump: Path) -> None:
    path = dump / "rr_ls_events.jsonl"
    path.write_bytes(
        path.read_bytes()
        + b'{"seq":99999,"run_number":315261,"dataset_name":"online","start":92,"end":101,"manual":false,'
        b'"by":"auto","components":{"ecal-ecal":{"status":"BAD","comment":"","cause":""}}}\n'
    )
    assert not V4.check(dump).bad


def test_files_in_any_order_and_compressed_read_the_same(dump: Path) -> None:
    expected = [run.verdicts for run in V4.read(dump) if isinstance(run, V4Run)]
    for path in dump.glob("*.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        random.Random(7).shuffle(lines)
        path.with_suffix(".jsonl.xz").write_bytes(lzma.compress(b"".join(lines)))
        path.unlink()
    assert not V4.check(dump).bad
    assert [run.verdicts for run in V4.read(dump) if isinstance(run, V4Run)] == expected


def test_history_is_optional_and_said_to_be_missing(dump: Path) -> None:
    (dump / "rr_ls_events.jsonl").unlink()
    (dump / "state_events.jsonl").unlink()
    report = V4.check(dump)
    assert not (report.bad_count or report.difference_count)
    assert "no history" in report.remarks[0].message
    run = next(V4.read(dump))
    assert isinstance(run, V4Run)
    assert (run.edits, run.state_changes) == (None, None)


def test_overrides_lie_on_their_dataset(dump: Path) -> None:
    with (dump / "oms_ls_ranges.jsonl").open("ab") as stream:
        stream.write(
            b'{"run_number":315261,"dataset_name":"/Express/Collisions2018/DQM","start":3,"end":9,'
            b'"override":true,"attributes":{"bpix_ready":false}}\n'
        )
    run = next(V4.read(dump))
    assert isinstance(run, V4Run)
    assert run.overrides == {"/Express/Collisions2018/DQM": {"bpix_ready": ((3, 9, False),)}}


def test_an_undecided_status_is_notset_and_remarked(dump: Path) -> None:
    _edit(dump / "rr_ls_ranges.jsonl", 1, lambda r: r.update(ranges=[[1, 101, "NO VALUE FOUND", "", ""]]))
    report = V4.check(dump)
    assert any("NO VALUE FOUND" in remark.message for remark in report.remarks)
    assert "the ranges say NOTSET" in str(report.differences[0])


def test_unknown_keys_are_kept(dump: Path) -> None:
    _edit(dump / "rr_ls_events.jsonl", 1, lambda record: record.update(at="2018-04-20T14:00:00Z"))
    run = next(V4.read(dump))
    assert isinstance(run, V4Run)
    assert run.edits is not None
    assert run.edits[0].other == {"at": "2018-04-20T14:00:00Z"}


@pytest.mark.parametrize("line", [b'{"run_number":315261,"n_ls"', b"\xff\n", b"[1]\n", b"\0\n"])
def test_lines_that_are_no_json_are_named(dump: Path, line: bytes) -> None:
    with (dump / "datasets.jsonl").open("ab") as stream:
        stream.write(line)
    assert [(bad.file, bad.line) for bad in V4.check(dump).bad] == [("datasets.jsonl", 19)]


def test_a_missing_file_is_named(dump: Path) -> None:
    (dump / "rr_ls_ranges.jsonl").unlink()
    assert "a file rr_ls_ranges.jsonl" in str(V4.check(dump).bad[0])
