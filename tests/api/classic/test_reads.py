"""What the published client reads is what the registry has, in the shapes its scripts know."""

from types import ModuleType

import pytest

from model.authors import IMPORTER
from model.commands.cycles import create_cycle
from model.commands.upstream import report_run
from model.registry import Registry
from model.vocabulary import BITS, OFFLINE_COLUMNS, ONLINE_COLUMNS
from tests.browser import small
from tests.model import world
from tests.model.world import DC, EXPERT, PROMPT, TRACKER

GOOD = {"status": "GOOD", "comment": "", "cause": ""}
TRIP = {"status": "BAD", "comment": "", "cause": "HV trip"}


def test_a_run_has_its_attributes_and_the_summary_of_its_online_dataset(rr: ModuleType, a_run: int) -> None:
    found = rr.get_run(a_run, compress_attributes=False)
    assert list(found) == [
        "run_number",
        "rr_attributes",
        "oms_attributes",
        "version",
        "deleted",
        "DatasetTripletCache",
    ]
    assert found["run_number"] == a_run
    assert found["deleted"] is False
    assert found["rr_attributes"] == {
        "class": "Collisions24",
        "state": "OPEN",
        "significant": True,
        "stop_reason": "",
    }
    assert found["oms_attributes"]["ls_duration"] == 100
    assert found["oms_attributes"]["run_number"] == a_run
    assert found["oms_attributes"]["fill_number"] == 9600
    summary = found["DatasetTripletCache"]["triplet_summary"]
    assert set(summary) == set(ONLINE_COLUMNS)
    assert summary["dt-dt"] == {"GOOD": 100, "EMPTY": 0, "comments": [], "causes": []}


def test_a_compressed_run_has_its_words_and_lumisections_beside_its_number(rr: ModuleType, a_run: int) -> None:
    found = rr.get_run(a_run)
    assert (found["class"], found["state"], found["significant"]) == ("Collisions24", "OPEN", True)
    assert found["lumisections"]["dt-dt"]["GOOD"] == 100
    assert rr.get_run(399_999) == {}


def test_what_was_said_is_counted_with_its_words(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(
        kept, EXPERT, "dt-dt", [(1, 5)], "BAD", "HV trip", "sector 4", dataset="online", run_number=a_run
    )
    summary = rr.get_run(a_run)["lumisections"]["dt-dt"]
    assert summary == {"GOOD": 95, "BAD": 5, "EMPTY": 0, "comments": ["sector 4"], "causes": ["HV trip"]}


def test_components_of_a_run_are_included_and_others_have_no_key(
    rr: ModuleType, kept: Registry, a_run: int
) -> None:
    with kept.writing() as tx:
        told = {"components": ["DT", "TRACKER"], "gem_included": False, "energy": 6800.0}
        report_run(tx, a_run, told, IMPORTER)
    found = rr.get_run(a_run)["oms_attributes"]
    assert found["dt_included"] is True
    assert found["tracker_included"] is True
    assert "gem_included" not in found
    assert rr.get_runs(filter={"run_number": a_run, "tracker_included": True})
    assert not rr.get_runs(filter={"run_number": a_run, "gem_included": False})
    assert isinstance(found["energy"], int)


def test_a_dataset_has_states_its_run_and_both_summaries(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(kept, TRACKER, "tracker-pixel", [(3, 4)], "BAD", run_number=a_run)
    (found,) = rr.get_datasets(filter={"run_number": a_run, "dataset_name": PROMPT}, compress_attributes=False)
    assert set(found) == {
        "run_number",
        "name",
        "dataset_attributes",
        "datasets_in_gui",
        "deleted",
        "version",
        "Run",
        "DatasetTripletCache",
    }
    assert found["dataset_attributes"]["global_state"] == "OPEN"
    assert found["dataset_attributes"]["tracker_state"] == "OPEN"
    assert found["dataset_attributes"]["appeared_in"] == ["DQM GUI"]
    assert found["datasets_in_gui"] == [PROMPT]
    assert set(found["Run"]) == {"rr_attributes", "oms_attributes"}
    summary = found["DatasetTripletCache"]["triplet_summary"]
    assert set(summary) == set(OFFLINE_COLUMNS)
    assert summary["tracker-pixel"] == {"GOOD": 98, "BAD": 2, "EMPTY": 0, "comments": [], "causes": ["HV trip"]}
    bits = found["DatasetTripletCache"]["dcs_summary"]
    assert set(bits) == {*BITS, "ls_duration"}
    assert bits["bpix_ready"] == {"TRUE": 95, "FALSE": 5, "NULL": 0, "EMPTY": 0}
    assert bits["ho_ready"] == {"TRUE": 0, "FALSE": 0, "NULL": 100, "EMPTY": 0}
    assert bits["ls_duration"] == {"TRUE": 100}


def test_one_dataset_is_found_by_run_and_name(rr: ModuleType, a_run: int) -> None:
    found = rr.get_dataset(a_run)
    assert (found["name"], found["dataset_attributes"], found["class"]) == ("online", {}, "Collisions24")
    assert rr.get_dataset(a_run, PROMPT)["lumisections"]["dt-dt"]["GOOD"] == 100
    assert rr.get_dataset(a_run, "/Nothing/DQM") == {}


def test_a_run_tells_the_names_of_its_datasets(rr: ModuleType, a_run: int) -> None:
    assert rr.get_dataset_names_of_run(a_run) == ["online", world.EXPRESS, PROMPT]
    assert rr.get_dataset_names_of_run(399_999) == []


def test_pages_follow_each_other_newest_run_first(rr: ModuleType, kept: Registry) -> None:
    asked = {"run_number": {"and": [{">=": small.FIRST}, {"<": small.FIRST + 3}]}}
    found = rr.get_datasets(filter=asked, page_size=2)
    names = [(each["run_number"], each["name"]) for each in found]
    assert len(found) == 9
    assert names == sorted(names, key=lambda each: (-each[0], each[1]))
    oldest_first = rr.get_runs(filter=asked, sortings=[["run_number", "ASC"]], page_size=1)
    assert [each["run_number"] for each in oldest_first] == [small.FIRST, small.FIRST + 1, small.FIRST + 2]
    assert len(rr.get_runs(filter=asked, page_size=1, limit=2)) == 2


def test_lumisections_stand_at_their_numbers(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(kept, EXPERT, "dt-dt", [(2, 3)], "BAD", dataset="online", run_number=a_run)
    found = rr.get_lumisections(a_run)
    assert len(found) == 100
    assert [each["dt-dt"] for each in found[:4]] == [GOOD, TRIP, TRIP, GOOD]
    assert {frozenset(each) for each in found} == {frozenset(ONLINE_COLUMNS)}
    bits = rr.get_oms_lumisections(a_run, PROMPT)
    assert [each["bpix_ready"] for each in bits[:6]] == [False] * 5 + [True]
    assert bits[0]["ho_ready"] is None
    assert set(bits[0]) == {*BITS, "prescale_index", "prescale_name"}
    assert rr.get_lumisections(399_999) == rr.get_oms_lumisections(a_run, "/Nothing/DQM") == []


def test_ranges_change_where_something_changes(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(kept, EXPERT, "dt-dt", [(2, 3)], "BAD", dataset="online", run_number=a_run)
    found = rr.get_lumisection_ranges(a_run)
    assert [(each["start"], each["end"], each["dt-dt"]) for each in found] == [
        (1, 1, GOOD),
        (2, 3, TRIP),
        (4, 100, GOOD),
    ]
    bits = rr.get_oms_lumisection_ranges(a_run)
    assert [(each["start"], each["end"], each["bpix_ready"]) for each in bits] == [
        (1, 5, False),
        (6, 100, True),
    ]
    joint = rr.get_joint_lumisection_ranges(a_run)
    assert [(each["start"], each["end"]) for each in joint] == [(1, 1), (2, 3), (4, 5), (6, 100)]
    assert joint[2]["dt-dt"] == GOOD
    assert joint[2]["cms_active"] is True


def test_each_column_has_its_own_ranges(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(kept, EXPERT, "dt-dt", [(2, 3)], "BAD", dataset="online", run_number=a_run)
    found = rr.get_lumisection_ranges_by_component(a_run)
    assert found["dt-dt"] == [
        {**GOOD, "start": 1, "end": 1},
        {**TRIP, "start": 2, "end": 3},
        {**GOOD, "start": 4, "end": 100},
    ]
    assert found["gem-gem"] == [{**GOOD, "start": 1, "end": 100}]
    assert rr.get_lumisection_ranges_by_component(399_999) == {}


def test_a_number_that_upstream_left_out_shifts_nothing(rr: ModuleType, kept: Registry) -> None:
    number = 380_900
    world.report_run(kept, number, [(1, 3), (6, 8)], {"cms_active": [(1, 3, True), (6, 8, True)]})
    world.rule_says(kept, "dt-dt", [(1, 3), (6, 8)], "GOOD", dataset="online", run_number=number)
    empty = {"status": "EMPTY", "comment": "", "cause": ""}
    found = rr.get_lumisections(number)
    assert [each["dt-dt"]["status"] for each in found] == ["GOOD"] * 3 + ["EMPTY"] * 2 + ["GOOD"] * 3
    assert found[0]["gem-gem"] == empty
    bits = rr.get_oms_lumisections(number)
    assert bits[3] == {"err": "No data available for this lumisection"}
    assert bits[5]["cms_active"] is True
    spans = rr.get_joint_lumisection_ranges(number)
    assert [(each["start"], each["end"], each["cms_active"]) for each in spans] == [
        (1, 3, True),
        (4, 5, None),
        (6, 8, True),
    ]
    assert rr.get_run(number)["lumisections"]["gem-gem"] == {"EMPTY": 6, "comments": [], "causes": []}


def test_a_run_without_lumisections_has_empty_summaries(rr: ModuleType, kept: Registry) -> None:
    number = 380_901
    with kept.writing() as tx:
        report_run(tx, number, {"fill_number": 9601}, IMPORTER)
    found = rr.get_run(number)
    assert found["oms_attributes"]["ls_duration"] == 0
    assert (found["class"], found["significant"]) == ("", False)
    assert rr.get_lumisections(number) == []
    assert rr.get_joint_lumisection_ranges(number) == []


@pytest.fixture(scope="session")
def cycle(kept: Registry) -> str:
    """Give the name of a cycle with one dataset."""
    with kept.writing() as tx:
        create_cycle(tx, "week 20", "2024-05-24", [(small.FIRST, PROMPT)], DC)
    return "week 20"


def test_cycles_have_their_datasets_and_deadline(rr: ModuleType, cycle: str) -> None:
    (found,) = rr.get_cycles()
    assert found["cycle_name"] == cycle
    assert isinstance(found["id_cycle"], int)
    assert found["deadline"].startswith("2024-05-24T")
    assert found["cycle_attributes"]["global_state"] == "pending"
    assert [(each["run_number"], each["name"]) for each in found["datasets"]] == [(small.FIRST, PROMPT)]
    assert found["CycleDataset"][0]["Datasets"] == found["datasets"]
