"""Texts of rules: what is left out is said, what is wrong is refused where it stands, wrappers are opened."""

import json
import random
from typing import Any

import pytest

from ingest.rules.conventions import Convention
from ingest.rules.legacy import read, read_all
from ingest.rules.places import Refused
from ingest.rules.rows import Shape, column_of
from rules.syntax import parse

RULE = {"==": [{"var": "lumisection.oms.cms_active"}, True]}
TEXT = json.dumps(RULE)


def _component(stage: str, **more: Any) -> dict[str, Any]:
    """Return a row of the table of column rules, in the shape in which the system in use gives it."""
    workspace = {"id": 3, "workspace": "gem", "online_or_offline": stage}
    return {
        "id": 41,
        "status": "GOOD",
        "component": 12,
        "classifier": '{"if":[{"==":[{"var":"gem_included"},true]},true,false]}',
        "priority": 2,
        "enabled": True,
        "WorkspaceColumn": {"id": 12, "name": "gem", "Workspace": workspace},
        **more,
    }


def test_comments_titles_and_commas_are_left_out_and_said() -> None:
    text = (
        "\ufeff// for the May call\r\n/PromptReco/Collisions2024/DQM\r\n{\r\n"
        '  "and": [ /* two\r\n lines */\r\n    {"==": [{"var": "run.rr.class"}, "a//b /* c"]},\r\n  ],\r\n}\r\n'
    )
    found = read(text)
    assert found.rule == {"and": [{"==": [{"var": "run.rr.class"}, "a//b /* c"]}]}
    assert [(note.line, note.message.split(" ")[1]) for note in found.notes] == [
        (1, "byte"),
        (1, "ends"),
        (1, "comment"),
        (2, "title"),
        (4, "comment"),
        (6, "comma"),
        (7, "comma"),
    ]
    assert found.line("/and/0/==/0") == 6


def test_a_title_may_stand_on_the_line_of_the_rule() -> None:
    found = read(f"golden of May: {TEXT}")
    assert (found.rule, found.row) == (RULE, {"title": "golden of May:"})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no “{”"),
        ("// nothing\n", 1, "no “{”"),
        ("a title\n", 1, "below 'a title'"),
        ('{"==": [1,\n 1], "==": [2, 2]}', 2, "'==' again (line 1)"),
        ('{"logic": {"and": [true]},\n"tags": "",\n"tags": "x"}', 3, "'tags' again (line 2)"),
        ('{"and": [true,\n, false]}', 2, "expecting value"),
        ('{"==": [NaN, 1]}', 1, "found NaN"),
        ('{"and": [true]}\n}', 2, "expected a rule"),
        ('"logic": {"and": [true]}', 1, "expected a rule"),
        ("{'and': [true]}", 1, "a key in double quotes"),
        ('{"and" [true]}', 1, "“:” after a key"),
        ('{"and": [True]}', 1, "expecting value"),
        ('{"and": [true]', 1, "the end of the text"),
        ('{"and": [true]} /* and so on', 1, "“*/” after “/*”"),
        ('{"and": [\n{"=": [1, 1]}]}', 2, 'no operator called "="'),
        ('{"and": [\n{"==": [1, 1], ">": [2, 1]}]}', 2, "must hold one operator"),
        ('{"and": [{"log": 1}]}', 1, "is refused"),
        ("{}", 1, "empty object"),
        ("[]", 1, "an empty list"),
        ("[1]", 1, "found 1"),
        ('{"logic": "{\\"and\\": [true}"}', 1, "in the text of the rule, line 1: expected “,” or “]”"),
        ('{"logic": [1]}', 1, "expected a rule, found [1]"),
        ('{"logic": {"and": [true]},\n"json_logic": {"and": [true]}}', 1, "logic and json_logic"),
        ("[" * 300, 1, "nested brackets"),
        (f"{TEXT}\n{TEXT}", 2, "expected one rule, found 2"),
        ('{"not": {"==": [1, 1]}}', 1, 'no operator called "not"'),
        ('{"==": [{"var": "energy"}, 1e999]}', 1, "too large for a double"),
    ],
)
def test_what_is_wrong_is_refused_where_it_stands(text: str, line: int, words: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.line == line
    assert words in refused.value.sentence


@pytest.mark.parametrize(
    ("row", "shape", "convention"),
    [
        (
            {"id": 1, "class": "Collisions24", "classifier": TEXT, "priority": 3, "enabled": True},
            Shape.CLASS,
            "RUN",
        ),
        ({"id": 1, "class": "Collisions24", "classifier": RULE, "enabled": True}, Shape.SIGNIFICANCE, "RUN"),
        (_component("online"), Shape.ONLINE, "LUMISECTION"),
        (_component("offline"), Shape.OFFLINE, "NESTED"),
        ({"id": 1, "workspace": "btag", "classifier": TEXT, "enabled": True}, Shape.WORKSPACE, "DATASET"),
        ({"id": 1, "name": "my golden", "classifier": TEXT, "created_by": "a"}, Shape.SAVED, "GOLDEN"),
        (
            {"id": 9, "json_logic": RULE, "dataset_name_filter": "/P%/DQM", "official": False},
            Shape.STORED,
            "GOLDEN",
        ),
        ({"json_logic": TEXT, "dataset_name_filter": "/P%/DQM"}, Shape.STORED, "GOLDEN"),
    ],
)
def test_each_table_of_the_system_in_use_is_known_by_its_columns(
    row: dict[str, Any], shape: Shape, convention: str
) -> None:
    found = read(json.dumps(row))
    assert (found.shape, found.convention) == (shape, Convention[convention])
    assert isinstance(found.rule, dict)
    assert not {"classifier", "json_logic"} & found.row.keys()


def test_a_column_rule_names_its_column() -> None:
    assert column_of(read(json.dumps(_component("online"))).row) == "gem-gem"
    assert column_of({"component": "tracker-pixel"}) == "tracker-pixel"
    assert column_of({"component": 12}) == ""


def test_a_column_rule_without_its_column_says_nothing_of_its_names() -> None:
    row = {key: value for key, value in _component("online").items() if key != "WorkspaceColumn"}
    found = read(json.dumps(row))
    assert (found.shape, found.convention) == (Shape.COLUMN, None)


def test_a_declared_convention_wins_over_the_shape() -> None:
    row = {"class": "Collisions24", "classifier": TEXT, "priority": 1}
    assert read(json.dumps(row), Convention.GOLDEN).convention is Convention.GOLDEN


def test_an_empty_row_is_no_rule_and_says_so() -> None:
    found = read('{"workspace": "tau",\n "classifier": ""}')
    assert found.rule is None
    assert [(note.line, note.message) for note in found.notes] == [
        (2, "“classifier” is empty: there is no rule")
    ]


def test_documents_that_hold_several_are_opened_in_order() -> None:
    rows = [{"name": "one", "classifier": TEXT}, {"name": "two", "classifier": RULE}]
    named = {"muon": RULE, "golden": {"logic": RULE}}
    for text in (json.dumps(rows), "\n".join(json.dumps(row) for row in rows), json.dumps({"jsons": rows})):
        assert [each.name for each in read_all(text)] == ["one", "two"]
    assert [each.name for each in read_all(json.dumps(named))] == ["muon", "golden"]
    job = {"id": "1", "name": "__default__", "data": {"json_logic": RULE, "dataset_name_filter": "%"}}
    assert read(json.dumps(job)).shape is Shape.STORED


def test_one_bad_row_among_good_ones_is_refused_with_its_line() -> None:
    text = '[\n{"name": "one", "classifier": {"and": [true]}},\n{"name": "two", "classifier": {"nd": [true]}}]'
    with pytest.raises(Refused) as refused:
        read_all(text)
    assert refused.value.line == 3


def _decorated(value: Any, chance: random.Random) -> str:
    """Write a value with blanks, comments and commas too many between its parts."""
    gap = chance.choice(["", " ", "\n", "\r\n", '// a, } " comment\n', "/* [ */", "\t/**/ "])
    comma = chance.choice(["", ",", ", // last\n"])
    if isinstance(value, dict) and value:
        inner = ",".join(f"{gap}{json.dumps(k)}{gap}:{_decorated(v, chance)}" for k, v in value.items())
        return f"{{{inner}{comma}{gap}}}{gap}"
    if isinstance(value, list) and value:
        return f"[{gap}{','.join(_decorated(each, chance) for each in value)}{comma}{gap}]{gap}"
    return f"{gap}{json.dumps(value)}{gap}"


@pytest.mark.parametrize("seed", range(40))
def test_what_stands_between_the_parts_of_a_rule_changes_nothing(seed: int) -> None:
    logic = {
        "and": [
            {"==": [{"var": "run.rr.class"}, 'a // b /* c */ , ] "']},
            {"in": ["25ns", {"var": ["run.oms.injection_scheme", ""]}]},
            {"<=": [0, {"var": "run.oms.energy"}, -1.5e3]},
            {"!": [{"in": [{"var": "lumisection.rr.dt-dt"}, ["BAD", "EMPTY", None]]}]},
        ]
    }
    assert read(_decorated({"logic": logic}, random.Random(seed))).rule == parse(logic).ast
