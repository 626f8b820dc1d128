"""The selections of Run 1 and 2: translated, checked, and evaluated against their criteria read by hand."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest.rules.aliases import translate
from ingest.rules.certtools import NULL_POLICY
from ingest.rules.conventions import Convention
from ingest.rules.legacy import Legacy, read, read_all
from ingest.rules.places import Refused
from model.frames.schema import SCHEMA
from rules.check import diagnose
from rules.engine import truth
from rules.plan import build
from rules.syntax import parse
from rules.table import Column, Table
from rules.unknown import NullPolicy

TEXT = (Path(__file__).parents[1] / "data/rules/legacy/certtools_run1_run2_selection.json").read_text("utf-8")
CRITERIA: dict[str, dict[str, str]] = json.loads(TEXT)
SELECTIONS = {each.name: each for each in read_all(TEXT)}
_BIT_OF = {
    "ebminus": "ebm",
    "ebplus": "ebp",
    "eeminus": "eem",
    "eeplus": "eep",
    "esminus": "esm",
    "esplus": "esp",
}
_BIT_OF |= {"dtminus": "dtm", "dtplus": "dtp", "cscminus": "cscm", "cscplus": "cscp"}
_COLUMN_OF = {"pix": "tracker-pixel", "strip": "tracker-strip", "track": "tracker-track", "es": "ecal-es"}
_COLUMN_OF |= {"egam": "egamma-egamma", "jmet": "jetmet-jetmet", "l1tmu": "l1t-l1tmu", "l1tcalo": "l1t-l1tcalo"}
_OUTSIDE = {"all": "all.status", "tracker": "tracker.status"}


def _bits(criteria: dict[str, str]) -> set[str]:
    names = {name.lower() for name in criteria["dcs"].split(",") if name != "NONE"}
    found = {f"lumisection.oms.{_BIT_OF.get(name, name)}_ready" for name in names} | {
        "lumisection.oms.cms_active"
    }
    for key, word in (("beampresent", "present"), ("beamstable", "stable")):
        if criteria.get(key) == "True":
            found |= {f"lumisection.oms.beam{number}_{word}" for number in (1, 2)}
    return found


def _verdicts(criteria: dict[str, str]) -> dict[str, str]:
    flags = [flag.split(":") for flag in criteria["qflags"].split(",")]
    return {_path(name.lower()): status for name, status in flags if name != "NONE"}


def _path(name: str) -> str:
    return _OUTSIDE.get(name) or f"lumisection.rr.{_COLUMN_OF.get(name, f'{name}-{name}')}"


def _passes(criteria: dict[str, str], row: dict[str, Any]) -> bool:
    """Read the criteria by hand: what the previous generation asked of a lumisection."""
    runs = criteria.get("runlist", "").strip('"').split()
    number = row["run.run_number"]
    lowest = max(float(criteria.get(key, "-0.1")) for key in ("bfield_min", "bfield_thr"))
    energy, asked = row["run.oms.energy"], criteria.get("beam_ene")
    low = row["lumisection.rr.dc-lowlumi"] == "GOOD"
    scheme = criteria.get("injection", "%")[:4]
    return all(
        [
            int(criteria["runmin"]) <= number <= int(criteria["runmax"]),
            not runs or str(number) in runs,
            row["run.rr.class"] == criteria["group"],
            lowest < row["run.oms.b_field"] < float(criteria.get("bfield_max", "4.1")),
            asked is None or energy in (None, 0) or abs(energy - float(asked)) <= 400,
            scheme == "%" or row["run.oms.injection_scheme"].startswith(scheme),
            all(
                row[f"run.oms.{name.lower()}_included"]
                for name in criteria.get("component", "").split(",")
                if name
            ),
            all(row[bit] is not False for bit in _bits(criteria)),
            all(row[column] == status for column, status in _verdicts(criteria).items()),
            "nolowpu" not in criteria or low is (criteria["nolowpu"] == "False"),
            row["datasetState"] == criteria.get("dsstate", row["datasetState"]),
        ]
    )


def _choices(criteria: dict[str, str]) -> dict[str, list[Any]]:
    """Return values per variable, the first of which passes."""
    first = int((criteria.get("runlist") or criteria["runmin"]).strip('"').split()[0])
    lowest = max(float(criteria.get(key, "-0.1")) for key in ("bfield_min", "bfield_thr"))
    low = ["GOOD", "BAD"] if criteria.get("nolowpu") == "False" else ["BAD", "GOOD", "EMPTY"]
    ends = [lowest, float(criteria.get("bfield_max", "4.1"))]
    energy = float(criteria.get("beam_ene", "0"))
    scheme = criteria.get("injection", "25ns%")[:4]
    verdicts = {column: [status, "BAD", "EMPTY"] for column, status in _verdicts(criteria).items()}
    included = {
        f"run.oms.{name.lower()}_included": [True, False] for name in criteria.get("component", "").split(",")
    }
    return {
        "run.run_number": [first, first - 1, int(criteria["runmax"]), int(criteria["runmax"]) + 1],
        "run.rr.class": [criteria["group"], "Cosmics18"],
        "run.oms.b_field": [lowest + 0.05, *ends],
        "run.oms.energy": [energy, energy + 400, energy + 401, None, 0],
        "run.oms.injection_scheme": [f"{scheme}_2000b", f"x{scheme}", "single"],
        "lumisection.rr.dc-lowlumi": low,
        "datasetState": [criteria.get("dsstate", "OPEN"), "SIGNOFF"],
        **{bit: [True, None, False] for bit in _bits(criteria)},
        **included,
        **verdicts,
    }


def _rows(criteria: dict[str, str], count: int = 400) -> list[dict[str, Any]]:
    chance = random.Random(int(criteria["runmin"]))
    found = []
    for _ in range(count):
        row = {}
        for name, values in _choices(criteria).items():
            harmless = (
                [60, 20, *[1] * len(values)][: len(values)] if None in values else [60, *[1] * len(values)]
            )
            row[name] = chance.choices(values, harmless[: len(values)])[0]
        found.append(row)
    return found


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_selection_selects_what_its_criteria_say(name: str) -> None:
    legacy, criteria = SELECTIONS[name], CRITERIA[name]
    rule = parse(translate(legacy.rule, legacy.convention).logic)
    rows = _rows(criteria)
    columns = {
        each: Column.of([row[each] for row in rows], bit=each.startswith("lumisection.oms."))
        for each in rule.variables
    }
    answers = truth(build(rule), Table(len(rows), columns), NullPolicy(NULL_POLICY))
    expected = [_passes(criteria, row) for row in rows]
    assert (answers == 2).tolist() == expected
    assert {True, False} <= set(expected)


@pytest.mark.parametrize("name", SELECTIONS)
def test_the_checker_finds_in_a_selection_only_the_names_without_counterpart(name: str) -> None:
    legacy = SELECTIONS[name]
    translated = translate(legacy.rule, legacy.convention)
    found = diagnose(translated.logic, SCHEMA, NullPolicy(NULL_POLICY))
    unknown = [each.pointer for each in found if each.severity == "error"]
    assert unknown == [each.pointer for each in translated.unmapped]
    assert {each.code for each in found} <= {"unknown-variable", "redundant"}


def test_all_56_are_translated_and_what_has_no_counterpart_is_counted() -> None:
    assert len(SELECTIONS) == 56
    found = {name: translate(each.rule, each.convention) for name, each in SELECTIONS.items()}
    assert {each.convention for each in found.values()} == {Convention.V3}
    inside = Counter(part.name for each in found.values() for part in each.unmapped)
    assert inside == {"datasetState": 44, "tracker.status": 6, "all.status": 4}
    outside = Counter(part.pointer for each in SELECTIONS.values() for part in each.unmapped)
    assert outside == {"/dbs_pds": 46}
    assert sum(len(each.mapped) for each in found.values()) == 2270


def test_low_pile_up_comes_with_its_caveat() -> None:
    asked = [each for each in SELECTIONS.values() if "nolowpu" in each.row]
    assert len(asked) == 41
    assert all("low pile-up" in translate(each.rule, each.convention).caveats[0] for each in asked)


def test_what_the_script_did_beyond_the_file_is_said() -> None:
    remarks = Counter(note.message.split(" ")[0] for each in SELECTIONS.values() for note in each.notes)
    assert remarks["cms_active"] == 56
    assert remarks["nolowpu"] == 15


def _one(**more: Any) -> Legacy:
    first = next(iter(CRITERIA.values()))
    return read(json.dumps({"my selection": {**first, **more}}, indent=1))


def test_the_pattern_of_datasets_is_kept_without_its_run_range() -> None:
    found = _one(dataset="\n/PromptReco/%Collisions2015%:246908-251642")
    assert found.row["dataset"] == "/PromptReco/%Collisions2015%"
    assert "246908-251642 behind the dataset's name did not count" in [note.message for note in found.notes]


def test_two_patterns_and_an_unknown_criterion_are_listed() -> None:
    found = _one(dataset="/A/%\n/B/%:1-2", moon="full")
    assert found.row["dataset"] == "%"
    assert [(each.pointer, each.name) for each in found.unmapped if each.pointer != "/dbs_pds"] == [
        ("/dataset", "/A/% /B/%"),
        ("/moon", "full"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("runmin", "many", "a run number in runmin"),
        ("runlist", '"254227 x"', "a run number in runlist"),
        ("bfield_thr", "3,7", "a number in bfield_thr"),
        ("beam_ene", "6500,", "a number in beam_ene"),
        ("nolowpu", "yes", "True or False in nolowpu"),
        ("qflags", "Pix:GOOD,Strip", "NAME:STATUS in qflags"),
        ("injection", "%25ns%", "its only % in injection"),
        ("dcs", 3, "a text in dcs"),
    ],
)
def test_a_criterion_that_cannot_be_read_is_refused_on_its_line(key: str, value: Any, words: str) -> None:
    first = {**next(iter(CRITERIA.values())), key: value}
    text = json.dumps({"my selection": first}, indent=1)
    line = 1 + next(i for i, each in enumerate(text.splitlines()) if each.strip().startswith(f'"{key}"'))
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.line == line
    assert words in refused.value.sentence
