"""Real rules of earlier days: each is read, translated, checked and evaluated."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest.rules.aliases import translate
from ingest.rules.conventions import Convention
from ingest.rules.legacy import Legacy, Shape, read, read_all
from model.frames.schema import SCHEMA
from rules.check import diagnose
from rules.engine import truth
from rules.plan import build
from rules.syntax import Rule, parse
from rules.table import Column, Table
from rules.unknown import NullPolicy

DATA = Path(__file__).parents[1] / "data" / "rules" / "legacy"
#: variables each reads, names that were changed, what the checker finds
DOCUMENTS: dict[str, tuple[int, int, dict[str, int]]] = {
    "dcsonly_collisions23.json": (17, 0, {"null-passes": 1, "null-contains-nothing": 1}),
    "dcsonly_cosmics23.json": (12, 0, {"null-contains-nothing": 1}),
    "dqmspace_golden_2022_call.json": (34, 0, {"null-passes": 1, "null-contains-nothing": 1}),
    "dqmspace_golden_older.json": (44, 0, {"null-passes": 1, "null-contains-nothing": 1}),
    "dqmspace_muon_2022_call.json": (24, 0, {"null-passes": 1, "null-contains-nothing": 1}),
    "dqmspace_muon_older.json": (27, 0, {"null-passes": 1, "null-contains-nothing": 1}),
    "json_logic_json.json": (48, 7, {"null-passes": 1, "in-reversed": 2}),
    "sample_json_logic.json": (47, 0, {"null-passes": 1, "null-contains-nothing": 1}),
    "trackerdpg_tracker_good.json": (3, 0, {}),
    "trackerdpg_tracker_good_2024.json": (4, 0, {}),
    "verbatim_comment.txt": (48, 7, {"null-passes": 1, "in-reversed": 2}),
    "verbatim_title.txt": (47, 0, {"null-passes": 1, "null-contains-nothing": 1}),
}
VALUES: dict[str, list[Any]] = {
    "run.oms.energy": [6500, 6800, 0, None],
    "run.oms.b_field": [3.8, 0.0, None],
    "run.oms.run_number": [361200, 366000, 379000],
    "run.oms.hlt_key": ["/cdaq/physics/Run2018/v1", "/cdaq/special/WMass/v1", None],
    "run.oms.injection_scheme": ["25ns_2556b", "50ns_100b", "", None],
    "run.oms.recorded_lumi": [12.5, 0.01, None],
    "run.name": ["/PromptReco/Collisions18A/DQM", "/Express/Collisions18/DQM"],
}


def _read(name: str) -> Legacy:
    return read((DATA / name).read_text(encoding="utf-8"))


def _rows(names: frozenset[str], count: int = 300) -> dict[str, list[Any]]:
    """Return values for each name: mostly such as pass, so that every clause gets to decide."""
    chance = random.Random(7)
    out = {}
    for name in sorted(names):
        verdict = name.startswith("lumisection.rr.")
        choices = VALUES.get(name, ["GOOD", "BAD", "EMPTY"] if verdict else [True, False, None])
        weights = [60, *[1] * (len(choices) - 1)]
        out[name] = chance.choices(choices, weights, k=count)
    return out


def _table(rows: dict[str, list[Any]], renamed: dict[str, str]) -> Table:
    columns = {
        renamed.get(name, name): Column.of(values, bit=name.startswith("lumisection.oms."))
        for name, values in rows.items()
    }
    return Table(len(next(iter(rows.values()))), columns)


def test_every_document_is_in_the_table_or_holds_selections() -> None:
    """Eleven real documents: ten rules, and the 56 selections of Run 1 and 2 as the eleventh."""
    selections = "certtools_run1_run2_selection.json"
    files = {path.name for path in DATA.iterdir()} - {"README.md"}
    assert files == {*DOCUMENTS, selections}
    # two of the rules are here once more as their authors wrote them, character by character
    documents = {name for name in files if not name.startswith("verbatim_")}
    assert len(documents) == 11
    assert len(documents - {selections}) == 10
    assert len(json.loads((DATA / selections).read_text(encoding="utf-8"))) == 56


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_real_document_is_read_and_none_of_its_names_is_lost(name: str) -> None:
    variables, changed, _ = DOCUMENTS[name]
    legacy = _read(name)
    translated = translate(legacy.rule, legacy.convention)
    assert not translated.unmapped
    assert translated.convention is Convention.GOLDEN
    assert sum(mapped.name != mapped.path for mapped in translated.mapped) == changed
    rule = parse(translated.logic)
    assert {mapped.path for mapped in translated.mapped} == rule.variables
    assert len(rule.variables) == variables


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_real_document_says_the_same_before_and_after(name: str) -> None:
    legacy = _read(name)
    translated = translate(legacy.rule, legacy.convention)
    before, after = parse(legacy.rule), parse(translated.logic)
    renamed = {mapped.name: mapped.path for mapped in translated.mapped}
    rows = _rows(before.variables)
    for null in NullPolicy:
        old = truth(build(before), _table(rows, {}), null)
        assert (old == truth(build(after), _table(rows, renamed), null)).all()


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if "in-reversed" not in DOCUMENTS[name][2]])
def test_a_real_document_selects_some_rows_and_refuses_others(name: str) -> None:
    rule: Rule = parse(translate(_read(name).rule).logic)
    answers = truth(build(rule), _table(_rows(rule.variables), {}), NullPolicy.BAD)
    assert {0, 2} == set(answers.tolist())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_checker_finds_in_a_real_document_what_is_known_of_it(name: str) -> None:
    legacy = _read(name)
    found = diagnose(translate(legacy.rule, legacy.convention).logic, SCHEMA)
    assert Counter(finding.code for finding in found) == DOCUMENTS[name][2]


def test_the_reversed_clauses_of_the_test_rule_are_found_where_they_stand() -> None:
    legacy = _read("verbatim_comment.txt")
    found = diagnose(translate(legacy.rule).logic, SCHEMA)
    lines = (DATA / "verbatim_comment.txt").read_text(encoding="utf-8").splitlines()
    reversed_at = [lines[legacy.line(each.pointer) - 1] for each in found if each.code == "in-reversed"]
    assert ["injection_scheme" in reversed_at[0], "WMass" in reversed_at[1]] == [True, True]


def test_what_was_left_out_of_the_verbatim_documents_is_said_with_its_line() -> None:
    comment, title = _read("verbatim_comment.txt"), _read("verbatim_title.txt")
    assert [(note.line, note.message) for note in comment.notes] == [
        (4, "the comment '// prettier-ignore' was left out")
    ]
    assert [(note.line, note.message) for note in title.notes] == [
        (1, "the title '/ReReco/Run2018__UL2019/DQM' was left out")
    ]
    assert title.row == {"title": "/ReReco/Run2018__UL2019/DQM"}
    assert parse(comment.rule) == parse(_read("json_logic_json.json").rule)
    assert parse(title.rule) == parse(_read("sample_json_logic.json").rule)


def test_what_stands_beside_a_logic_is_kept() -> None:
    assert _read("dcsonly_collisions23.json").row == {"dataset_name_filter": "/Express/Collisions2023/DQM"}
    assert _read("sample_json_logic.json").row == {"dataset_name": "/ReReco/Run2018__UL2019/DQM"}


def test_the_file_of_selections_holds_56_of_them_by_name() -> None:
    found = read_all((DATA / "certtools_run1_run2_selection.json").read_text(encoding="utf-8"))
    assert len({each.name for each in found}) == 56
    assert {each.shape for each in found} == {Shape.SELECTION}
