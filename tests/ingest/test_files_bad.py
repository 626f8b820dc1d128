"""Each bad input is named by file and line, in a sentence; nothing crashes."""

import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from ingest.files import KINDS, FileRefused

LS = "run_number,lumisection_number,delivered_lumi_per_lumisection,physics_flag,fill_number\n"
GOOD = "378142,1,0.5,true,9388\n"
RUNS = "run_number,duration,start_time,end_time,stable_beam,components_out\n"
BRIL = "#Data tag : v2 , Norm tag: None\n#run:fill,ls,delivered(/ub),recorded(/ub)\n"
SUMMED = "#Summary:\n#nfill,nrun,nls,ncms,totdelivered(/ub),totrecorded(/ub)\n"
GUI = "DGT_DATASET_NAME,DGT_DATASET_REGEX,DGT_RUN_NUMBER_FROM,DGT_RUN_NUMBER_TO,DGT_RUN_CLASS\n"

BAD = [
    ("oms-lumisections", LS + GOOD + "378142,0,0.5,true,1\n", 3, "lumisection number from 1"),
    ("oms-lumisections", LS + "378142,-4,0.5,true,1\n", 2, "lumisection number from 1"),
    ("oms-lumisections", LS + "378142,100001,0.5,true,1\n", 2, "lumisection number from 1"),
    ("oms-lumisections", LS + "378142,x,0.5,true,1\n", 2, "a whole number"),
    ("oms-lumisections", LS + "378142,1.5,0.5,true,1\n", 2, "a whole number"),
    ("oms-lumisections", LS + "99999,1,0.5,true,1\n", 2, "run number from 100000"),
    ("oms-lumisections", LS + "378142,1,much,true,1\n", 2, "a number"),
    ("oms-lumisections", LS + "378142,1,nan,true,1\n", 2, "a finite number"),
    ("oms-lumisections", LS + "378142,1,-inf,true,1\n", 2, "a finite number"),
    ("oms-lumisections", LS + "378142,1,1_0,true,1\n", 2, "a number"),
    ("oms-lumisections", LS + "378142,1,0.5,yes,1\n", 2, "true, false or blank in physics_flag"),
    ("oms-lumisections", LS + "378142,1,0.5,true\n", 2, "5 fields"),
    ("oms-lumisections", LS + "378142,1,0.5,true,1,7\n", 2, "5 fields"),
    ("oms-lumisections", LS + GOOD + "378143,1,,,\n378142,1,0.6,true,9388\n", 4, "one set of values"),
    ("oms-lumisections", LS + GOOD + GOOD.strip(), 3, "a whole line with its end"),
    ("oms-lumisections", LS, 1, "at least one row"),
    ("oms-lumisections", "ls,physics_flag\n1,true\n", 1, "a column run_number"),
    ("oms-lumisections", "run_number,ls,ls\n", 1, "each column once"),
    ("oms-lumisections", LS + '378142,1,"0.5,true,1\n', 2, "closed quotes"),
    ("oms-runs", RUNS + "297046,long,,,,\n", 2, "a whole number in duration"),
    ("oms-runs", RUNS + "297046,1,yesterday,,,\n", 2, "a date and time in start_time"),
    ("oms-runs", RUNS + "297046,1,2017-06-16 20:00:00,2017-06-16 19:00:00,,\n", 2, "end_time after"),
    ("oms-runs", RUNS + "297046,1,,,,\n297046,2,,,,\n", 3, "one row per run"),
    ("oms-runs", RUNS + "297046,1,,,,PIXEL\n", 2, "a list in square brackets"),
    ("oms-runs", RUNS + "12,1,,,,\n", 2, "a run number"),
    ("oms-runs", RUNS + "297046,1\n", 2, "6 fields"),
    ("brilcalc", BRIL + "306926:6404,67:68,1.0,1.0\n", 3, "a lumisection as a:a"),
    ("brilcalc", BRIL + "306926:6404,67:67,,1.0\n", 3, "a number"),
    ("brilcalc", BRIL + "306926,67:67,1.0,1.0\n", 3, "run:fill"),
    ("brilcalc", "306926:6404,67:67,1.0,1.0\n", 1, "a header #run:fill"),
    ("brilcalc", BRIL.replace("/ub", "/xb"), 2, "a unit of"),
    ("brilcalc", BRIL + "306926:6404,1:1,9,9\n" + SUMMED + "#1,1,1,1,9,8\n", 6, "totrecorded(/ub) 9.000"),
    ("brilcalc", BRIL + "306926:6404,1:1,9,9\n" + SUMMED + "#1,1,2,1,9,9\n", 6, "nls 1"),
    ("brilcalc", BRIL + "306926:6404,1:1,9,9\n#Data tag : v3 , Norm tag: None\n", 4, "one calibration"),
    ("brilcalc", BRIL + "306926:6404,1:1,9,9\n306926:6404,1:1,9,8\n", 4, "one set of values"),
    ("certification", '{"315257": [[1, 8],\n [5, 9]]}\n', 2, "ranges that do not overlap"),
    ("certification", '{"315257": [[1, 8]],\n"315258": [[9, 5]]}', 2, "first not above last"),
    ("certification", '{"315257": [[0, 8]]}', 1, "lumisections from 1"),
    ("certification", '{\n"315257": [[1, 8]],\n"315257": [[10, 18]]}', 3, "each run once"),
    ("certification", '{"era": [[1, 8]]}', 1, "a whole number"),
    ("certification", '{"315257": {"a": 1}}', 1, "a list of [first, last]"),
    ("certification", '{"315257": [\n[1, [2]]]}', 2, "[first, last] of whole numbers"),
    ("certification", '{"315257": [[1, 2.0]]}', 1, "[first, last] of whole numbers"),
    ("certification", '{"315257": [[1, NaN]]}', 1, "a JSON value"),
    ("certification", '{"315257":\n [[1, 2]', 2, "JSON"),
    ("certification", "[" * 200_000, 0, "JSON"),
    ("certification", "[]", 1, "an object of runs"),
    ("accepted-datasets", GUI + '/A/B/DQM,"/ok/\n/bad(/",200000,300000,C18\n', 2, "a regular expression"),
    ("accepted-datasets", GUI + "/A/B/DQM,/ok/,x,300000,C18\n", 2, "a whole number"),
    ("accepted-datasets", GUI + "/A/B/DQM,/ok/,200000,300000,\n", 2, "a run class"),
    ("accepted-datasets", GUI + ",/ok/,200000,300000,C18\n", 2, "a dataset name"),
    ("accepted-datasets", GUI + '/A/B/DQM,"/ok/,2,3,C\n', 2, "closed quotes"),
    ("accepted-datasets", "a,b\n", 1, "one column DGT_DATASET_NAME"),
    ("workspaces", '{"online": {"dt": ["dt"]},\n"offline": {"dt": "dt"}}', 2, "a list of columns"),
    ("workspaces", '{"online": {"dt": ["dt",\n"dt"]}, "offline": {}}', 2, "a column of letters"),
    ("workspaces", '{"online": {}}', 1, "an object offline"),
]


@pytest.mark.parametrize(("kind", "text", "line", "expected"), BAD)
def test_a_bad_place_is_named(tmp_path: Path, kind: str, text: str, line: int, expected: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    report = KINDS[kind].check(path)
    assert report.bad_count == 1, report.bad
    said = str(report.bad[0])
    where = line if line else report.bad[0].line
    assert said.startswith(f"bad.csv:{where}: expected ")
    assert expected in said
    assert said.endswith(".")


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "v4"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\xff\n" * 50, b"\xef\xbb\xbf", b"\n\n", b"x" * (3 << 20)]
)
def test_rubbish_is_refused_with_sentences(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / "rubbish"
    path.write_bytes(content)
    report = KINDS[kind].check(path)
    assert report.bad_count
    assert str(report.bad[0]).startswith("rubbish:")
    with pytest.raises(FileRefused):
        list(KINDS[kind].read(path))


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_missing_file_is_a_sentence(tmp_path: Path, kind: str) -> None:
    assert "expected" in str(KINDS[kind].check(tmp_path / "none").bad[0])


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"378142,2,\xff,true,1\n", "byte 0xff"), (b"378142,2,\0,true,1\n", "a NUL byte")],
)
def test_bytes_that_are_no_text_are_named_by_line(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "bytes.csv"
    path.write_bytes(LS.encode() + content + GOOD.encode())
    report = KINDS["oms-lumisections"].check(path)
    assert [str(bad) for bad in report.bad] == [f"bytes.csv:2: expected UTF-8 text, found {found}."]
    assert report.rows == 1


def test_an_overlong_line_is_one_bad_record_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(LS + "9" * (3 << 20) + "\n" + GOOD)
    report = KINDS["oms-lumisections"].check(path)
    assert [(bad.line, bad.expected) for bad in report.bad] == [(2, "a line of at most 1 MB")]
    assert report.rows == 1


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress), (".bz2", bz2.compress)]
)
def test_archives_read_and_cut_ones_are_refused(tmp_path: Path, suffix: str, pack: object) -> None:
    text = LS + "".join(f"378142,{n},0.{n},true,9388\n" for n in range(1, 5000))
    packed = pack(text.encode())
    path = tmp_path / f"table.csv{suffix}"
    path.write_bytes(b"" + packed)
    assert KINDS["oms-lumisections"].check(path).rows == 4999
    path.write_bytes(packed[: len(packed) // 2])
    report = KINDS["oms-lumisections"].check(path)
    assert "archive" in report.bad[-1].expected
    assert report.bad[-1].line >= 1
    path.write_bytes(b"not an archive")
    assert KINDS["oms-lumisections"].check(path).bad_count == 1


def test_identical_rows_blanks_bom_and_windows_ends_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [LS, GOOD, "378143,1,,,\n", "378142,1,0.5,TRUE,9388\n", "378142,3,-0.1,0,9388.0\n"]
    path.write_bytes(b"\xef\xbb\xbf" + "".join(rows).replace("\n", "\r\n").encode())
    report = KINDS["oms-lumisections"].check(path)
    assert (report.bad_count, report.difference_count, report.rows, report.runs, report.lumisections) == (
        0,
        0,
        4,
        2,
        3,
    )
    assert [remark.line for remark in report.remarks] == [5]
    assert [record.run_number for record in KINDS["oms-lumisections"].read(path)] == [378142, 378143, 378142]


def test_a_run_that_keeps_coming_back_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scattered.csv"
    path.write_text(LS + "".join(f"37814{n % 2},{n + 1},,,\n" for n in range(400)))
    report = KINDS["oms-lumisections"].check(path)
    assert (report.rows, report.bad_count) == (400, 100)
    assert "together" in report.bad[0].expected


def test_at_most_a_limit_is_kept_and_all_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(LS + "378142,0,,,\n" * 50)
    report = KINDS["oms-lumisections"].check(path, 10)
    assert (len(report.bad), report.bad_count, report.bad_runs) == (10, 50, frozenset({378142}))


def test_bad_runs_can_be_left_out_of_reading(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(LS + "378141,0,,,\n" + GOOD)
    with pytest.raises(FileRefused, match=r"bad\.csv:2"):
        list(KINDS["oms-lumisections"].read(path))
    bad = KINDS["oms-lumisections"].check(path).bad_runs
    assert len(list(KINDS["oms-lumisections"].read(path, bad))) == 1


def test_a_list_above_64_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.json.gz"
    path.write_bytes(gzip.compress(b"{" + b" " * (65 << 20) + b"}", 1))
    assert "64 MB" in str(KINDS["certification"].check(path).bad[0])


def test_a_line_of_spaces_is_no_pattern(tmp_path: Path) -> None:
    path = tmp_path / "gui.csv"
    path.write_text(GUI + 'A/B/DQM,"/a/\n   \n\t\n/b/\n",200000,300000,C18\n')
    record = next(KINDS["accepted-datasets"].read(path))
    assert record.patterns == ("/a/", "/b/")
    assert record.name == "/A/B/DQM"
