"""A page of runs or datasets, as the published client asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from model.classic.kept import ClientRoom
from model.classic.language import Filter, parse
from model.classic.sql import Table
from model.errors import Invalid

MOST_ROWS, LAST_PAGE, MOST_SORTINGS = 1_000, 2**31, 10
MEMBERS = ("page", "filter", "page_size", "sortings")
_PAGE_SIZE = 50


@dataclass(frozen=True)
class Asked:
    """What is asked for: which rows, in which order (keys, and whether descending), and which page of them."""

    wanted: Filter
    order: tuple[tuple[str, bool], ...]
    number: int
    size: int


def asked(body: Mapping[str, Any]) -> Asked:
    """Read a request for a page.

    Raises:
        Invalid: a member is not known, of the wrong type or out of range.
    """
    number = _whole("page", body.get("page", 0), 0, LAST_PAGE)
    size = _whole("page_size", body.get("page_size", _PAGE_SIZE), 1, MOST_ROWS)
    return Asked(parse(body.get("filter", {})), _order(body.get("sortings", [])), number, size)


def page(connection: Connection, room: ClientRoom, question: Asked, at: int, *, of_runs: bool) -> bytes:
    """Return a page with the number of all pages and rows, as JSON.

    Raises:
        Invalid: the filter or the order names what does not exist.
    """
    table = Table(connection, at, of_runs=of_runs)
    found = table.page(question.wanted, question.order, question.number * question.size, question.size)
    told = room.runs if of_runs else room.datasets
    rows = told(connection, found.rows, at)
    pages = -(-found.count // question.size)
    return orjson.dumps({"runs" if of_runs else "datasets": rows, "pages": pages, "count": found.count})


def _whole(name: str, value: Any, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise Invalid(f"{name} must be a whole number from {lowest} to {highest:,}.")
    return value


def _order(said: Any) -> tuple[tuple[str, bool], ...]:
    if not isinstance(said, list) or len(said) > MOST_SORTINGS:
        raise Invalid(f"sortings must be a list of at most {MOST_SORTINGS} pairs of a key and ASC or DESC.")
    found = []
    for each in said:
        if not isinstance(each, list) or len(each) != 2 or not all(isinstance(word, str) for word in each):
            raise Invalid('A sorting is a pair such as ["run_number", "ASC"].')
        if each[1].upper() not in ("ASC", "DESC"):
            raise Invalid(f"“{each[1][:20]}” is no direction; ASC and DESC are.")
        found.append((each[0], each[1].upper() == "DESC"))
    return tuple(found)
