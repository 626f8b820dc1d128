"""The journal, the only writer: append-only, totally ordered, hash-chained; it projects as it records."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, func, select

from model import encoding
from model.authors import Author
from model.clock import Clock, from_us, system_clock, to_us
from model.db import Database
from model.errors import Broken, RunRegistryError
from model.events import Event, Verdicts, from_payload
from model.projections import Projector
from model.tables import journal

COLUMNS = [str(column.name) for column in journal.columns]
# asked and added most often of all: made once
_ADDING = journal.insert()
_SEQUENCE = select(func.max(journal.c.sequence))
_HEAD = (
    select(journal.c.sequence, journal.c.recorded_us, journal.c.hash)
    .order_by(journal.c.sequence.desc())
    .limit(1)
)

#: what became of the last turn of this request: the sequence it wrote, or the code of its refusal
written: ContextVar[int] = ContextVar("written", default=0)
refused: ContextVar[str] = ContextVar("refused", default="")


@dataclass(frozen=True)
class Entry:
    """One row of the journal, read back."""

    sequence: int
    recorded_at: datetime
    happened_at: datetime
    author: str
    is_person: bool
    action: int
    run_number: int | None
    comment: str
    event: Event


@dataclass(frozen=True)
class Head:
    """The end of the journal."""

    sequence: int
    recorded_us: int
    hash: bytes


class Transaction:
    """One command's turn with the journal's lock; all it records is one action unless told otherwise.

    `facts` are those on which derived columns have not followed yet.
    """

    def __init__(self, connection: Connection, clock: Clock = system_clock, action: int | None = None) -> None:
        self.connection = connection
        self.clock = clock
        self.head = head(connection)
        self.action = action
        self.projector = Projector(connection)
        self.facts: list[Event] = []

    def record(
        self, event: Event, by: Author, *, comment: str = "", happened_at: datetime | None = None
    ) -> int:
        """Append one fact and project it.

        Args:
            happened_at: when it was true in the world, UTC; now where not given.

        Returns: the new sequence.
        """
        row, written = self._append(event, by, comment, happened_at)
        self.connection.execute(_ADDING, row)
        self.projector.apply(self.head.sequence, by, written)
        return self.head.sequence

    def record_verdicts(self, given: Sequence[Verdicts], by: Author, *, comment: str = "") -> int:
        """Append facts of one kind about as many datasets, project them together; return the last sequence."""
        datasets = {(event.run_number, event.dataset) for event in given}
        if len(datasets) < len(given) or len({event.kind for event in given}) > 1:
            raise ValueError("verdicts that are recorded together are of one kind, about different datasets")
        rows, facts = [], []
        for event in given:
            row, written = self._append(event, by, comment, None)
            rows.append(row)
            facts.append((self.head.sequence, cast(Verdicts, written)))
        self.connection.execute(_ADDING, rows)
        self.projector.verdicts(by, facts)
        return self.head.sequence

    def take_over(self, row: Mapping[str, Any], payload: bytes) -> None:
        """Append a row of another registry's journal as it is, and project it.

        Args:
            row: its columns; `payload` is given apart, as canonical bytes.

        Raises:
            Broken: it does not follow the head, or is no event that this program knows.
        """
        self.head = following(self.head, row, payload)
        try:
            event = from_payload(row["kind"], encoding.parse(payload))
        except (ValueError, TypeError) as error:
            raise Broken(f"Sequence {row['sequence']} cannot be read by this program: {error}.") from error
        self.connection.execute(_ADDING, {**row, "payload": encoding.squeeze(payload)})
        self.projector.apply(row["sequence"], Author(row["author"], bool(row["is_person"])), event)

    def _append(
        self, event: Event, by: Author, comment: str, happened_at: datetime | None
    ) -> tuple[dict[str, Any], Event]:
        sequence = self.head.sequence + 1
        self.action = self.action or sequence
        recorded_us = max(to_us(self.clock()), self.head.recorded_us)
        happened_us = to_us(happened_at) if happened_at else recorded_us
        payload = encoding.canonical(event.payload())
        fields = [sequence, recorded_us, happened_us, event.kind, encoding.SCHEMA, by.name, by.is_person]
        fields += [self.action, event.subject, comment]
        digest = encoding.chain(self.head.hash, fields, payload)
        row = dict(zip(COLUMNS, [*fields, encoding.squeeze(payload), digest], strict=True))
        self.head = Head(sequence, recorded_us, digest)
        self.facts.append(event)
        # as it will be read back: canonical JSON sorts keys, and ids of words follow their order
        return row, from_payload(event.kind, encoding.parse(payload))


@contextmanager
def writing(
    database: Database, clock: Clock = system_clock, action: int | None = None
) -> Iterator[Transaction]:
    """Open a transaction that holds the journal's lock; all or nothing."""
    try:
        with database.writing() as connection:
            tx = Transaction(connection, clock, action)
            before = tx.head
            yield tx
            if tx.head != before:
                database.announce(connection)
    except RunRegistryError as error:
        refused.set(error.code)
        raise
    if tx.head != before:
        written.set(tx.head.sequence)


def head(connection: Connection) -> Head:
    """Return the journal's end; sequence 0 and the genesis hash where it is empty."""
    row = connection.execute(_HEAD).first()
    return Head(row.sequence, row.recorded_us, bytes(row.hash)) if row else Head(0, 0, encoding.GENESIS)


def sequence_now(connection: Connection) -> int:
    """Return the last sequence."""
    return connection.execute(_SEQUENCE).scalar() or 0


def hash_at(connection: Connection, sequence: int) -> bytes:
    """Return the chain's hash at a sequence; the genesis hash at 0.

    Raises:
        Broken: the journal does not reach so far: its tail was cut off.
    """
    if sequence == 0:
        return encoding.GENESIS
    found = connection.execute(select(journal.c.hash).where(journal.c.sequence == sequence)).scalar()
    if found is None:
        raise Broken(f"The journal ends before sequence {sequence}: its tail was cut off.")
    return bytes(found)


def entries(connection: Connection, after: int = 0) -> Iterator[Entry]:
    """Yield the journal in order, in constant memory."""
    for row in rows(connection, after):
        yield entry(row)


def entry(row: Row[tuple[object, ...]]) -> Entry:
    """Read one row of the journal table."""
    payload = encoding.parse(encoding.unsqueeze(row.payload))
    return Entry(
        row.sequence,
        from_us(row.recorded_us),
        from_us(row.happened_us),
        row.author,
        row.is_person,
        row.action,
        row.run_number,
        row.comment,
        from_payload(row.kind, payload),
    )


def verify(connection: Connection) -> Head:
    """Check every hash, the order of sequences and of recording times.

    Raises:
        Broken: naming the first sequence that does not fit.
    """
    at = Head(0, 0, encoding.GENESIS)
    for row in rows(connection):
        at = following(at, dict(row._mapping), encoding.unsqueeze(row.payload))
    return at


def following(at: Head, row: Mapping[str, Any], payload: bytes) -> Head:
    """Return the head after a row.

    Args:
        payload: canonical bytes of the row's event.

    Raises:
        Broken: the row is not what was recorded after that head.
    """
    sequence = row["sequence"]
    if sequence != at.sequence + 1:
        raise Broken(f"The journal jumps from sequence {at.sequence} to {sequence}.")
    if row["recorded_us"] < at.recorded_us:
        raise Broken(f"Sequence {sequence} was recorded before the one before it.")
    fields = [row[name] for name in COLUMNS[:-2]]
    fields[COLUMNS.index("is_person")] = bool(row["is_person"])
    found = encoding.chain(at.hash, fields, payload)
    if found != bytes(row["hash"]):
        raise Broken(f"Sequence {sequence} is not what was recorded: its hash does not fit.")
    return Head(sequence, row["recorded_us"], found)


def rows(connection: Connection, after: int = 0) -> Iterator[Row[tuple[object, ...]]]:
    """Yield the rows of the journal as they are kept, in order, in constant memory."""
    query = select(journal).where(journal.c.sequence > after).order_by(journal.c.sequence)
    # an option of this question alone: the connection may go on to write
    return iter(connection.execute(query.execution_options(yield_per=500)))
