"""Names of other conventions: each goes to one of ours, or is listed with its place."""

import pytest

from ingest.rules.aliases import Unmapped, translate
from ingest.rules.conventions import ALIASES, PURPOSE_OF, Alias, Convention
from model.frames.schema import SCHEMA, with_columns
from rules.check import diagnose
from rules.values import Json


def _reads(name: str) -> Json:
    return {"==": [{"var": name}, True]}


def test_the_four_conventions_of_the_system_in_use_arrive_at_the_same_names() -> None:
    # the examples by which the system in use documents its conventions
    class_rule = {
        "if": [{"and": [{">": [{"var": "energy"}, 6000]}, {"in": ["x", {"var": "hlt_key"}]}]}, True, False]
    }
    online = {"if": [{"and": [_reads("gem_included"), _reads("gemp_ready")]}, True, False]}
    offline = {"if": [{"==": [{"var": "lumisection.rr.dt-dt.status"}, "GOOD"]}, True, False]}
    golden = {
        "and": [{">=": [{"var": "run.oms.b_field"}, 3.7]}, {"==": [{"var": "lumisection.rr.dt-dt"}, "GOOD"]}]
    }
    expected = {
        Convention.RUN: (class_rule, {"run.oms.energy", "run.oms.hlt_key"}),
        Convention.LUMISECTION: (online, {"run.oms.gem_included", "lumisection.oms.gemp_ready"}),
        Convention.NESTED: (offline, {"lumisection.rr.dt-dt"}),
        Convention.GOLDEN: (golden, {"run.oms.b_field", "lumisection.rr.dt-dt"}),
    }
    for convention, (logic, paths) in expected.items():
        for declared in (convention, None):
            translated = translate(logic, declared)
            assert translated.convention is convention
            assert {mapped.path for mapped in translated.mapped} == paths
            assert not translated.unmapped
            assert not [each for each in diagnose(translated.logic, SCHEMA) if each.code == "unknown-variable"]


@pytest.mark.parametrize("alias", ALIASES, ids=lambda alias: f"{alias.convention}:{alias.name}")
def test_every_alias_leads_to_a_variable_and_says_why(alias: Alias) -> None:
    assert alias.path in SCHEMA
    assert alias.why
    translated = translate(_reads(alias.name), alias.convention)
    assert [mapped.path for mapped in translated.mapped] == [alias.path]


def test_no_name_has_two_meanings_in_one_convention() -> None:
    assert len({(alias.convention, alias.name) for alias in ALIASES}) == len(ALIASES)
    assert set(PURPOSE_OF) == set(Convention)


def test_a_flat_bit_of_a_whole_run_comes_with_its_caveat() -> None:
    logic = _reads("beam1_present")
    assert "any lumisection" in translate(logic, Convention.RUN).caveats[0]
    assert not translate(logic, Convention.LUMISECTION).caveats


def test_a_flat_name_means_what_its_convention_says() -> None:
    logic = _reads("class")
    for convention in (Convention.RUN, Convention.LUMISECTION):
        assert translate(logic, convention).logic == _reads("run.rr.class")
    in_rows = translate(logic, Convention.DATASET)
    assert in_rows.unmapped == (Unmapped("/==/0", "class", "run.rr.class"),)
    assert in_rows.logic == logic


@pytest.mark.parametrize("word", ["cause", "comment"])
@pytest.mark.parametrize("convention", [Convention.NESTED, Convention.GOLDEN, None])
def test_cause_and_comment_of_a_verdict_are_listed_and_nothing_reads_them(
    word: str, convention: Convention | None
) -> None:
    name = f"lumisection.rr.dt-dt.{word}"
    translated = translate({"and": [True, _reads(name)]}, convention)
    assert not translated.mapped
    assert translated.unmapped == (
        Unmapped("/and/1/==/0", name, "a rule reads the status alone: lumisection.rr.dt-dt"),
    )
    assert [each.code for each in diagnose(translated.logic, SCHEMA)][0] == "unknown-variable"


def test_a_name_that_means_something_else_there_does_not_pass_for_ours() -> None:
    # in an offline column rule the verdict itself is an object and equals nothing
    translated = translate({"==": [{"var": "lumisection.rr.dt-dt"}, "GOOD"]}, Convention.NESTED)
    assert translated.unmapped[0].name == "lumisection.rr.dt-dt"
    assert translated.logic == {"==": [{"var": "unmapped.lumisection.rr.dt-dt"}, "GOOD"]}
    assert diagnose(translated.logic, SCHEMA)[0].code == "unknown-variable"


def test_every_place_where_names_stand_is_reached() -> None:
    logic = {
        "if": [
            {"missing": [["energy", "hlt_key", "nonsense"]]},
            {"missing_some": [1, ["b_field", "cms_active"]]},
            {"==": [{"var": ["fill_number", {"var": "class"}]}, 3]},
            {"some": [{"var": "components"}, {"==": [{"var": "energy"}, {"var": ""}]}]},
            {"!": {"var": "stable_beam"}},
        ]
    }
    translated = translate(logic, Convention.LUMISECTION)
    assert translated.logic == {
        "if": [
            {"missing": [["run.oms.energy", "run.oms.hlt_key", "nonsense"]]},
            {"missing_some": [1, ["run.oms.b_field", "lumisection.oms.cms_active"]]},
            {"==": [{"var": ["run.oms.fill_number", {"var": "run.rr.class"}]}, 3]},
            {"some": [{"var": "run.oms.components"}, {"==": [{"var": "energy"}, {"var": ""}]}]},
            {"!": {"var": "run.oms.stable_beam"}},
        ]
    }
    assert [(each.pointer, each.name) for each in translated.unmapped] == [("/if/0", "nonsense")]
    assert len(translated.mapped) == 8


def test_names_are_listed_once_for_each_place() -> None:
    translated = translate({"or": [_reads("nope"), _reads("energy"), _reads("nope")]}, Convention.RUN)
    assert [each.pointer for each in translated.unmapped] == ["/or/0/==/0", "/or/2/==/0"]


def test_columns_that_a_registry_has_of_its_own_are_known_when_given() -> None:
    logic = {"==": [{"var": "lumisection.rr.csc-mem"}, "GOOD"]}
    assert translate(logic).unmapped
    assert not translate(logic, schema=with_columns(["csc-mem"])).unmapped


def test_flags_and_number_names() -> None:
    assert not translate({"and": [{"var": "flag.stable-beams"}]}).unmapped
    assert translate({"==": [{"var": 7}, 1]}).unmapped[0].name == "7"


def test_a_wrong_name_is_answered_with_the_right_one_of_another_convention() -> None:
    translated = translate({"and": [_reads("run.oms.stable_beam"), _reads("cms_active")]})
    assert translated.convention is Convention.GOLDEN
    assert translated.unmapped == (Unmapped("/and/1/==/0", "cms_active", "lumisection.oms.cms_active"),)


def test_rows_of_datasets_and_the_earlier_names_of_verdicts() -> None:
    row = {
        "and": [
            {"==": [{"var": "Run.rr_attributes.class"}, "Collisions24"]},
            {"in": ["/Express", {"var": "name"}]},
        ]
    }
    translated = translate(row)
    assert translated.convention is Convention.DATASET
    assert {mapped.path for mapped in translated.mapped} == {"run.rr.class", "dataset.name"}
    old = translate({"==": [{"var": "lumisection.rr.l1tmu_triplet.status"}, "GOOD"]})
    assert old.logic == {"==": [{"var": "lumisection.rr.l1t-l1tmu"}, "GOOD"]}
