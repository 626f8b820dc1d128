"""`?` tells of every page what it is for, and how one works there."""

from pathlib import Path

import dash
import pytest
from flask import Flask

from callbacks import shell
from components.help.pages import NOWHERE, PAGES, help_of
from model.glossary import TERMS
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import parts, words


def _addresses(page: dict[str, object]) -> set[str]:
    return {str(page["path"]), str(page.get("path_template") or page["path"])}


def test_every_page_has_help_and_no_help_is_of_no_page(server: Flask) -> None:
    pages = [page for page in dash.page_registry.values() if "404" not in str(page["path"])]
    assert pages and not [page["module"] for page in pages if not _addresses(page) & set(PAGES)]
    assert not set(PAGES) - {address for page in pages for address in _addresses(page)}


@pytest.mark.parametrize("path", PAGES)
def test_the_help_of_a_page_says_what_one_does_there(path: str) -> None:
    told = PAGES[path]
    assert told.purpose.endswith(".") and 3 <= len(told.deeds) <= 6
    assert not [deed for deed in told.deeds if not deed.endswith(".")]
    assert not set(told.words) - set(TERMS)
    keys = [key for key, _ in told.keys]
    assert len(keys) == len(set(keys)), "a key is told twice"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "/"),
        ("/runs", "/runs"),
        ("/runs/380001", "/runs/<run_number>"),
        ("/certify/tracker", "/certify"),
        ("/certify", "/certify"),
        ("/glossary", "/glossary"),
    ],
)
def test_an_address_leads_to_the_help_of_its_page(address: str, path: str) -> None:
    assert help_of(address) is PAGES[path]


def test_an_address_that_is_no_page_has_help_too() -> None:
    assert help_of("/nowhere") is NOWHERE


def test_the_question_mark_tells_of_the_page_one_is_on(asking: Asking) -> None:
    with asking():
        drawn = shell.tell_help(1, "/golden")
    said = words(drawn)
    assert PAGES["/golden"].purpose in said and TERMS["null policy"] in said
    assert "/glossary" in _links(drawn)


@pytest.mark.parametrize("is_built", [True, False])
def test_the_documentation_is_offered_where_it_was_built(
    server: Flask, asking: Asking, monkeypatch: pytest.MonkeyPatch, is_built: bool
) -> None:
    monkeypatch.setitem(server.extensions, "manual", lambda: is_built)
    with asking():
        drawn = shell.tell_help(1, "/query")
    assert ("/docs/query.html" in _links(drawn)) is is_built


def test_the_documentation_has_each_page_that_help_leads_to() -> None:
    assert not [told.docs for told in PAGES.values() if not Path(f"docs/{told.docs}.md").is_file()]


def _links(drawn: object) -> set[str]:
    return {part.href for part in parts(drawn) if hasattr(part, "href")}
