"""One edit over HTTP, and whose it became: what every way of asking is tried with."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model import journal
from model.registry import Registry
from tests.model import world

COLUMN = "tracker-pixel"


def say_bad(client: FlaskClient, headers: Mapping[str, str], column: str = COLUMN) -> TestResponse:
    """Say BAD of three lumisections."""
    edit = {
        "run_number": world.RUN,
        "dataset": world.PROMPT,
        "columns": [column],
        "ranges": [[1, 3]],
        "status": "BAD",
        "cause": "HV trip",
        "comment": "",
    }
    seen = client.get("/api/v1/version", headers=dict(headers)).json
    body: dict[str, Any] = {"edits": [edit], "seen": (seen or {}).get("sequence", 0)}
    return client.post("/api/v1/verdicts", json=body, headers=dict(headers))


def last_author(registry: Registry) -> tuple[str, bool, int]:
    """Return who recorded last, whether it is a person, and how far the journal is."""
    with registry.reading() as connection:
        row = list(journal.entries(connection))[-1]
    return row.author, row.is_person, row.sequence
