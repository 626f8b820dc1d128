"""The change feed: every event of the journal after a place, in order; by pages, as lines, or as it comes."""

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response
from pydantic import BaseModel, Field

from api.answers.events import Events, Kinds, ToldEvent
from api.contract.noun import kinds as lines_of
from api.contract.noun import noun
from api.contract.reads import reading
from api.stream import Chosen, given_away
from identity.here import asker
from model.queries.event_feed import Choice, one, piece
from model.queries.event_kinds import kinds
from model.registry import Registry, registry

blueprint = noun("events")
LINES = "application/x-ndjson"
_AT_ONCE = 500


class Wanted(Chosen):
    """Which events, from where on."""

    after: int = Field(0, ge=0, description="sequence seen last: what comes after it is told")
    payload: bool = Field(True, description="false: without what the kind alone says")
    as_of: str = Field("now", description="sequence, RFC 3339 time or label")


class Page(Wanted):
    """Which events, how many, and whether to wait for one."""

    limit: int = Field(100, ge=1, le=1_000)
    wait: float = Field(
        0, ge=0, le=30, description="seconds to wait for the next event, where there is none yet"
    )


class Lines(Wanted):
    """Which events, to the end or so many."""

    limit: int | None = Field(None, ge=1)


class Numbered(BaseModel):
    """An event by its place."""

    sequence: int = Field(ge=0)


@blueprint.get("/events", responses={200: Events})
def read(query: Page) -> Response:
    """Return the next events; ask again with `after` = `next`, at once where `has_more` is true.

    A page can be short or empty and still have more: it looks at so much of the journal and no further.
    With `wait`, a page that would be empty at the end of the journal is answered at the next event that is
    wanted, empty if none comes in time. Where no process holds streams the answer comes at once.
    """
    asker()
    choice = query.choice()
    with reading(query.as_of) as (connection, at):
        found = piece(connection, choice, query.after, query.limit, upto=at, has_payload=query.payload)
    is_now = query.as_of in ("", "now")
    if query.wait and is_now and not found.events and not found.has_more:
        words = {"after": found.next, "limit": query.limit, "payload": query.payload, "wait_s": query.wait}
        if waits := given_away({"events": "page", **query.said(), **words}):
            return waits
    return Response(found.page(), mimetype="application/json")


@blueprint.get("/events.ndjson", responses={200: lines_of(LINES)})
def lines(query: Lines) -> Response:
    """Send events up to the journal's end as it is now, one JSON object a line, in constant memory."""
    asker()
    choice, here = query.choice(), registry()
    with reading(query.as_of) as (connection, upto):
        # a start that is none is refused before the first byte
        piece(connection, choice, query.after, 1, upto=upto)
    return Response(_lines(here, query, choice, upto), mimetype=LINES)


@blueprint.get("/events/kinds", responses={200: Kinds})
def every_kind() -> dict[str, Any]:
    """Return every kind of event with its fields."""
    return {
        "kinds": [
            {
                "kind": each.name,
                "says": each.says,
                "fields": [{"name": f.name, "type": f.type, "optional": f.is_optional} for f in each.fields],
            }
            for each in kinds()
        ]
    }


@blueprint.get("/events/<int:sequence>", responses={200: ToldEvent})
def one_event(path: Numbered) -> Response:
    """Return one event, which never changes."""
    asker()
    with reading() as (connection, _):
        return Response(orjson.dumps(one(connection, path.sequence)), mimetype="application/json")


def _lines(here: Registry, query: Lines, choice: Choice, upto: int) -> Iterator[bytes]:
    """Yield lines, a snapshot for each piece: a slow reader holds none open."""
    at, left = query.after, query.limit
    while at < upto and left != 0:
        many = _AT_ONCE if left is None else min(left, _AT_ONCE)
        with here.reading() as connection:
            found = piece(connection, choice, at, many, upto=upto, has_payload=query.payload)
        at, left = found.next, None if left is None else left - len(found.events)
        yield b"".join(line + b"\n" for _, line in found.events)
