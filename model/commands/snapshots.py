"""Snapshots are made by who may; they are files beside the journal, so nothing is recorded in it."""

from pathlib import Path

from model import rights
from model.authors import Author
from model.clock import Clock
from model.columnar.choice import Reading
from model.columnar.snapshots import Snapshot, make
from model.errors import Invalid
from model.rights import Action


def make_snapshot(reading: Reading, folder: Path, at: int, by: Author, clock: Clock) -> Snapshot:
    """Make the snapshot of a sequence, or return the one that is there.

    Raises:
        Forbidden: the author may not.
        Invalid: nothing was recorded yet.
    """
    require_maker(by, at)
    return make(reading, at, folder, clock)


def require_maker(by: Author, at: int) -> None:
    """Let through who may make a snapshot of a sequence.

    Raises:
        Forbidden: the author may not.
        Invalid: nothing was recorded yet.
    """
    rights.require(by, Action.MAKE_SNAPSHOT)
    if at < 1:
        raise Invalid("The journal is empty: there is nothing to make a snapshot of.")
