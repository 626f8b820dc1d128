"""SQL over the snapshots, over HTTP: a question goes to the query process, its answer is passed on."""

import select
import socket
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

from flask import Response, request
from pydantic import Field

from api.answers.columnar import QueryAnswer, QuerySchema
from api.contract.noun import ASKS, Sent, noun
from identity.here import asker
from model.columnar.written import MEDIA_TYPES
from model.registry import registry
from model.sandbox.limits import LONGEST_SQL
from model.sandbox.sandbox import sandbox
from model.sandbox.snapshots import LATEST, chosen

blueprint = noun("query", "/query")
_TYPES = {**MEDIA_TYPES, "json": "application/json"}
#: what is said of an answer, where it does not hold it itself
_HEADERS = {
    "Run-Registry-Sequence": "sequence",
    "Run-Registry-Rows": "row_count",
    "Run-Registry-Truncated": "truncated_why",
    "Run-Registry-Elapsed-Ms": "elapsed_ms",
}


class OfSnapshot(Sent):
    """Which snapshot."""

    snapshot: str = Field(LATEST, description="latest, sequence, RFC 3339 time or label", max_length=100)


class QueryBody(OfSnapshot):
    """One SELECT over the tables of a snapshot."""

    sql: str = Field(description="one SELECT, in the words of DuckDB", min_length=1, max_length=LONGEST_SQL)
    limit: int = Field(10_000, ge=1, le=10_000_000, description="rows at most; the server has a limit besides")
    format: Literal["json", "csv", "parquet", "arrow"] = Field("json", description="of the answer")


@blueprint.post("", openapi_extensions=dict(ASKS), responses={200: QueryAnswer})
def ask(body: QueryBody) -> Response:
    """Return the rows of a SELECT, with the type of each column and its unit where it is one of ours.

    JSON holds `columns`, `rows` as lists, `truncated` with the reason, `elapsed_ms` and the `sequence` of the
    snapshot; other formats say the same in headers. 422 `stopped` where a limit of time or memory is met, 429
    where too many queries run, 503 where no process answers. Who hangs up ends the query.
    """
    who = asker()
    with registry().reading() as connection:
        found = chosen(connection, sandbox().snapshots, body.snapshot)
    question = {"sql": body.sql, "sequence": found.sequence, "rows": body.limit, "format": body.format}
    answer = sandbox().ask({**question, "asker": who.name}, _hung_up())
    response = Response(answer.body, mimetype=_TYPES[body.format])
    for name, word in _HEADERS.items():
        response.headers[name] = str(answer.about[word])
    if body.format != "json":
        response.headers["Content-Disposition"] = f'attachment; filename="query_{found.sequence}.{body.format}"'
    return response


@blueprint.get("/schema", responses={200: QuerySchema})
def schema(query: OfSnapshot) -> dict[str, Any]:
    """Return the tables of a snapshot with every column's type, unit and meaning, and the limits of a query."""
    with registry().reading() as connection:
        found = chosen(connection, sandbox().snapshots, query.snapshot)
    said = {name: found.manifest[name] for name in ("sequence", "recorded_at", "made_at")}
    tables = list(found.manifest["tables"].values())
    return {**said, "tables": tables, "limits": asdict(sandbox().limits)}


def _hung_up() -> Callable[[], bool]:
    """Return what tells whether whoever asked has hung up; where the server does not know, nobody does."""
    client: socket.socket | None = request.environ.get("gunicorn.socket")

    def is_gone() -> bool:
        if client is None or not select.select([client], [], [], 0)[0]:
            return False
        try:
            return not client.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    return is_gone
