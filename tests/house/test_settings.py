"""Settings: each is told on its page, and one that cannot be is named in a sentence."""

import subprocess
import sys

from api.operating.told_settings import page
from tests.house.files import ROOT


def test_the_page_of_settings_is_made_of_their_descriptions() -> None:
    kept = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert kept == page(), "flask --app app settings --page > docs/settings.md"


def test_a_setting_that_cannot_be_is_named_without_a_traceback_or_its_value() -> None:
    given = {"PORT": "99999", "OMS_AUTH": "magic", "DATABASE_URL": ":hunter2@"}
    command = [sys.executable, "-c", "import settings; settings.load()"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr and "hunter2" not in done.stderr
    for name in given:
        assert f"\n  {name}: " in done.stderr
