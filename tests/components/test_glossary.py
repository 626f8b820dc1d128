"""Words are defined once, and told where they stand."""

import re
from pathlib import Path

import pytest
from dash import html

from components.glossary import anchor, glossary_body, known, term
from components.markup import labelled
from model.glossary import ALSO, TERMS, says, term_of
from model.vocabulary import Level, Stage, Status
from tests.callbacks.drawn import ids, parts, words

DOMAIN = (
    "run lumisection fill era class dataset stage level workspace column status state verdict author cause "
    "rule flag sequence delivered recorded cycle significant proposal".split()
)


def test_every_status_but_the_word_itself_is_defined() -> None:
    assert not {status.name for status in Status} - set(TERMS)


def test_every_level_is_defined_and_the_stages_stand_in_the_stage() -> None:
    assert not {level.value for level in Level} - set(TERMS)
    assert not [stage for stage in Stage if stage.value not in TERMS["stage"]]


@pytest.mark.parametrize("word", sorted({*DOMAIN, "golden JSON", "normtag", "null policy", "late change"}))
def test_the_words_of_the_domain_are_defined(word: str) -> None:
    assert says(word)


def test_a_definition_is_a_short_sentence() -> None:
    assert not [name for name, said in TERMS.items() if not said.endswith(".") or len(said) > 160]


def test_a_head_is_a_term_in_any_case_and_in_the_plural() -> None:
    assert [term_of(words) for words in ("Lumisections", "LS", "null policy", "Missing data", "EMPTY")] == [
        "lumisection",
        "lumisection",
        "null policy",
        "null policy",
        "EMPTY",
    ]
    assert [term_of(words) for words in ("", "s", "why", "statuses of all")] == [None] * 4


def test_other_ways_of_writing_lead_to_a_term_and_hide_none() -> None:
    assert not [name for name in ALSO.values() if name not in TERMS]
    assert not [other for other in ALSO if other in {name.lower() for name in TERMS}]


def test_a_word_of_a_head_tells_what_it_means_and_other_words_stay() -> None:
    drawn = known("Missing data")
    assert isinstance(drawn, html.Abbr)
    assert (drawn.children, drawn.tabIndex) == ("Missing data", 0)
    assert drawn.to_plotly_json()["props"]["data-says"] == TERMS["null policy"]
    assert known("whatever") == "whatever"


def test_a_label_tells_its_term_unless_only_heard() -> None:
    field = html.Div(id="x")
    assert [type(part) for part in parts(labelled("Cycle", field)) if isinstance(part, html.Abbr)]
    assert not [part for part in parts(labelled("Cycle", field, is_hidden=True)) if isinstance(part, html.Abbr)]


def test_an_undefined_word_cannot_be_drawn_as_a_term() -> None:
    with pytest.raises(KeyError):
        term("synergy")


def test_the_page_of_all_words_has_each_of_them_under_its_own_address() -> None:
    drawn = glossary_body()
    assert sorted(ids(drawn)) == sorted({anchor(name) for name in TERMS})
    assert all(said in words(drawn) for said in TERMS.values())


def test_what_the_browser_looks_for_is_what_is_drawn() -> None:
    script = Path("assets/glossary.js").read_text()
    assert re.search(r"abbr\.term\[data-says\]", script) and '"glossary-tip"' in script
