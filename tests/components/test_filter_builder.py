"""The chips say what the address asks for, and the editor knows every condition that the language has."""

import json
from typing import Any

import pytest

from components import certify_grid, certify_grid_sort, filter_builder
from components.filter_words import WORDS
from model.filters.language import _FITS, parse
from tests.callbacks.drawn import parts, words

COLUMNS = ("tracker-pixel", "tracker-strip")


def drawn(node: Any) -> Any:
    source = json.dumps(node)
    return filter_builder.chips(parse(source), source, {}, COLUMNS, ("global", "tracker"))


def buttons(node: Any) -> list[tuple[str, str]]:
    found = [getattr(part, "data-filter", None) for part in parts(drawn(node))]
    paths = [getattr(part, "data-path", None) for part in parts(drawn(node))]
    return [(what, path) for what, path in zip(found, paths, strict=True) if what]


def test_the_editor_has_every_condition_of_the_language() -> None:
    assert {word.word for word in WORDS} == set(_FITS)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.word)
def test_what_the_editor_composes_is_a_filter(word: Any) -> None:
    given: list[Any] = [word.word]
    for asked in word.document(COLUMNS, ("global",))["fields"]:
        if asked["when"] and given[1 + asked["when"][0]] not in asked["when"][1]:
            continue
        choices = {"choice": asked["options"] and asked["options"][0][0], "number": 3, "moment": "2024-06-01"}
        given.append(choices.get(asked["kind"], asked["hint"]))
    parse(json.dumps(given))


def test_chips_are_nested_as_the_filter_is() -> None:
    pixel = ["cell", "tracker-pixel", "BAD", "any"]
    said = words(drawn({"and": [pixel, {"not": {"or": [["proposed"], {"not": ["says", "HV"]}]}}]}))
    assert "tracker-pixel BAD somewhere ✕ and not proposed by a program ✕ or not says “HV” ✕" in said


def test_each_part_has_the_path_that_the_browser_takes() -> None:
    found = buttons({"or": [["proposed"], {"not": {"and": [["proposed"], ["by", "me"]]}}]})
    assert [path for what, path in found if what == "edit"] == ["0", "1.0", "1.1"]
    assert [path for what, path in found if what == "drop"] == ["0", "1.0", "1.1", "1"]
    assert ("not", "1") in found and ("join", "1") in found and ("join", "") in found
    assert [path for what, path in buttons(["proposed"]) if what == "edit"] == ["0"]


def test_without_a_filter_the_frequent_ones_are_offered() -> None:
    offered = filter_builder.offers(COLUMNS, "/certify/tracker", {"stage": "express"})
    shown = filter_builder.chips(None, "", offered, COLUMNS, ())
    links = [part.href for part in parts(shown) if getattr(part, "href", None)]
    assert len(links) == 4 and all(link.startswith("/certify/tracker?stage=express&where=") for link in links)


def test_trap_28_the_order_of_the_address_is_one_of_the_grid_s_fields() -> None:
    defs = certify_grid.column_defs(COLUMNS)
    for said in ("", "x-asc", "r-up", "r", "r; drop table runs-asc", "tracker-pixel-asc"):
        assert not certify_grid_sort.is_order(said)
        assert not any(each["sort"] for each in certify_grid_sort.sorted_by(defs, said))
    (by,) = [each for each in certify_grid_sort.sorted_by(defs, "l-desc") if each["sort"]]
    assert (by["field"], by["sort"]) == ("l", "desc")
