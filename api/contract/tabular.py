"""Rows as JSON or as CSV: by the address (`….csv`) or by what the request accepts."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from flask import Response, jsonify, request

from api.contract.cursors import pages
from reports.csv import safe

CSV = "text/csv"


def wants_csv() -> bool:
    """Tell whether the request asks for CSV."""
    best = request.accept_mimetypes.best_match(["application/json", CSV], "application/json")
    return request.path.endswith(".csv") or best == CSV


def answer(whole: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Response:
    """Return all of it as JSON, or the rows alone as CSV, a head line first (RFC 4180)."""
    if not wants_csv():
        return jsonify(whole)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows({name: safe(value) for name, value in row.items()} for row in rows)
    return Response(text.getvalue(), mimetype=CSV)


def streamed_csv(
    head: Sequence[str], page: Callable[[Any], tuple[Sequence[Sequence[Any]], Any]], filename: str
) -> Response:
    """Return all rows as CSV, never more than a page of them at once.

    Args:
        page: gives the rows that follow a place, and the last one's place; None where there is none.
    """

    parts = (_lines(rows) for rows in chain([[head]], pages(page)))
    response = Response(parts, mimetype=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def cell(value: Any) -> Any:
    """Return a value as it stands in a file: words as they are in JSON, several beside each other."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return safe(" ".join(map(str, value)))
    return safe(value)
