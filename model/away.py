"""A database that does not answer, as a refusal that says what it means for what was to be written."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from model.errors import Busy, Unreachable

#: classes of SQLSTATE: the connection, the server's resources, the operator's intervention
_AWAY = ("08", "53", "57P")
#: a server that only reads: a copy that was not made the new primary yet
_READ_ONLY = "25006"
_GONE = "The database does not answer; try again in a moment. Nothing was written."
UNSURE = (
    "The database went away at the moment of writing: it may hold what you said or not. Say it again, a "
    "program under the same Idempotency-Key: what is there already stays as it is."
)


@contextmanager
def answering(said: str = _GONE) -> Iterator[None]:
    """Say as a refusal that the database does not answer."""
    try:
        yield
    except NoneFree as error:
        raise Busy("Too many are asking at once; try again in a moment. Nothing was written.") from error
    except DBAPIError as error:
        if is_away(error):
            raise Unreachable(said) from error
        raise


def is_away(error: DBAPIError) -> bool:
    """Tell whether a server does not answer, or not as one that writes; SQLite is no server."""
    if isinstance(error.orig, sqlite3.Error):
        return False
    code = getattr(error.orig, "pgcode", None)
    # what cannot be connected to gives no code
    was_never_there = code is None and isinstance(error, OperationalError)
    return error.connection_invalidated or was_never_there or code == _READ_ONLY or str(code).startswith(_AWAY)
