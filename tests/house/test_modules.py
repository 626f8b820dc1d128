"""Modules stay small and honest."""

from collections.abc import Iterable
from pathlib import Path

from tests.house import checks
from tests.house.files import ROOT, committed, product, python, rooms

_PRODUCT = [checks.length, checks.statements, checks.prints, checks.blind_excepts]
#: besides settings.py, who may look at the environment: what runs around the product
_AROUND = {"gunicorn.conf.py", "tests", "benchmarks", "docs"}


def _complaints(asked: Iterable[checks.Check], paths: Iterable[Path]) -> str:
    sources = ((path, (ROOT / path).read_text()) for path in paths)
    return "\n".join(f"{path}:{said}" for path, text in sources for check in asked for said in check(text))


def test_every_product_module_keeps_the_house() -> None:
    assert not _complaints(_PRODUCT, product())


def test_no_module_of_tests_is_long() -> None:
    """A file goes to one worker as a whole: long ones are what the others wait for at the end."""
    assert not _complaints([checks.length], python("tests"))


def test_a_page_is_short() -> None:
    assert not _complaints([checks.page_length], python("pages"))


def test_no_two_modules_of_browser_tests_have_a_run_in_common() -> None:
    found = (path for path in python("tests") if path.match("browser/test_*.py"))
    assert not _complaints([checks.run_numbers], found)


def test_only_the_settings_read_the_environment() -> None:
    assert not _complaints([checks.environment], (path for path in product() if path != Path("settings.py")))


def test_nothing_is_silenced_without_a_reason() -> None:
    assert not _complaints([checks.unexplained_silence], python(*rooms(), *_AROUND))


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    assert not _complaints([checks.skips], python("tests"))


def test_python_stands_in_a_known_room() -> None:
    """A new room is entered in pyproject.toml, so that types, imports and these tests hold for it too."""
    strangers = {path.parts[0] for path in committed() if path.suffix == ".py"} - {*rooms(), *_AROUND}
    assert not strangers
