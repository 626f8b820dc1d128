"""Who may import whom."""

import subprocess
import sys
import tomllib

from tests.house import checks
from tests.house.files import ROOT, python, rooms
from tests.house.measured import circles

_LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_rooms_import_only_what_lies_below_them() -> None:
    # its own process: import-linter changes sys.path and leaves what it has loaded
    done = subprocess.run([sys.executable, "-c", _LINT], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contracts_know_every_room() -> None:
    """Rooms only: the linter knows no single modules; app.py and settings.py are looked at below."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert sorted(linter["root_packages"]) == sorted(_packages())


def test_a_page_imports_no_page() -> None:
    pages = [path for path in python("pages") if path.name != "__init__.py"]
    complaints = [
        f"{path}:{said}" for path in pages for said in checks.imported_pages((ROOT / path).read_text())
    ]
    assert not complaints


def test_nobody_imports_the_app() -> None:
    """It builds everything; what it builds cannot need it."""
    assert not _imports_of("app", *_packages())


def test_the_core_is_given_its_settings() -> None:
    assert not _imports_of("settings", "rules", "model", "components")


def _packages() -> list[str]:
    return [room for room in rooms() if not room.endswith(".py")]


def _imports_of(module: str, *tops: str) -> list[str]:
    sources = {path: (ROOT / path).read_text() for path in python(*tops)}
    return [f"{path}:{said}" for path, source in sources.items() for said in checks.imports(source, module)]


def test_no_two_modules_import_each_other() -> None:
    assert not circles()
