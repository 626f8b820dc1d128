"""Texts that many verdicts come from: lines that contradict each other, and certification JSON."""

from random import Random

import pytest

from model.bulk.contradictions import contradictions
from model.bulk.fresh import Asked
from model.bulk.lists import Listed, Words, read_list
from model.bulk.rows import read_rows
from model.commands.verdicts import VerdictEdit
from model.errors import Invalid
from model.ranges import canonical, intersect
from model.registry import Registry
from model.vocabulary import Stage
from tests.model import world
from tests.model.bulk_world import PIXEL, apply, plan, told
from tests.model.world import PROMPT, RUN, TRACKER

__all__ = ["told"]


def test_two_lines_that_contradict_each_other_are_both_named(told: Registry) -> None:
    found = plan(told, f"{RUN},1,5,{PIXEL},GOOD\n{RUN},4,8,{PIXEL},BAD,HV trip\n{RUN},1,5,{PIXEL},GOOD")
    assert [p.line for p in found.problems] == [1, 2, 3]
    assert found.problems[0].sentence == f"Line 2 says something else of run {RUN} {PIXEL} LS 4–5."
    assert "Line 2" in found.problems[2].sentence


def test_of_many_lines_every_contradiction_is_found_in_one_pass() -> None:
    long = [f"{RUN},{n},{n + 3},{PIXEL},{'BAD,HV trip' if n % 500 == 0 else 'GOOD'}" for n in range(1, 2001)]
    asked = [
        Asked(row.line, VerdictEdit(RUN, PROMPT, (row.column,), row.ranges, row.status, row.cause))
        for row in read_rows("\n".join(long))[0]
    ]
    found = contradictions((each, canonical(each.edit.ranges)) for each in asked)
    clashing = {n for n in range(1, 2001) for bad in (500, 1000, 1500, 2000) if abs(n - bad) <= 3}
    assert {p.line for p in found} == clashing


@pytest.mark.parametrize("seed", range(20))
def test_a_line_is_named_where_and_only_where_another_contradicts_it(seed: int) -> None:
    dice = Random(seed)
    edits = []
    for line in range(1, 12):
        first = dice.randint(1, 12)
        words = dice.choice([("GOOD", ""), ("BAD", "HV trip"), ("BAD", "noise")])
        ranges = ((first, first + dice.randint(0, 5)),)
        edits.append(Asked(line, VerdictEdit(RUN, PROMPT, (PIXEL,), ranges, *words)))
    spans = {each.line: canonical(each.edit.ranges) for each in edits}
    expected = {
        a.line
        for a in edits
        for b in edits
        if intersect(spans[a.line], spans[b.line])
        and (a.edit.status, a.edit.cause) != (b.edit.status, b.edit.cause)
    }
    found = contradictions((each, spans[each.line]) for each in edits)
    assert {p.line for p in found} == expected


def test_a_certification_json_is_read_as_verdicts(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(2, 2)], "STANDBY")
    text = f'{{"{RUN}": [[1, 4], [7, 8]], "{RUN + 1}": []}}'
    inside, outside = Words("GOOD"), Words("BAD", "other")
    apply(told, Listed(text, Stage.PROMPT, (PIXEL,), inside, outside))
    assert world.statuses(told, PIXEL) == [
        (1, 1, "GOOD"),
        (2, 2, "STANDBY"),
        (3, 4, "GOOD"),
        (5, 6, "BAD"),
        (7, 8, "GOOD"),
        (9, 10, "BAD"),
    ]
    assert world.statuses(told, PIXEL, run_number=RUN + 1) == [(1, 10, "BAD")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f'{{"{RUN}": [[1, 30]]}}', f"Run {RUN} has lumisections 1 to 10, not 1–30."),
        (f'{{"{RUN}": [[4, 1]]}}', f"Run {RUN} has [4, 1] where a range [first, last] from 1 is wanted."),
        (f'{{"{RUN}": [[1, true]]}}', f"Run {RUN} has [1, True] where a range"),
        (f'{{"{RUN}": [[{"[" * 300 + "]" * 300}]]}}', f"Run {RUN} has something else where"),
        (f'{{"{RUN}": 5}}', f"Run {RUN} needs a list"),
        (f'{{"{RUN}": [[1, 2]], "{RUN}": [[3, 4]]}}', f"Run {RUN} is listed twice."),
        (f'{{"{RUN + 49}": [[1, 2]]}}', f"Run {RUN + 49} has no prompt dataset."),
        ('{"era C": [[1, 2]]}', "“era C” is no run."),
    ],
)
def test_a_run_of_a_list_that_cannot_be_written_is_named(told: Registry, text: str, sentence: str) -> None:
    found = plan(told, Listed(text, Stage.PROMPT, (PIXEL,), Words("GOOD")))
    assert not found.is_sound
    assert sentence in found.problems[0].sentence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "{",
        "null",
        '{"1": [[1, 2]]',
        "[" * 200_000,
        '{"1": ' + "9" * 5000 + "}",
        "x" * 4_000_001,
    ],
)
def test_a_text_that_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"\.$"):
        read_list(text)
