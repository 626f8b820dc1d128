"""The event stream: a browser asks here; the connection itself is given to the process that holds streams."""

import json
import os
import socket
from contextlib import suppress
from typing import Any

from flask import Response, current_app, request
from pydantic import Field

from api.answers.feeds import Feeds
from api.contract.noun import Sent, kinds, noun
from identity import here
from identity.staying import stay
from model import asof
from model.feeds import heard
from model.queries.event_feed import Choice, kinds_of
from model.registry import registry

blueprint = noun("stream", tag="events")
#: the setting of the stream process's address among the server's
ADDRESS = "STREAM_SOCKET"
_PATIENCE_S = 2.0


class Chosen(Sent):
    """Which events; what is empty asks nothing."""

    kind: str = Field("", description="kinds of events, by commas; empty: every kind", max_length=800)
    run_number: int | None = Field(None, ge=0, le=999_999_999)
    dataset: str = Field("", description="exact name of a dataset", max_length=200)
    author: str = Field("", description="exact name of a person, rule or program", max_length=100)
    workspace: str = Field("", description="events that speak of this workspace", max_length=40)

    def choice(self) -> Choice:
        """Return it as the model asks it.

        Raises:
            Invalid: a kind that is none.
        """
        return Choice(kinds_of(self.kind), self.run_number, self.dataset, self.author, self.workspace)

    def said(self) -> dict[str, Any]:
        """Return it for the process that holds streams."""
        self.choice()
        return self.model_dump(include=set(Chosen.model_fields))


class After(Chosen):
    """Where to begin, and whether the events themselves are wanted."""

    after: int | None = Field(None, ge=0, description="sequence seen last; a Last-Event-ID header wins")
    events: bool = Field(False, description="the events themselves, not only that there are some")


@blueprint.get("/stream", responses={200: kinds("text/event-stream"), 204: None})
def stream(query: After) -> Response:
    """Send server-sent events: `head` for each step of the journal, `beat` every two seconds.

    `head` carries `sequence` and `runs` (null: too many to name), its id is the sequence; `beat` carries the
    server's time in ms, the sequence, and each feed with its last answer. 204 where no process holds streams:
    a browser then stops asking, and polls `/api/v1/version`.

    With `events=1` each event that is wanted comes as a message of its own, as `/api/v1/events` tells it, its
    id the sequence; all since `after` or `Last-Event-ID` first. `beat` then carries how far one has looked, as
    its id too, so that who comes back goes on from there.
    """
    here.asker()
    said = request.headers.get("Last-Event-ID", "")
    after = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else query.after
    wanted: dict[str, Any] = {"after": after}
    if query.events:
        wanted = {"events": "stream", **query.said()}
        with registry().reading() as connection:
            # a sequence that is not there yet is refused here, where a status can still say so
            wanted["after"] = asof.resolve(connection, after)
    return given_away(wanted) or Response(status=204)


@blueprint.get("/feeds", responses={200: Feeds})
def feeds() -> dict[str, Any]:
    """Return each feed that a worker speaks for: its last answer, its normal lag, its trouble."""
    with registry().reading() as connection:
        return {
            "now_ms": int(registry().clock().timestamp() * 1000),
            "feeds": [f.plain() for f in heard(connection)],
        }


def given_away(wanted: dict[str, Any]) -> Response | None:
    """Give the connection of this request to the process that holds streams; None where none takes it."""
    client = request.environ.get("gunicorn.socket")
    if client is None:
        return None
    if not _hand_over(client, {**wanted, "stay": stay()}, current_app.config[ADDRESS]):
        return None
    # nobody reads this answer: its way leads nowhere any more
    return Response(status=204, headers={"Connection": "close"})


def _hand_over(client: socket.socket, wanted: dict[str, Any], address: str) -> bool:
    """Give a connection to the process that holds streams; return whether it took it."""
    with socket.socket(socket.AF_UNIX) as way, suppress(OSError):
        way.settimeout(_PATIENCE_S)
        way.connect(address)
        socket.send_fds(way, [json.dumps(wanted, ensure_ascii=False).encode()], [client.fileno()])
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
