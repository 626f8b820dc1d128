"""The rules a registry starts with: they are sound, fit together, and decide real lumisections."""

from collections.abc import Mapping

import numpy as np
import pytest

from ingest.files.records import RunAttributes, RunLumisections
from ingest.working_set import install, rules
from ingest.write import write
from model.db import Database
from model.journal import writing
from model.queries import runs, verdicts
from model.ranges import LumisectionRange
from model.rulebook.book import Rulebook
from model.rulebook.deciding import NO_VALUE, OPEN
from model.rulebook.texts import Purpose, RuleText, read_rule, require_sound
from model.vocabulary import OFFLINE_COLUMNS, ONLINE_COLUMNS
from rules.decisions import Choice, decide
from rules.table import Column, Table
from rules.unknown import NullPolicy
from rules.values import Json


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook({name: (1, text) for name, text in rules().items()})


def given(book: Rulebook, purpose: Purpose, target: str, values: Mapping[str, Json]) -> str:
    """Return what a list gives one lumisection; what is not told is null."""
    lines = book.lists(purpose)[target]
    wanted = frozenset().union(*(line.plan.rule.variables for line in lines))
    told = {"run.run_number": 380000, **values}
    columns = {name: Column.of([told.get(name)], bit=".oms." in name) for name in wanted}
    choices = [Choice(r.text.value, r.plan, r.text.priority, r.text.enabled, r.null_policy) for r in lines]
    return decide(choices, Table(1, columns), NullPolicy.UNKNOWN)[0]


def test_every_rule_of_the_working_set_is_sound_and_reads_only_what_exists(book: Rulebook) -> None:
    for name, text in rules().items():
        require_sound(name, text)
        read_rule(text.logic)
        assert book.version(name).plan.rule.variables


def test_every_certifiable_online_column_has_a_list_that_can_say_good(book: Rulebook) -> None:
    lists = book.lists(Purpose.ONLINE_VERDICT)
    assert set(lists) == set(ONLINE_COLUMNS)
    assert all("GOOD" in {rule.text.value for rule in found} for found in lists.values())
    assert set(book.lists(Purpose.OFFLINE_DEFAULT)) <= set(OFFLINE_COLUMNS)


STABLE = {"lumisection.oms.beam1_stable": True, "lumisection.oms.beam2_stable": True}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (STABLE, "Collisions24"),
        ({**STABLE, "run.oms.fill_type_runtime": "IONS"}, "HICollisions24"),
        ({"run.oms.recorded_lumi": 0.5, "run.oms.hlt_key": "/cdaq/physics/Run2024"}, "Collisions24"),
        ({"run.oms.hlt_key": "/cdaq/cosmic/commissioning2024/V1"}, "Cosmics24"),
        ({}, "Commissioning24"),
        ({"run.run_number": 350000}, NO_VALUE),
    ],
)
def test_the_class_of_a_run_follows_from_beams_luminosity_and_menu(
    book: Rulebook, values: dict[str, Json], expected: str
) -> None:
    assert given(book, Purpose.CLASS, "class", values) == expected


_DT = {f"lumisection.oms.{bit}": True for bit in ("dt0_ready", "dtp_ready", "dtm_ready", "beam1_stable")}
_DT |= {"lumisection.oms.beam2_stable": True, "run.oms.dt_included": True}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "GOOD"),
        ({"lumisection.oms.dtp_ready": False}, "BAD"),
        ({"lumisection.oms.dtp_ready": False, "lumisection.oms.beam1_stable": False}, "STANDBY"),
        ({"run.oms.dt_included": False, "lumisection.oms.dtp_ready": False}, "EXCLUDED"),
        ({"lumisection.oms.dtp_ready": None}, OPEN),
        ({"run.oms.dt_included": None}, OPEN),
    ],
)
def test_a_column_is_judged_by_inclusion_and_bits_and_never_good_without_them(
    book: Rulebook, change: dict[str, Json], expected: str
) -> None:
    assert given(book, Purpose.ONLINE_VERDICT, "dt-dt", {**_DT, **change}) == expected


@pytest.mark.parametrize(
    ("pixel", "strip", "expected"),
    [
        ("GOOD", "GOOD", "GOOD"),
        ("GOOD", "BAD", "BAD"),
        ("STANDBY", "GOOD", "STANDBY"),
        ("EMPTY", "GOOD", NO_VALUE),
    ],
)
def test_tracking_starts_as_good_as_what_it_tracks_with(
    book: Rulebook, pixel: str, strip: str, expected: str
) -> None:
    values = {"lumisection.rr.tracker-pixel": pixel, "lumisection.rr.tracker-strip": strip}
    values["lumisection.oms.cms_active"] = True
    assert given(book, Purpose.OFFLINE_DEFAULT, "tracker-track", values) == expected


@pytest.mark.parametrize(
    ("workspace", "run_class", "expected"),
    [
        ("dt", "Cosmics24", "OPEN"),
        ("egamma", "Cosmics24", "not significant for workspace"),
        ("egamma", "Collisions24", "OPEN"),
        ("castor", "Collisions24", "not significant for workspace"),
        ("dt", None, "not significant for workspace"),
    ],
)
def test_a_workspace_is_asked_only_for_the_classes_it_certifies(
    book: Rulebook, workspace: str, run_class: str | None, expected: str
) -> None:
    assert given(book, Purpose.WORKSPACE_SIGNIFICANCE, workspace, {"run.rr.class": run_class}) == expected


def test_dcs_only_reads_its_flags_and_counts_a_missing_bit_as_bad(book: Rulebook) -> None:
    rule = book.version("dcs-only-2024")
    assert rule.flags == {"dcs-bits", "stable-beams", "tracker-on"}
    assert isinstance(rules()["dcs-only-2024"], RuleText)
    assert rule.null_policy is NullPolicy.BAD


def test_a_registry_with_the_working_set_judges_what_upstream_reports(database: Database) -> None:
    with writing(database) as tx:
        assert install(tx) == len(rules())
    with writing(database) as tx:
        assert install(tx) == 0
    bits = {bit: [(1, 20, True)] for bit in ("bpix_ready", "fpix_ready", "beam1_stable", "beam2_stable")}
    bits["fpix_ready"] = [(1, 15, True), (16, 20, False)]
    zeros = np.zeros(20)
    record = RunLumisections(
        380_000, "2024C", 9_600, (LumisectionRange(1, 20),), bits, zeros, zeros, zeros, frozenset(bits)
    )
    for _ in range(2):
        with writing(database) as tx:
            write(RunAttributes(380_000, {"pixel_included": True}), tx)
            write(record, tx)
            at = tx.head.sequence
    with database.reading() as connection:
        found = verdicts.of_dataset(connection, 380_000, "online", at, ["tracker-pixel", "dt-dt"])
        run = runs.run(connection, 380_000)
    assert (run.run_class, run.registry["significant"]) == ("Collisions24", True)
    said = {column: [(*v.span, v.status.name, v.author) for v in spoken] for column, spoken in found.items()}
    assert said == {
        "tracker-pixel": [
            (1, 15, "GOOD", "rule:online-tracker-pixel-good@1"),
            (16, 20, "BAD", "rule:online-tracker-pixel-bad@1"),
        ],
        "dt-dt": [(1, 20, "NOTSET", "rule:none@0")],
    }
