"""The address a browser sends is the state of a screen: read it, and say what was dropped."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlencode

from flask import has_request_context, request
from sqlalchemy import Connection

from model import asof
from model.errors import RunRegistryError

_RUN = re.compile(r"/runs/(\d{1,9})/?")


@dataclass(frozen=True)
class Place:
    """When somebody looks: a sequence, the words they used, and what was dropped from the address."""

    at: int
    words: str
    dropped: str = ""

    @property
    def is_past(self) -> bool:
        """Whether this is the registry as it was."""
        return self.words != "now"


def value(search: str | None, name: str) -> str:
    """Return one value of the address, empty where it has none."""
    return parse_qs((search or "").lstrip("?")).get(name, [""])[0]


def one_of(search: str | None, name: str, known: Collection[str], what: str) -> tuple[str, list[str]]:
    """Return one value of the address where it is a known one; any other is dropped, and said.

    Args:
        what: what any other value is, such as `is no kind of finding`.
    """
    said = value(search, name)
    if not said or said in known:
        return said, []
    return "", [f"“{said[:60]}” {what}: it was dropped from the address."]


def run_of(pathname: str | None) -> int | None:
    """Return the run whose page the address is; None for any other page."""
    match = _RUN.fullmatch(pathname or "")
    return int(match[1]) if match else None


def place(connection: Connection, search: str | None) -> Place:
    """Return when the address looks at; an `as_of` that means nothing is dropped, and said."""
    words = value(search, "as_of") or "now"
    try:
        return Place(asof.resolve(connection, words), words)
    except RunRegistryError as error:
        return Place(asof.resolve(connection, None), "now", f"as_of was dropped: {error}")


def theme() -> Literal["dark", "light"]:
    """Return the theme the browser last chose; its own script repaints what came in the other one."""
    return "light" if has_request_context() and request.cookies.get("rr-theme") == "light" else "dark"


def is_touched() -> bool:
    """Tell whether what points in the browser is a finger, as its own script said."""
    return has_request_context() and request.cookies.get("rr-pointer") == "coarse"


def travelled(search: str | None, words: str) -> str:
    """Return the address's search part with another `as_of`."""
    return changed(search, "as_of", "" if words.strip() == "now" else words.strip())


def changed(search: str | None, name: str, word: str) -> str:
    """Return the address's search part with another value of one name; an empty one takes it out."""
    kept = {k: v[0] for k, v in parse_qs((search or "").lstrip("?")).items() if k != name}
    if word:
        kept[name] = word
    return f"?{urlencode(kept)}" if kept else ""
