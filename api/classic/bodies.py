"""What the client sends: a JSON object, or nothing at all under the name of one."""

from collections.abc import Collection
from typing import Any

from flask import request

from api.contract import readable
from model.errors import Invalid

#: hundreds of runs in a filter have 10 kB, a golden logic has 4
LONGEST = 2**20
_DIGITS = 9


def require_readable() -> None:
    """Let through a request whose body can be read.

    Raises:
        Unreadable: it is too long, no JSON, or no object.
    """
    readable.refuse(LONGEST)


def body(*members: str, also: Collection[str] = ()) -> dict[str, Any]:
    """Return the body, which has these members and no other.

    Args:
        also: what it may have besides.

    Raises:
        Invalid: one is missing, or one is not known.
    """
    # read already, by `require_readable`
    found: dict[str, Any] = request.get_json(silent=True) or {}
    if missing := [name for name in members if name not in found]:
        raise Invalid(f"The body has no {missing[0]}; it must have {', '.join(members)}.")
    if unknown := [name for name in found if name not in (*members, *also)]:
        raise Invalid(f"The body has “{unknown[0][:40]}”, which nothing is asked with here.")
    return found


def whole(name: str, value: Any) -> int:
    """Return a whole number that is not negative.

    Raises:
        Invalid: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**_DIGITS:
        raise Invalid(f"{name} must be a whole number.")
    return value


def text(name: str, value: Any) -> str:
    """Return a text.

    Raises:
        Invalid: it is none.
    """
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a text.")
    return value


def run_number(word: str) -> int:
    """Return the run that a part of the path names.

    Raises:
        Invalid: it is no number.
    """
    if not (word.isascii() and word.isdigit() and len(word) <= _DIGITS):
        raise Invalid(f"“{word[:40]}” is no run number.")
    return int(word)
