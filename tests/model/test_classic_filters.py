"""Filters and orders of the published client, as public programs send them, on both stores."""

from typing import Any

import pytest

from model.errors import Invalid
from model.registry import Registry
from tests.model.classic_world import FIRST, names, objects, page_of, registry
from tests.model.world import EXPRESS, PROMPT

__all__ = ["registry"]


def test_hidden_datasets_are_not_listed(registry: Registry) -> None:
    assert (FIRST + 2, EXPRESS) not in names(objects(registry, False))
    assert (FIRST + 1, EXPRESS) in names(objects(registry, False))


@pytest.mark.parametrize(
    ("wanted", "runs"),
    [
        ({"run_number": {"or": [{"=": FIRST}, {"=": str(FIRST + 1)}, {">": FIRST + 3}]}}, [4, 1, 0]),
        ({"run_number": str(FIRST)}, [0]),
        ({"run_number": {"like": "%00_"}}, [4, 3, 2, 1, 0]),
        ({"oms_attributes.energy": {"and": [{">": 6000}, {"<": 7000}]}}, [1, 0]),
        ({"oms_attributes.energy": {">": 6000, "<": 7000}}, [1, 0]),
        ({"oms_attributes.energy": {">": "5"}}, [3, 1, 0]),
        ({"rr_attributes.significant": {"or": [{"=": True}]}}, [1, 0]),
        ({"oms_attributes.gem_included": {"=": False}}, []),
        ({"oms_attributes.dt_included": True}, [1, 0]),
        ({"oms_attributes.components": {"like": '%"DT", "TRACKER"%'}}, [0]),
        ({"or": [{"triplet_summary.dt-dt.BAD": {">": 0}}, {"run_number": FIRST + 3}]}, [3, 1]),
        ({"or": []}, []),
        ({"and": []}, [4, 3, 2, 1, 0]),
        ({"workspace": "global"}, [4, 3, 2, 1, 0]),
    ],
)
def test_filters_that_the_system_in_use_answers_wrongly_are_answered(
    registry: Registry, wanted: dict[str, Any], runs: list[int]
) -> None:
    found = objects(registry, True, filter=wanted)
    assert [each["run_number"] - FIRST for each in found] == runs


def test_filters_of_public_programs_are_answered(registry: Registry) -> None:
    certifier = {
        "run_number": {"or": [{"=": number} for number in range(FIRST - 800, FIRST + 2)]},
        "name": {"and": [{"notlike": "%online%"}, {"notlike": "%commissioning%"}]},
    }
    assert names(objects(registry, False, filter=certifier)) == [
        (FIRST + 1, EXPRESS),
        (FIRST + 1, PROMPT),
        (FIRST, EXPRESS),
        (FIRST, PROMPT),
    ]
    dials = {
        "and": [
            {"rr_attributes.class": {"=": "Collisions24"}},
            {"name": {"=": PROMPT}},
            {"dataset_attributes.global_state": {"=": "OPEN"}},
        ],
        "name": {"and": [{"<>": "online"}]},
    }
    assert names(objects(registry, False, filter=dials)) == [(FIRST + 1, PROMPT), (FIRST, PROMPT)]
    waiting = {"name": {"<>": "online"}, "dataset_attributes.dt_state": "waiting dqm gui"}
    assert names(objects(registry, False, filter=waiting)) == [(FIRST + 1, EXPRESS), (FIRST, EXPRESS)]


def test_samples_are_contained_or_not(registry: Registry) -> None:
    def found(said: Any) -> list[tuple[int, str]]:
        return names(objects(registry, False, filter={"datasets_in_gui": said, "run_number": FIRST}))

    assert found({"contains": PROMPT}) == found(PROMPT) == [(FIRST, PROMPT)]
    assert found({"<>": PROMPT}) == [(FIRST, EXPRESS), (FIRST, "online")]
    assert found({"contains": PROMPT[:-1]}) == []
    with pytest.raises(Invalid, match="holds names of samples"):
        found({"like": "%"})


@pytest.mark.parametrize(
    ("sortings", "runs"),
    [
        ([["run_number", "asc"]], [0, 1, 2, 3, 4]),
        ([["oms_attributes.b_field", "ASC"]], [1, 0, 4, 3, 2]),
        ([["oms_attributes.energy", "DESC"]], [1, 0, 2, 3, 4]),
        ([["oms_attributes.ls_duration", "DESC"]], [3, 2, 1, 0, 4]),
        ([["rr_attributes.class", "ASC"], ["run_number", "ASC"]], [4, 0, 1, 2, 3]),
        ([["dt-dt", "ASC"]], [4, 0, 1, 2, 3]),
        ([["triplet_summary.dt-dt.BAD", "DESC"]], [1, 4, 3, 2, 0]),
    ],
)
def test_rows_are_ordered_by_what_stands_under_a_key(
    registry: Registry, sortings: list[list[str]], runs: list[int]
) -> None:
    found = objects(registry, True, sortings=sortings)
    assert [each["run_number"] - FIRST for each in found] == runs


def test_pages_of_an_order_hold_every_row_once(registry: Registry) -> None:
    order = [["oms_attributes.energy", "ASC"]]
    pages = [page_of(registry, False, sortings=order, page_size=3, page=n) for n in range(6)]
    assert {each["count"] for each in pages} == {len(objects(registry, False))}
    assert {each["pages"] for each in pages} == {4}
    rows = [row for each in pages for row in names(each["datasets"])]
    assert rows == names(objects(registry, False, sortings=order))
    assert pages[5]["datasets"] == []
