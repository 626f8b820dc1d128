"""What others build on says what it is."""

import importlib
import inspect

from pydantic import BaseModel

from tests.house import checks
from tests.house.files import ROOT, committed, python


def test_public_names_of_the_core_and_its_doors_have_docstrings() -> None:
    paths = [path for path in python("model", "rules", "api", "ingest") if "migrations" not in path.parts]
    complaints = [f"{path}:{said}" for path in paths for said in checks.docstrings((ROOT / path).read_text())]
    assert not complaints


def test_every_setting_says_what_it_sets() -> None:
    module = importlib.import_module("settings")
    classes = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == "settings"]
    fields = {
        f"{c.__name__}.{name}": field
        for c in classes
        if issubclass(c, BaseModel)
        for name, field in c.model_fields.items()
    }
    assert fields, "settings.py holds no settings"
    assert not [name for name, field in fields.items() if not (field.description or "").strip()]


def test_decisions_are_numbered_in_a_row() -> None:
    folder = [path for path in committed() if path.parts[:2] == ("docs", "decisions")]
    assert not list(checks.numbering([path.name for path in folder if path.name != "README.md"]))
