"""Take the journal of a file into a registry that is empty, or that stopped in the middle of the same file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from model import journal
from model.clock import Clock, system_clock
from model.db import Database
from model.errors import Broken, Invalid
from model.journal import Head, Transaction
from model.portable.lines import End, Told, read

#: events of one transaction: what a killed import has to do again
_PIECE = 1000


def take_in(
    database: Database,
    path: Path,
    tell: Callable[[int], object] = lambda _sequence: None,
    clock: Clock = system_clock,
) -> tuple[int, End]:
    """Record the events of a file as they were recorded, piece by piece; an interrupted import goes on.

    Args:
        tell: called with the last sequence of each piece.

    Returns: how many events are new, and the end of the file.

    Raises:
        Invalid: the registry has another history.
        Broken: the file is damaged, cut off, or its chain does not fit; the sentence names the line.
    """
    with database.reading() as connection:
        here = journal.head(connection)
    told = _after(read(path), here)
    new, piece = 0, list[Told]()
    for each in told:
        if isinstance(each, End):
            _record(database, piece, here, clock)
            return new + len(piece), each
        piece.append(each)
        if len(piece) == _PIECE:
            here = _record(database, piece, here, clock)
            new += len(piece)
            piece.clear()
            tell(here.sequence)
    raise Broken("The file has no end.")


def take_over(tx: Transaction, told: Told) -> None:
    """Record one event of a file as it was recorded.

    Raises:
        Broken: it does not follow the head; the sentence names the line.
    """
    try:
        tx.take_over(told.row, told.payload)
    except Broken as error:
        raise Broken(f"Line {told.line}: {error}") from error


def _after(told: Iterator[Told | End], here: Head) -> Iterator[Told | End]:
    """Let through what comes after the head of the registry, which must lie on the chain of the file."""
    at = 0
    for each in told:
        if at >= here.sequence:
            yield each
        elif isinstance(each, End):
            raise Invalid(
                f"The registry is at sequence {here.sequence}, beyond the file: nothing was taken in."
            )
        else:
            at = each.row["sequence"]
            if at == here.sequence and each.row["hash"] != here.hash:
                raise Invalid(_OTHER)


_OTHER = "The registry is not empty and has another history than the file: nothing was taken in."


def _record(database: Database, piece: list[Told], here: Head, clock: Clock) -> Head:
    if not piece:
        return here
    with journal.writing(database, clock) as tx:
        if tx.head != here:
            raise Invalid("Somebody else wrote to the registry meanwhile: its history is not that of the file.")
        for each in piece:
            take_over(tx, each)
        return tx.head
