"""Rows as JSON or as CSV: by the address (`….csv`) or by what the request accepts."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, jsonify, request

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
