"""What the page for operators names is there: alarms that are told, settings that are known."""

import re

from flask.testing import FlaskClient

from tests.house.files import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_alarm_is_a_number_that_is_told(client: FlaskClient) -> None:
    told = client.get("/metrics").text
    named = set(re.findall(r"`(run_registry_\w+)`", PAGE))
    assert named and not [name for name in named if f"\n# TYPE {name.removesuffix('_total')}" not in told]


def test_the_page_names_settings_that_there_are() -> None:
    known = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z_]+_[A-Z]+)(?:=\w+)?`", PAGE))
    assert named and not [name for name in named if f"`{name}`" not in known]
