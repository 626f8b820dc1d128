"""Real files, and cuts of them, read right."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from ingest.files import KINDS
from ingest.files.records import (
    AcceptedDataset,
    CertificationList,
    RunAttributes,
    RunLuminosity,
    RunLumisections,
    V4Run,
    WorkspaceColumns,
)
from model.ranges import LumisectionRange, count
from model.vocabulary import State, Status

DATA = Path(__file__).parents[1] / "data" / "ingest"


def _lumisections(name: str) -> dict[int, RunLumisections]:
    read = cast("list[RunLumisections]", list(KINDS["oms-lumisections"].read(DATA / name)))
    return {record.run_number: record for record in read}


def test_every_kind_says_what_it_is_and_checks_its_real_file_clean() -> None:
    files = {
        "oms-lumisections": ("lumisections_2024_cut.csv.xz", 1346),
        "oms-runs": ("runs_2022_cut.csv", 50),
        "brilcalc": ("brilcalc_ub.csv.xz", 12055),
        "recorded-byls": ("recorded_byls_2018_cut.csv", 33),
        "certification": ("json_DCSONLY_2024.json", 172),
        "accepted-datasets": ("gui_triggers.csv", 213),
        "workspaces": ("v4_sample/workspaces.json", 80),
        "v4": ("v4_sample", 1218),
    }
    assert set(files) == set(KINDS)
    for name, (file, rows) in files.items():
        report = KINDS[name].check(DATA / file)
        assert not report.bad, report.bad[:3]
        assert report.rows == rows
        assert KINDS[name].help
        assert len(KINDS[name].digest(DATA / file)) == 64


def test_lumisections_of_2024_keep_blanks_unknown_and_two_fills_a_remark() -> None:
    report = KINDS["oms-lumisections"].check(DATA / "lumisections_2024_cut.csv.xz")
    assert (report.runs, report.lumisections) == (3, 1346)
    assert any("another fill" in remark.message for remark in report.remarks)
    runs = _lumisections("lumisections_2024_cut.csv.xz")
    golden = runs[379238]
    assert golden.era == "2024B"
    assert golden.lumisections == (LumisectionRange(1, 310),)
    assert golden.bits["bpix_ready"] == ((1, 11, False), (12, 310, True))
    assert golden.bits["tibtid_ready"] == ((1, 10, False), (11, 310, True))
    late = runs[387721]
    assert late.bits["beam2_stable"] == late.bits["beam1_present"]
    assert "bpix_ready" not in late.bits
    assert -1 in {value for _, _, value in late.bits["prescale_index"]}


def test_the_may_snapshot_has_fewer_columns_and_a_hole() -> None:
    may = _lumisections("lumisections_2024_snapshot_cut.csv")[379238]
    assert may.lumisections == (LumisectionRange(1, 9), LumisectionRange(11, 310))
    assert np.isnan(may.recorded_lumi_invpb[9])
    assert (may.era, may.fill_number) == (None, None)
    assert set(may.bits) == {"physics_flag"}
    assert len(may.recorded_lumi_invpb) == 310


@pytest.mark.parametrize(("run", "recorded_invpb"), [(315257, 7.87565), (316060, 187.857)])
def test_running_sums_of_2018_become_steps_that_agree_with_brilcalc(run: int, recorded_invpb: float) -> None:
    record = _lumisections("lumisections_2018_cut.csv.xz")[run]
    assert float(np.nansum(record.recorded_lumi_invpb)) == pytest.approx(recorded_invpb, rel=0.03)
    assert np.isnan(record.recorded_lumi_invpb[-1])
    # brilcalc gives lumisection 2 of run 315257 0.09222 /pb
    if run == 315257:
        assert record.recorded_lumi_invpb[1] == pytest.approx(0.09222, rel=0.002)


def test_run_tables_of_three_years_come_in_our_names() -> None:
    def first(name: str) -> RunAttributes:
        return cast(RunAttributes, next(KINDS["oms-runs"].read(DATA / name)))

    assert first("runs_2017B_cut.csv").attributes["start_time"] == "2017-06-16T19:16:42Z"
    assert first("runs_2018_candidates_cut.csv").attributes["duration_s"] == 12182
    of_2022 = first("runs_2022_cut.csv").attributes
    assert of_2022["components_out"] == ["CTPPS", "CTPPS_TOT", "PIXEL", "TRACKER"]
    assert of_2022["era"] == "2022A"
    remarks = [r.message for r in KINDS["oms-runs"].check(DATA / "runs_2022_cut.csv").remarks]
    assert len(remarks) == 2
    assert "header is repeated" in remarks[0]
    assert "negative" in remarks[1]


@pytest.mark.parametrize(
    ("name", "source", "rows", "recorded_invpb"),
    [
        ("brilcalc_ub.csv.xz", "brilcalc v2 None", 12055, 223.450179385),
        ("brilcalc_ub_no_cms.csv.xz", "brilcalc 19v2 None", 6710, 1799.557605395),
        ("brilcalc_pb.csv", "brilcalc 19v2 None", 998, 138.789557764),
    ],
)
def test_brilcalc_units_all_become_inverse_picobarn(
    name: str, source: str, rows: int, recorded_invpb: float
) -> None:
    report = KINDS["brilcalc"].check(DATA / name)
    assert not (report.bad_count or report.difference_count)
    assert (report.rows) == (rows)
    records = cast("list[RunLuminosity]", list(KINDS["brilcalc"].read(DATA / name)))
    assert {record.source for record in records} == {source}
    assert sum(np.nansum(r.recorded_lumi_invpb) for r in records) == pytest.approx(recorded_invpb)
    assert sum(count(record.lumisections) for record in records) == rows


@pytest.mark.parametrize(
    ("name", "runs", "lumisections"),
    [
        ("Cert_314472-317591_13TeV_PromptReco_Collisions18_JSON.json", 137, 67781),
        ("Cert_314472-319851_13TeV_PromptReco_Collisions18.json", 191, 98346),
        ("Cert_Collisions2024_378981_382913_Golden.json", 191, 114161),
        ("json_DCSONLY_2024.json", 172, 70527),
    ],
)
def test_three_published_layouts_of_a_list_read_alike(name: str, runs: int, lumisections: int) -> None:
    report = KINDS["certification"].check(DATA / name)
    assert (report.bad_count, report.difference_count, report.runs, report.lumisections) == (
        0,
        0,
        runs,
        lumisections,
    )
    record = cast(CertificationList, next(KINDS["certification"].read(DATA / name)))
    assert record.name == name.removesuffix(".json")
    assert sum(map(count, record.lists.values())) == lumisections


def test_accepted_datasets_come_with_their_warts_named() -> None:
    records = cast("list[AcceptedDataset]", list(KINDS["accepted-datasets"].read(DATA / "gui_triggers.csv")))
    assert len(records) == 213
    assert all(record.name.startswith("/") for record in records)
    assert all(pattern.strip() for record in records for pattern in record.patterns)
    assert sum("slash" in warning for record in records for warning in record.warnings) == 2
    assert sum(not record.enabled for record in records) == 3
    assert sum(record.name == "/PromptReco/Collisions2015B/DQM" for record in records) > 2


def test_the_sample_dump_reads_whole() -> None:
    report = KINDS["v4"].check(DATA / "v4_sample")
    assert not (report.bad_count or report.difference_count)
    assert (report.runs, report.lumisections) == (6, 1482)
    runs = cast("list[V4Run]", list(KINDS["v4"].read(DATA / "v4_sample")))
    assert sum(len(run.verdicts) for run in runs) == 840
    assert sum(len(ranges) for run in runs for ranges in run.verdicts.values()) == 1734
    assert sum(len(run.edits or ()) for run in runs) == 167
    assert sum(len(run.state_changes or ()) for run in runs) == 138
    assert sum(len(run.datasets) for run in runs) == 18
    first, second = runs[0], runs[1]
    assert first.verdicts["online", "castor-castor"][0].status is Status.EXCLUDED
    assert first.datasets[1].states["csc"] is State.COMPLETED
    assert first.datasets[1].attributes == {"appeared_in": ["DQM GUI"]}
    assert "rp_time_ready" not in first.bits
    assert float(second.recorded_lumi_invpb.sum()) == pytest.approx(55.0657)
    assert len(list(KINDS["v4"].read(DATA / "v4_sample", frozenset({first.run_number})))) == 5


def test_workspaces_come_by_side() -> None:
    record = cast(WorkspaceColumns, next(KINDS["workspaces"].read(DATA / "v4_sample" / "workspaces.json")))
    assert record.offline["dc"] == ("lowlumi",)
    assert record.online["tracker"] == ("pixel", "strip")
