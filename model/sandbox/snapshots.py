"""Which snapshot somebody means."""

from pathlib import Path

from sqlalchemy import Connection

from model import asof
from model.columnar.snapshots import Snapshot, snapshot
from model.errors import NotFound

LATEST = "latest"


def chosen(connection: Connection, folder: Path, words: str) -> Snapshot:
    """Return the snapshot that words mean: `latest`, a sequence, a time or a label.

    Nothing near is given for what was asked: a snapshot is exactly that of its sequence.

    Raises:
        NotFound: there is none of it; the sentence names those that are near.
    """
    if words.strip() in ("", LATEST):
        known = sequences(folder)
        if not known:
            raise NotFound("There is no snapshot yet; `flask --app app snapshot make` makes one.")
        return snapshot(folder, known[0])
    at = asof.resolve(connection, words.strip())
    try:
        return snapshot(folder, at)
    except NotFound as error:
        raise NotFound(f"{error} {_near(sequences(folder), at)}") from error


def sequences(folder: Path) -> list[int]:
    """Return the sequences of every snapshot, the newest first."""
    return sorted((int(each.name) for each in folder.glob("[0-9]" * 12)), reverse=True)


def _near(known: list[int], at: int) -> str:
    before, after = [each for each in known if each < at][:1], [each for each in known if each > at][-1:]
    near = [str(each) for each in (*before, *after)]
    return f"Near are {' and '.join(near)}." if near else "There is none at all yet."
