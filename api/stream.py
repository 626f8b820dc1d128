"""The event stream: a browser asks here; the connection itself is given to the process that holds streams."""

import json
import os
import socket
from contextlib import suppress
from typing import Any

from flask import Response, current_app, request
from pydantic import Field

from api.answers_more import Feeds
from api.noun import Sent, kinds, noun
from identity import here
from model.feeds import heard
from model.registry import registry

blueprint = noun("stream", tag="events")
#: the setting of the stream process's address among the server's
ADDRESS = "STREAM_SOCKET"
_PATIENCE_S = 2.0


class After(Sent):
    """Where to begin."""

    after: int | None = Field(None, ge=0, description="sequence seen last; a Last-Event-ID header wins")


@blueprint.get("/stream", responses={200: kinds("text/event-stream"), 204: None})
def stream(query: After) -> Response:
    """Send server-sent events: `head` for each step of the journal, `beat` every two seconds.

    `head` carries `sequence` and `runs` (null: too many to name), its id is the sequence; `beat` carries the
    server's time in ms, the sequence, and each feed with its last answer. 204 where no process holds streams:
    a browser then stops asking, and polls `/api/v1/version`.
    """
    here.asker()
    said = request.headers.get("Last-Event-ID", "")
    after = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else query.after
    response = Response(status=204)
    client = request.environ.get("gunicorn.socket")
    if client is not None and _hand_over(client, {"after": after}, current_app.config[ADDRESS]):
        # nobody reads this answer: its way leads nowhere any more
        response.headers["Connection"] = "close"
    return response


@blueprint.get("/feeds", responses={200: Feeds})
def feeds() -> dict[str, Any]:
    """Return each feed that a worker speaks for: its last answer, its normal lag, its trouble."""
    with registry().reading() as connection:
        return {
            "now_ms": int(registry().clock().timestamp() * 1000),
            "feeds": [f.plain() for f in heard(connection)],
        }


def _hand_over(client: socket.socket, wanted: dict[str, Any], address: str) -> bool:
    """Give a connection to the process that holds streams; return whether it took it."""
    with socket.socket(socket.AF_UNIX) as way, suppress(OSError):
        way.settimeout(_PATIENCE_S)
        way.connect(address)
        socket.send_fds(way, [json.dumps(wanted).encode()], [client.fileno()])
        if way.recv(1) == b"+":
            _let_go(client)
            return True
    return False


def _let_go(client: socket.socket) -> None:
    """Put a dead end under this worker's socket, so that what the worker does to it reaches nobody.

    Closing it would do: but gunicorn first writes an answer and shuts the connection down.
    """
    mine, other = socket.socketpair()
    with mine, other:
        os.dup2(mine.fileno(), client.fileno())
