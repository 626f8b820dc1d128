"""What may be asked of a resource: fields, filters, sorting, pages, includes; checked as OMS checks it.

Source: recorded requests and answers of the aggregation API, and its public clients.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

Row = Mapping[str, Any]
DEFAULT_LIMIT = 10
_FILTER = re.compile(r"filter\[(\w+)\](?:\[(\w+)\])?(?:\[(\w+)\])?")
_FIELDS = re.compile(r"fields(?:\[\w+\])?")
_PAGE = re.compile(r"page\[(offset|limit)\]")
_INCLUDES = ("meta", "presentation_timestamp", "data_only")
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: bool(a == b),
    "NEQ": lambda a, b: bool(a != b),
    "LT": lambda a, b: bool(a < b),
    "GT": lambda a, b: bool(a > b),
    "LE": lambda a, b: bool(a <= b),
    "GE": lambda a, b: bool(a >= b),
    "LIKE": lambda a, b: str(b).replace("%", "") in str(a),
    "CT": lambda a, b: b in a,
}


class Refused(Exception):
    """A request that OMS would not answer."""


@dataclass(frozen=True)
class Filter:
    """One condition; several hold together."""

    attribute: str
    operator: str
    text: str

    def holds(self, row: Row) -> bool:
        """Tell whether a row passes; one without a value never does."""
        found = row.get(self.attribute)
        if found is None:
            return False
        return _OPERATORS[self.operator](found, _like(found, self))


@dataclass(frozen=True)
class Query:
    """A request for rows of a resource."""

    resource: str
    fields: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    sort: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    offset: int = 0
    limit: int = DEFAULT_LIMIT

    def select(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows that pass, in order; pages are cut later."""
        found = [row for row in rows if all(f.holds(row) for f in self.filters)]
        for key in reversed(self.sort):
            name = key.lstrip("-")
            found.sort(key=lambda row: _orderable(row.get(name)), reverse=key.startswith("-"))
        return found

    def link(self, base: str, offset: int) -> str:
        """Return the canonical address of a page of this query."""
        parts = [f"page[limit]={self.limit}"]
        if self.fields:
            parts.append(f"fields[{self.resource}]={quote(','.join(self.fields))}")
        parts += [f"filter[{self.resource}][{f.attribute}][{f.operator}]={quote(f.text)}" for f in self.filters]
        if self.sort:
            parts.append(f"sort={quote(','.join(self.sort))}")
        if self.include:
            parts.append(f"include={quote(','.join(self.include))}")
        if offset:
            parts.append(f"page[offset]={offset}")
        return f"{base}/{self.resource}?{'&'.join(parts)}"


def parse(resource: str, text: str, known: frozenset[str], cap: int) -> Query:
    """Read a query string.

    Args:
        known: attributes of the resource.
        cap: rows of one page at most, whatever is asked.

    Raises:
        Refused: an unknown parameter, attribute or operator, or a page that is no number.
    """
    said: dict[str, Any] = {"filters": []}
    for key, value in parse_qsl(text, keep_blank_values=True):
        if match := _FILTER.fullmatch(key):
            said["filters"].append(_filter(resource, match, value))
        elif match := _PAGE.fullmatch(key):
            said[match[1]] = _number(key, value)
        elif _FIELDS.fullmatch(key):
            said["fields"] = tuple(value.split(","))
        elif key in ("sort", "include"):
            said[key] = tuple(part for part in value.split(",") if part)
        else:
            raise Refused(f"unknown parameter {key}")
    named = [f.attribute for f in said["filters"]] + [name.lstrip("-") for name in said.get("sort", ())]
    if strange := [name for name in (*named, *said.get("fields", ())) if name not in known]:
        raise Refused(f"{resource} has no attribute {strange[0]}")
    if strange := [word for word in said.get("include", ()) if word not in _INCLUDES]:
        raise Refused(f"include={strange[0]} is not known")
    limit = min(said.pop("limit", DEFAULT_LIMIT), cap)
    return Query(resource, limit=max(limit, 1), **{**said, "filters": tuple(said["filters"])})


def _filter(resource: str, match: re.Match[str], value: str) -> Filter:
    names = [part for part in match.groups() if part]
    if names[0] == resource and len(names) > 1:
        names = names[1:]
    operator = names[1].upper() if len(names) > 1 else "EQ"
    if operator not in _OPERATORS or len(names) > 2:
        raise Refused(f"unknown operator {operator}")
    return Filter(names[0], operator, value)


def _number(key: str, value: str) -> int:
    if not value.isdigit():
        raise Refused(f"{key} is no number: {value}")
    return int(value)


def _like(found: Any, asked: Filter) -> Any:
    """Read the text of a filter as what the attribute holds."""
    try:
        if isinstance(found, bool):
            return {"true": True, "false": False}[asked.text.lower()]
        if isinstance(found, int | float) and asked.operator not in ("LIKE", "CT"):
            return float(asked.text)
    except (KeyError, ValueError) as error:
        raise Refused(f"{asked.attribute} cannot be {asked.text!r}") from error
    return asked.text


def _orderable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)
