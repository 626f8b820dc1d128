"""As-of: a sequence, an RFC 3339 time or a label; what held then is a WHERE clause."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import BindParameter, ColumnElement, Connection, FromClause, and_, bindparam, func, or_, select

from model import encoding
from model.clock import rfc3339, to_us
from model.errors import Invalid, NotFound
from model.journal import sequence_now
from model.pieces import pieces
from model.tables import journal, registry_document

#: the sequence of a question that is made once and asked at many
AT: BindParameter[int] = bindparam("at")
#: digits that no sequence has
_LONGEST_SEQUENCE = 20


def resolve(connection: Connection, text: str | int | None) -> int:
    """Return the sequence that `now`, a sequence, a time or a label means.

    Raises:
        NotFound: no such label, or a sequence the journal has not reached.
        Invalid: the time has no zone.
    """
    word = str(text).strip() if text is not None else "now"
    if word in ("", "now"):
        return sequence_now(connection)
    if word.isascii() and word.isdigit() and len(word) < _LONGEST_SEQUENCE:
        return _reached(connection, int(word))
    if (at := _time(word)) is not None:
        query = select(func.max(journal.c.sequence)).where(journal.c.recorded_us <= to_us(at))
        return connection.execute(query).scalar() or 0
    for row in connection.execute(
        select(registry_document.c.document).where(
            registry_document.c.kind == "label",
            registry_document.c.name == word,
            registry_document.c.until.is_(None),
        )
    ):
        return int(encoding.parse(row.document)["sequence"])
    raise NotFound(f"“{word}” is neither a sequence, nor a time such as 2024-05-20T12:00:00Z, nor a label.")


def recorded_us(connection: Connection, sequences: Iterable[int]) -> dict[int, int]:
    """Return when sequences were recorded, in microseconds since 1970-01-01; of those that there are."""
    return _times(connection, journal.c.recorded_us, sequences)


def happened_us(connection: Connection, sequences: Iterable[int]) -> dict[int, int]:
    """Return when what sequences record had happened, in microseconds since 1970-01-01."""
    return _times(connection, journal.c.happened_us, sequences)


def recorded_at(connection: Connection, sequence: int) -> str:
    """Return when a sequence was recorded, such as `2024-05-20T12:00:00Z`; empty where there is none."""
    us = recorded_us(connection, [sequence]).get(sequence)
    return "" if us is None else rfc3339(us)


def _times(connection: Connection, of: ColumnElement[int], sequences: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in pieces(sorted(sequences)):
        query = select(journal.c.sequence, of).where(journal.c.sequence.in_(part))
        found.update((sequence, us) for sequence, us in connection.execute(query))
    return found


def held(table: FromClause, sequence: int | BindParameter[int]) -> ColumnElement[bool]:
    """Return the clause for rows that held at a sequence, or at `AT`."""
    return and_(table.c.since <= sequence, or_(table.c.until.is_(None), table.c.until > sequence))


def held_between(table: FromClause, since: int, at: int) -> ColumnElement[bool]:
    """Return the clause for rows that held at some sequence from `since` to `at`."""
    return and_(table.c.since <= at, or_(table.c.until.is_(None), table.c.until > since))


def _reached(connection: Connection, sequence: int) -> int:
    last = sequence_now(connection)
    if sequence > last:
        raise NotFound(f"The journal has not reached sequence {sequence}; it is at {last}.")
    return sequence


def _time(word: str) -> datetime | None:
    if not word[:4].isdigit() or "-" not in word:
        return None
    try:
        at = datetime.fromisoformat(word.replace(" ", "+"))
    except ValueError:
        return None
    if at.tzinfo is None:
        raise Invalid(f"{word} has no time zone; write {word}Z for UTC.")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Invalid(f"{word} is no time in UTC.") from error
