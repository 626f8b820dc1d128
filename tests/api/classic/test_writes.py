"""What the published client writes is a command like any other: recorded, or refused with a sentence."""

from types import ModuleType

import pytest

from model.accepted import Accepted
from model.commands.accepted import set_accepted
from model.registry import Registry
from tests.browser import small
from tests.model import world
from tests.model.world import EXPERT, PROMPT, TRACKER


def _refused(status: int, words: str) -> "pytest.RaisesExc[Exception]":
    return pytest.raises(Exception, match=f"Got response {status} .*{words}")


def test_a_run_is_signed_off_completed_and_moved_back(rr: ModuleType, kept: Registry, a_run: int) -> None:
    (found,) = rr.move_runs("OPEN", "SIGNOFF", run=a_run)
    assert found["rr_attributes"]["state"] == "SIGNOFF"
    assert found["DatasetTripletCache"]["triplet_summary"]["dt-dt"]["GOOD"] == 100
    assert rr.move_runs("SIGNOFF", "COMPLETED", runs=[a_run])[0]["rr_attributes"]["state"] == "COMPLETED"
    assert rr.move_runs("COMPLETED", "OPEN", run=a_run)[0]["rr_attributes"]["state"] == "OPEN"
    with _refused(409, f"Run {a_run} is already in state OPEN"):
        rr.move_runs("SIGNOFF", "OPEN", run=a_run)
    with _refused(409, f"Run {a_run} is OPEN, not SIGNOFF"):
        rr.move_runs("SIGNOFF", "COMPLETED", run=a_run)
    with _refused(404, "no run 399999"):
        rr.move_runs("OPEN", "SIGNOFF", run=399_999)


def test_signing_off_creates_the_accepted_datasets(rr: ModuleType, kept: Registry, a_run: int) -> None:
    name = f"/ReReco/Run{a_run}/DQM"
    with kept.writing() as tx:
        row = Accepted(name, ("/.*/Run2024C-.*/DQMIO",), a_run, a_run, "Collisions24")
        set_accepted(tx, name, [row], EXPERT, seen=tx.head.sequence)
    rr.move_runs("OPEN", "SIGNOFF", run=a_run)
    found = rr.get_dataset(a_run, name)
    assert found["dataset_attributes"]["global_state"] == "waiting dqm gui"
    assert found["dataset_attributes"]["appeared_in"] == []
    (moved,) = rr.move_datasets("waiting dqm gui", "OPEN", name, run=a_run)
    states = {k: v for k, v in moved["dataset_attributes"].items() if k.endswith("_state")}
    assert set(states.values()) == {"OPEN"}
    listed = [each for each in rr.get_datasets_accepted() if each["name"] == name]
    assert [(each["regexp"], each["class"], each["enabled"]) for each in listed] == [
        ("/.*/Run2024C-.*/DQMIO", "Collisions24", True)
    ]
    assert {"id", "run_from", "run_to", "createdAt", "DatasetsAcceptedLists"} <= set(listed[0])


def test_a_dataset_moves_in_one_workspace_only(rr: ModuleType, a_run: int) -> None:
    (found,) = rr.move_datasets("OPEN", "SIGNOFF", PROMPT, workspace="tracker", run=a_run)
    assert found["dataset_attributes"]["tracker_state"] == "SIGNOFF"
    assert found["dataset_attributes"]["global_state"] == "OPEN"
    assert {"run_number", "version", "deleted", "rr_attributes", "oms_attributes"} == set(found["Run"])
    cache = found["DatasetTripletCache"]
    assert cache["rr_ranges"]["dt-dt"] == {"EMPTY": [], "GOOD": [[1, 100]]}
    assert cache["dcs_ranges"]["bpix_ready"] == {"TRUE": [[6, 100]], "FALSE": [[1, 5]], "NULL": []}
    assert cache["brilcalc_recorded_luminosity"] == pytest.approx(10)
    assert cache["brilcalc_delivered_luminosity"] == pytest.approx(11)
    (found,) = rr.move_datasets("SIGNOFF", "OPEN", PROMPT, workspace="tracker", run=a_run)
    assert found["dataset_attributes"]["tracker_state"] == "OPEN"
    with _refused(422, "“nonsense” is no workspace"):
        rr.move_datasets("OPEN", "SIGNOFF", PROMPT, workspace="nonsense", run=a_run)
    with _refused(409, "tracker of .* is OPEN, not SIGNOFF"):
        rr.move_datasets("SIGNOFF", "COMPLETED", PROMPT, workspace="tracker", run=a_run)


def test_a_run_is_marked_significant_once(rr: ModuleType, kept: Registry, a_run: int) -> None:
    number = a_run + 10_000
    world.report_run(kept, number)
    assert rr.get_run(number)["significant"] is False
    (found,) = rr.make_significant_runs(run=number)
    assert found["rr_attributes"]["significant"] is True
    with _refused(422, "already significant"):
        rr.make_significant_runs(runs=[number])


def test_a_class_is_changed_while_the_run_is_open(rr: ModuleType, a_run: int) -> None:
    (found,) = rr.change_run_class(a_run, "Cosmics24")
    assert found["rr_attributes"]["class"] == "Cosmics24"
    assert rr.change_run_class([a_run], "Collisions24")[0]["rr_attributes"]["class"] == "Collisions24"
    with _refused(422, "needs a class"):
        rr.change_run_class(a_run, " ")
    rr.move_runs("OPEN", "SIGNOFF", run=a_run)
    with _refused(409, "must be in state OPEN to be edited"):
        rr.change_run_class(a_run, "Cosmics24")


def test_lumisections_are_edited_under_the_name_of_who_asks(rr: ModuleType, kept: Registry, a_run: int) -> None:
    found = rr.edit_rr_lumisections(a_run, 2, 3, "dt-dt", "BAD", comment="sector 4", cause="HV trip")
    assert found.keys() == {"run_number", "name", "lumisection_metadata_id", "version", "manual_change"}
    assert (found["run_number"], found["name"], found["manual_change"]) == (a_run, "online", True)
    assert found["version"] == world.now(kept)
    said = world.said(kept, "dt-dt", dataset="online", run_number=a_run)
    assert (2, 3, "BAD", "api@api") in said
    rr.edit_rr_lumisections(a_run, 1, 100, "tracker-track", "STANDBY", dataset_name=PROMPT)
    assert world.statuses(kept, "tracker-track", run_number=a_run) == [(1, 100, "STANDBY")]


@pytest.mark.parametrize(
    ("span", "column", "status", "words"),
    [
        ((0, 2), "dt-dt", "GOOD", "begins before 1"),
        ((3, 2), "dt-dt", "GOOD", "reversed"),
        ((1, 61), "dt-dt", "GOOD", "has lumisections 1 to 60, not 1–61"),
        ((1, 2), "dt-nothing", "GOOD", "dt-nothing is no column"),
        ((1, 2), "dt-dt", "BAD", "BAD needs a cause, or a comment"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_written(
    rr: ModuleType, kept: Registry, span: tuple[int, int], column: str, status: str, words: str
) -> None:
    before = world.now(kept)
    with _refused(422, words):
        rr.edit_rr_lumisections(small.FIRST, *span, column, status)
    assert world.now(kept) == before


def test_a_refresh_lets_rules_speak_again_and_a_reset_forgets_words(
    rr: ModuleType, kept: Registry, a_run: int
) -> None:
    rr.edit_rr_lumisections(a_run, 1, 2, "dt-dt", "STANDBY")
    rr.change_run_class(a_run, "Cosmics24")
    for number in (a_run, str(a_run), [a_run]):
        (found,) = rr.manually_refresh_components_statuses_for_runs(number)
        assert found["rr_attributes"]["class"] == "Cosmics24"
    (found,) = rr.reset_RR_attributes_and_refresh_runs(a_run)
    assert found["rr_attributes"] == {"class": "", "state": "OPEN", "significant": False, "stop_reason": ""}
    assert found["DatasetTripletCache"]["triplet_summary"]["dt-dt"]["STANDBY"] == 2


def test_a_run_that_was_signed_off_is_not_refreshed(rr: ModuleType, a_run: int) -> None:
    rr.move_runs("OPEN", "SIGNOFF", run=a_run)
    with _refused(409, "Run .* must be in state OPEN to be refreshed"):
        rr.manually_refresh_components_statuses_for_runs(a_run)
    with _refused(409, "Run .* must be in state OPEN to be refreshed"):
        rr.reset_RR_attributes_and_refresh_runs(a_run)


def test_who_lacks_a_right_reads_which_group_has_it(
    rr: ModuleType, kept: Registry, a_run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"X-Run-Registry-User": "r.reader", "Content-type": "application/json"}
    monkeypatch.setattr(rr, "_get_headers", lambda token="": headers)
    before = world.now(kept)
    words = "User needs to be part of any of the following e-groups .*cms-dqm-runregistry-experts"
    for write in (
        lambda: rr.move_runs("OPEN", "SIGNOFF", run=a_run),
        lambda: rr.make_significant_runs(run=a_run),
        lambda: rr.change_run_class(a_run, "Cosmics24"),
        lambda: rr.manually_refresh_components_statuses_for_runs(a_run),
        lambda: rr.reset_RR_attributes_and_refresh_runs(a_run),
        lambda: rr.edit_rr_lumisections(a_run, 1, 2, "dt-dt", "GOOD"),
        lambda: rr.move_datasets("OPEN", "SIGNOFF", PROMPT, run=a_run),
    ):
        with _refused(403, words):
            write()
    assert world.now(kept) == before


def test_an_edit_of_what_a_workspace_signed_off_is_refused(rr: ModuleType, kept: Registry, a_run: int) -> None:
    world.give(kept, TRACKER, "tracker-pixel", [(1, 1)], "GOOD", run_number=a_run)
    rr.move_datasets("OPEN", "SIGNOFF", PROMPT, workspace="tracker", run=a_run)
    with _refused(409, "tracker of run .* is SIGNOFF, not OPEN"):
        rr.edit_rr_lumisections(a_run, 1, 2, "tracker-pixel", "GOOD", dataset_name=PROMPT)
