"""Pages of long lists: a cursor knows its question, its sequence and its place, and is signed.

A walk that begins now is told to its end at the sequence of its first page, whatever is recorded meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import orjson
from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeSerializer
from pydantic import Field

from api.contract.noun import AsOf
from model.cache import key
from model.errors import Invalid

NDJSON = "application/x-ndjson"
_MOST = 1_000
_PIECE = 500
Rows = TypeVar("Rows")


class Paged(AsOf):
    """How much of a list, from where on."""

    limit: int = Field(100, ge=1, le=_MOST, description="rows of a page")
    cursor: str = Field(
        "", max_length=2_000, description="`next_cursor` of the page before: the same question, at its sequence"
    )

    def moment(self) -> str:
        """Return as of when: the first page's sequence, where this is a later one.

        Raises:
            Invalid: the cursor is of another question, or none; or `as_of` is said besides.
        """
        if not self.cursor:
            return self.as_of
        if self.as_of != "now":
            raise Invalid("A cursor carries its sequence: leave as_of out.")
        return str(self._opened()[1])

    def place(self) -> Any:
        """Return what the page before ended with; None on the first page."""
        return self._opened()[2] if self.cursor else None

    def next_cursor(self, at: int, place: Any, length: int) -> str | None:
        """Return the cursor of the following page; None where this one was not full."""
        return str(_signer().dumps([_question(), at, place])) if length == self.limit else None

    def _opened(self) -> tuple[str, int, Any]:
        try:
            question, at, place = _signer().loads(self.cursor)
        except (BadData, ValueError) as error:
            raise Invalid("This is no cursor of this registry: begin again without one.") from error
        if question != _question():
            raise Invalid("The cursor is of another question: begin again without one.")
        return question, at, place


def streamed(page: Callable[[Any], tuple[Sequence[dict[str, Any]], Any]]) -> Response:
    """Return all rows, one JSON object a line, never more than a page of them at once.

    Args:
        page: gives the rows that follow a place, and the last one's place; None where there is none.
    """

    lines = (b"".join(orjson.dumps(row) + b"\n" for row in rows) for rows in pages(page))
    return Response(lines, mimetype=NDJSON)


def pages(page: Callable[[Any], tuple[Rows, Any]]) -> Iterator[Rows]:
    """Return the rows of page after page; the first is read, and may be refused, at once."""
    first = page(None)

    def each() -> Iterator[Rows]:
        rows, place = first
        yield rows
        while place is not None:
            rows, place = page(place)
            yield rows

    return each()


def piece() -> int:
    """Return how many rows of a stream are held at once."""
    return _PIECE


def _question() -> str:
    asked = sorted((k, v) for k, v in request.args.items(multi=True) if k not in ("cursor", "limit", "as_of"))
    return key(request.path, asked)[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="cursor")
