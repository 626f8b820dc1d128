"""Whether this process can serve: its database, the journal in it, and the cache it shares with others."""

import secrets

from sqlalchemy.exc import SQLAlchemyError

from model import journal
from model.cache import Cache, key
from model.db import Database
from model.errors import Broken


def missing(database: Database, cache: Cache) -> dict[str, str]:
    """Return what this process cannot serve without, each with a sentence; empty where it is ready.

    No sentence holds an address or what a driver says: it may name a password.
    """
    found = {}
    try:
        database.require_current()
    except Broken as error:
        found["database"] = str(error)
    except SQLAlchemyError:
        found["database"] = "The database does not answer."
    else:
        try:
            with database.reading() as connection:
                journal.head(connection)
        except SQLAlchemyError:
            found["journal"] = "The head of the journal cannot be read."
    word = secrets.token_bytes(8)
    cache.set(key("ready"), word)
    if cache.get(key("ready")) is None:
        found["cache"] = "The cache cannot be written: answers are right, and slow."
    return found
