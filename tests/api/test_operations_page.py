"""What the page for operators says to type can be typed, in its order."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.operating import backups as backup_operations
from model.cache import Cache
from model.golden.golden import GoldenRoom
from model.registry import Registry, use
from tests.house.files import ROOT
from tests.model import world
from tests.provision import stores

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"^(DATABASE_URL=… )?flask --app app (.+)$", re.MULTILINE)
COMMANDS = [
    (block, *each) for block, text in enumerate(PAGE.split("```sh")[1:]) for each in COMMAND.findall(text)
]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[list[Registry]]:
    """Give a new, empty registry for each part of the page that names one."""
    found = [
        Registry(stores.sqlite(tmp_path / f"new-{n}.sqlite"), GoldenRoom(Cache()))
        for n in range(PAGE.count("```sh"))
    ]
    yield found
    for each in found:
        each.database.dispose()


def test_every_command_of_the_page_does_what_it_is_there_for(
    client: FlaskClient,
    registry: Registry,
    empty: list[Registry],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(client.application.config, backup_operations.FOLDER, str(tmp_path / "backups"))
    before, runner = world.now(registry), client.application.test_cli_runner()
    for block, elsewhere, words in COMMANDS:
        use(empty[block] if elsewhere else registry)
        done = runner.invoke(args=shlex.split(words))
        assert done.exit_code == 0, f"{words}: {done.output}"
    assert {world.now(each) for each in empty} == {0, before}
    assert len(COMMANDS) > 15


def test_every_alarm_is_a_number_that_is_told(client: FlaskClient) -> None:
    told = client.get("/metrics").text
    named = set(re.findall(r"`(run_registry_\w+)`", PAGE))
    assert named and not [name for name in named if f"\n# TYPE {name.removesuffix('_total')}" not in told]


def test_the_page_names_settings_that_there_are() -> None:
    known = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z_]+_[A-Z]+)(?:=\w+)?`", PAGE))
    assert named and not [name for name in named if f"`{name}`" not in known]
