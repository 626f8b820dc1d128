"""Every check of the house sees what it is there to see, and nothing else."""

import pytest

from tests.house import checks

_LONG = "def f():\n" + "    x = 1\n" * 31

_VIOLATIONS: list[tuple[checks.Check, str]] = [
    (checks.length, "x = 1\n" * 301),
    (checks.page_length, "x = 1\n" * 61),
    (checks.statements, _LONG),
    (checks.prints, "print('here')\n"),
    (checks.run_numbers, "FIRST = 372_001\n"),
    (checks.blind_excepts, "try:\n    f()\nexcept:\n    pass\n"),
    (checks.blind_excepts, "try:\n    f()\nexcept Exception:\n    pass\n"),
    (checks.blind_excepts, "try:\n    f()\nexcept (OSError, BaseException) as e:\n    g(e)\n"),
    (checks.environment, "import os\nx = os.environ['A']\n"),
    (checks.environment, "from os import getenv\n"),
    (checks.unexplained_silence, "import os  # noqa: F401\n"),
    (checks.unexplained_silence, "import os  # noqa\n"),
    (checks.unexplained_silence, "import os  # noqa because it must be\n"),
    (checks.unexplained_silence, "x = f()  # type: ignore[arg-type]\n"),
    (checks.unexplained_silence, "x = f()  # type: ignore\n"),
    (checks.skips, "import pytest\n@pytest.mark.skip\ndef test_x(): ...\n"),
    (checks.skips, "from pytest import importorskip\n"),
    (checks.docstrings, "def certify(): ...\n"),
    (checks.docstrings, "class Edit:\n    x = 1\n"),
    (checks.imported_pages, "from pages.run import layout\n"),
    (checks.imported_pages, "import pages.run\n"),
    (checks.imported_pages, "from . import run\n"),
]

_KEPT: list[tuple[checks.Check, str]] = [
    (checks.length, "x = 1\n" * 300),
    (checks.statements, _LONG.replace("x = 1\n", '"""Do."""\n', 1)),
    (checks.prints, "pprint('here')\n"),
    (checks.run_numbers, "FIRST = small.first_of(__name__)\nWIDTH = 3_840\n"),
    (checks.blind_excepts, "try:\n    f()\nexcept BaseException:\n    undo()\n    raise\n"),
    (checks.blind_excepts, "try:\n    f()\nexcept ValueError:\n    pass\n"),
    (checks.environment, "import os\nos.path.join('a')\n"),
    (checks.environment, "from flask import request\nx = request.environ['gunicorn.socket']\n"),
    (checks.unexplained_silence, "import os  # noqa: F401 the caller reads it here\n"),
    (checks.unexplained_silence, "x = f()  # type: ignore[arg-type]  # dash has no types for this\n"),
    (checks.docstrings, "def _private(): ...\n"),
    (checks.imported_pages, "from components.run import ids\n"),
]


@pytest.mark.parametrize(("check", "source"), _VIOLATIONS)
def test_a_violation_is_seen(check: checks.Check, source: str) -> None:
    assert list(check(source))


@pytest.mark.parametrize(("check", "source"), _KEPT)
def test_what_keeps_the_house_is_let_through(check: checks.Check, source: str) -> None:
    assert not list(check(source))


def test_an_import_is_seen_by_its_top_level_name() -> None:
    assert list(checks.imports("from app import server\n", "app"))
    assert list(checks.imports("def f():\n    import app\n", "app"))
    assert not list(checks.imports("from model.app import x\n", "app"))


@pytest.mark.parametrize(
    "names", [["0002-a.md"], ["0001-a.md", "0003-b.md"], ["0001-a.md", "0001-b.md"], ["one.md"]]
)
def test_a_gap_a_double_and_a_missing_number_are_seen(names: list[str]) -> None:
    assert list(checks.numbering(names))


def test_numbers_in_a_row_are_let_through() -> None:
    assert not list(checks.numbering(["0002-b.md", "0001-a.md"]))
