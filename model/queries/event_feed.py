"""The journal as programs are told it: what was recorded after a place, in order, in bounded pieces."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, select

from model import events
from model.clock import rfc3339, to_us
from model.errors import Invalid, NotFound
from model.journal import Entry, entry, sequence_now
from model.queries import views
from model.tables import dataset
from model.tables import journal as table
from model.vocabulary import workspace_of

#: so far one piece looks, and so many bytes it holds: whoever asks for what is rare goes on at `next`
_SPAN = 50_000
_BYTES = 4 * 2**20
_ROWS_AT_ONCE = 200
#: documents that anybody may read; others, such as somebody's own
#: views or what is known of a token, are told without name and content
OPEN_DOCUMENTS = frozenset(
    {
        "rule",
        "rule-draft",
        "rights",
        "workspaces",
        "accepted-datasets",
        "certification-list",
        "label",
        "handover",
        "cycle",
        "finding",
    }
)


@dataclass(frozen=True)
class Choice:
    """Which events are wanted; what is empty asks nothing."""

    kinds: frozenset[str] = frozenset()
    run_number: int | None = None
    dataset: str = ""
    author: str = ""
    workspace: str = ""

    def takes(self, told: Mapping[str, Any]) -> bool:
        """Tell whether an event is wanted by what stands in its payload."""
        if self.dataset and told["dataset"] != self.dataset:
            return False
        return not self.workspace or self.workspace in told["workspaces"]

    def clauses(self) -> list[ColumnElement[bool]]:
        """Return what the store can choose by itself."""
        found: list[ColumnElement[bool]] = []
        if self.kinds:
            found.append(table.c.kind.in_(sorted(self.kinds)))
        if self.run_number is not None:
            found.append(table.c.run_number == self.run_number)
        if self.author:
            found.append(table.c.author == self.author)
        if self.dataset:
            runs = select(dataset.c.run_number).where(dataset.c.name == self.dataset)
            found.append(table.c.run_number.in_(runs))
        return found


@dataclass(frozen=True)
class Piece:
    """Some events, each as its sequence and its JSON; one asks on after `next`.

    Args:
        head: how far the journal was.
    """

    events: tuple[tuple[int, bytes], ...]
    next: int
    head: int

    @property
    def has_more(self) -> bool:
        """Whether one has not come to the end."""
        return self.next < self.head

    def page(self) -> bytes:
        """Return the piece as one JSON object."""
        inside = b",".join(line for _, line in self.events)
        said = f'"sequence":{self.head},"next":{self.next},"has_more":{str(self.has_more).lower()}'
        return b'{"events":[' + inside + b"]," + said.encode() + b"}"


def kinds_of(words: str) -> frozenset[str]:
    """Read kinds of events, separated by commas.

    Raises:
        Invalid: one of them is none.
    """
    said = [word.strip() for word in words.split(",") if word.strip()]
    for word in said:
        if word not in events.KINDS:
            raise Invalid(f"“{word[:60]}” is no kind of event; they are {', '.join(sorted(events.KINDS))}.")
    return frozenset(said)


def piece(
    connection: Connection,
    choice: Choice,
    after: int,
    limit: int,
    *,
    upto: int | None = None,
    has_payload: bool = True,
) -> Piece:
    """Return at most `limit` events after a sequence; fewer where they are long or lie far apart.

    Args:
        upto: the sequence as of which the journal is read; now where not given.

    Raises:
        NotFound: the journal has not come to `after`.
    """
    head = sequence_now(connection) if upto is None else upto
    if after > head:
        raise NotFound(f"The journal has not reached sequence {after}; it is at {head}.")
    end = head if choice.run_number is not None else min(head, after + _SPAN)
    query = select(table).where(table.c.sequence > after, table.c.sequence <= end, *choice.clauses())
    rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query.order_by(table.c.sequence))
    found: list[tuple[int, bytes]] = []
    size = 0
    for row in rows:
        if len(found) == limit or size > _BYTES:
            rows.close()
            return Piece(tuple(found), found[-1][0], head)
        said = told(entry(row), has_payload=has_payload)
        if choice.takes(said):
            found.append((row.sequence, orjson.dumps(said)))
            size += len(found[-1][1])
    return Piece(tuple(found), end, head)


def one(connection: Connection, sequence: int) -> dict[str, Any]:
    """Return the event of a sequence.

    Raises:
        NotFound: the journal has none.
    """
    row = connection.execute(select(table).where(table.c.sequence == sequence)).first()
    if row is None:
        raise NotFound(f"The journal has no sequence {sequence}; it is at {sequence_now(connection)}.")
    return told(entry(row))


def told(e: Entry, *, has_payload: bool = True) -> dict[str, Any]:
    """Return an event as programs are told it."""
    payload = _open(e.event)
    said = {
        "sequence": e.sequence,
        "kind": e.event.kind,
        "recorded_at": rfc3339(to_us(e.recorded_at)),
        "happened_at": rfc3339(to_us(e.happened_at)),
        "author": e.author,
        "is_person": bool(e.is_person),
        "action": e.action,
        "run_number": e.run_number,
        "dataset": payload.get("dataset"),
        "workspaces": _workspaces(payload),
        "comment": e.comment,
    }
    return {**said, "payload": payload} if has_payload else said


def _open(event: events.Event) -> dict[str, Any]:
    """Return the payload without what is somebody's own."""
    payload = event.payload()
    if not isinstance(event, events.DocumentSet) or event.category in OPEN_DOCUMENTS:
        return payload
    document = event.document
    if event.category == views.KIND and document and document["is_shared"]:
        return payload
    # the name of a view names its owner's words too
    return {**payload, "name": "", "document": None}


def _workspaces(payload: Mapping[str, Any]) -> list[str]:
    """Return the workspaces that an event speaks of: those of its columns and of its states."""
    found = set(payload.get("states") or {})
    for name in ("verdicts", "proposals", "layers"):
        for each in payload.get(name) or ():
            if isinstance(each, Mapping):
                columns = each.get("columns") or [each["column"]]
                found |= {workspace_of(column) for column in columns}
    return sorted(found)
