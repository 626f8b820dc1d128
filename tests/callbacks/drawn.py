"""Reading what a callback drew: its words, its ids, its parts."""

import json
from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(drawn: Any) -> Iterator[Component]:
    """Walk everything that was drawn."""
    if isinstance(drawn, Component):
        yield drawn
        yield from parts(getattr(drawn, "children", None))
    elif isinstance(drawn, list | tuple):
        for one in drawn:
            yield from parts(one)


def words(drawn: Any) -> str:
    """Return the text of what was drawn, or of what was sent as JSON."""
    if isinstance(drawn, dict):
        return words(drawn.get("props", {}).get("children"))
    if isinstance(drawn, Component):
        return words(getattr(drawn, "children", None))
    if isinstance(drawn, list | tuple):
        return " ".join(filter(None, map(words, drawn)))
    return "" if drawn is None or isinstance(drawn, bool) else str(drawn)


def named(drawn: Any, wanted: Any) -> Component:
    """Return the one part with an id."""
    (found,) = [part for part in parts(drawn) if getattr(part, "id", None) == wanted]
    return found


def ids(drawn: Any) -> list[str]:
    """Return every id, those of patterns as sorted JSON."""
    return [as_text(part.id) for part in parts(drawn) if getattr(part, "id", None)]


def as_text(given: Any) -> str:
    """Return an id as text."""
    return json.dumps(given, sort_keys=True) if isinstance(given, dict) else str(given)


def told_beside(strip: dict[str, Any]) -> dict[tuple[str, str], list[list[Any]]]:
    """Return the proposals and overrides that a strip tells, by dataset and column, statuses as words."""
    codes = strip["codes"]
    return {
        (row["dataset"], row["key"]): [
            [*each[:2], *(codes[code][2] for code in each[2:end]), *each[end : end + 3]] for each in row[name]
        ]
        for row in strip["rows"]
        for name, end in (("hints", 3), ("otherwise", 4))
        if name in row
    }
