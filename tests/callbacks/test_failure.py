"""A callback that raises does not leave its screen silent: the person and the log are both told."""

import logging
import re
from typing import Any

import pytest
from flask import Flask

from callbacks import shell as room
from components import failure, shell
from identity import here
from model.errors import Busy, Unreachable
from model.registry import Registry
from tests.callbacks.drawn import words

SHELL = [(shell.FEEDS, "children"), (shell.NOTICES, "children"), (shell.AS_OF, "value")]


def ask(server: Flask, headers: dict[str, str] | None = None) -> Any:
    """Let the browser ask for the shell of its address; return what the server answers."""
    asked = {
        "output": f"..{'...'.join(f'{name}.{prop}' for name, prop in SHELL)}..",
        "outputs": [{"id": name, "property": prop} for name, prop in SHELL],
        "inputs": [
            {"id": shell.ADDRESS, "property": "search", "value": ""},
            {"id": shell.VERSION, "property": "data", "value": None},
        ],
        "changedPropIds": [f"{shell.ADDRESS}.search"],
    }
    answer = server.test_client().post("/_dash-update-component", json=asked, headers=headers)
    assert answer.status_code == 200
    return answer.get_json()


def raising(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Any:
        raise error

    monkeypatch.setattr(room, "feeds", fail)


def test_what_nobody_foresaw_is_told_with_a_reference_and_its_traceback_is_logged_once(
    server: Flask, small_registry: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    raising(ZeroDivisionError("feeds"), monkeypatch)
    with caplog.at_level(logging.INFO):
        answer = ask(server)
    assert answer["response"] == {}
    told = words(answer["sideUpdate"][failure.PLACE]["children"])
    reference = re.search(r"The log has it as +([0-9a-f]{16})", told)
    assert reference is not None and "look before you do it again" in told
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.getMessage() == f"failure {reference[1]}"
    assert caplog.text.count("ZeroDivisionError: feeds") == 1


def test_a_refusal_of_the_model_is_its_own_sentence_and_no_failure(
    server: Flask, small_registry: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    raising(Busy("Another import holds the journal: try again in a moment."), monkeypatch)
    answer = ask(server)
    assert words(answer["sideUpdate"][failure.PLACE]["children"]) == (
        "Another import holds the journal: try again in a moment."
    )
    assert caplog.records == []


def test_a_screen_that_does_not_fail_tells_nothing(server: Flask, small_registry: Registry) -> None:
    answer = ask(server, {here.HEADER: "a.shifter"})
    assert "sideUpdate" not in answer
    assert set(answer["response"]) == {name for name, _ in SHELL}


def test_a_registry_whose_database_is_away_says_so_on_the_screen(
    server: Flask, small_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(Unreachable("The database does not answer."), monkeypatch)
    answer = ask(server)
    assert answer["response"] == {}
    assert "The database does not answer." in words(answer["sideUpdate"][failure.PLACE]["children"])
