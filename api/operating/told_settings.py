"""Settings as they are told: with their values, and as the page `docs/settings.md`."""

import re
from pathlib import Path
from types import MappingProxyType
from typing import cast, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from settings import Settings

#: a password in an address
_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")
_WORDS = MappingProxyType(
    {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        Path: "folder",
        SecretStr: "secret",
    }
)
_PAGE = (
    "# Settings",
    "",
    "Each is a variable of the environment. What cannot be keeps the registry from starting, with a sentence",
    "that names the variable. `flask --app app settings` prints those that hold, with secrets hidden.",
    "",
    "Made by `flask --app app settings --page > docs/settings.md`.",
    "",
)


def variable(name: str) -> str:
    """Return the environment variable of a field."""
    return (Settings.model_fields[name].alias or name).upper()


def told(settings: Settings) -> dict[str, str]:
    """Return every variable with its value as it may be shown: secrets hidden."""
    return {variable(name): _shown(getattr(settings, name)) for name in Settings.model_fields}


def page() -> str:
    """Return `docs/settings.md`, made from the descriptions."""
    rows = [
        f"| `{variable(name)}` | {_type(field)} | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([*_PAGE, "| variable | is | if not set | sets |", "|---|---|---|---|", *rows]) + "\n"


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(set, hidden)" if value.get_secret_value() else ""
    return _PASSWORD.sub(r"\1:***@", str(value))


def _type(field: FieldInfo) -> str:
    if choices := get_args(field.annotation):
        return " or ".join(f"`{each}`" for each in choices)
    low, high = (_limit(field, *names) for names in (("ge", "gt"), ("le", "lt")))
    within = "" if low is None else f", from {low}" + ("" if high is None else f" to {high}")
    return _WORDS[cast(type, field.annotation)] + within


def _limit(field: FieldInfo, *names: str) -> object:
    found = [getattr(each, name, None) for each in field.metadata for name in names]
    return next((limit for limit in found if limit is not None), None)


def _default(field: FieldInfo) -> str:
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return f"`{value}`" if str(value) else "empty"
