"""What is asked for under a key is done once, and answered with the same answer whenever it is asked again.

The answer is kept in the transaction of the deed: a killed process neither does it twice nor forgets it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, Table, Text, select

from model.authors import Author
from model.clock import to_us
from model.errors import Reused
from model.journal import Transaction
from model.tables import metadata

#: how long an answer is kept at least
KEPT_S = 48 * 3600

#: what was answered under keys of programs; no projection of the journal: a replay leaves it alone
kept_answer = Table(
    "kept_answer",
    metadata,
    Column("author", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("kept_us", BigInteger, nullable=False),
    Index("kept_answer_by_time", "kept_us"),
)


@dataclass(frozen=True)
class Once:
    """A deed under a key of its author; without a key it is done each time it is asked for.

    Args:
        digest: of all that is asked for: the same key means the same deed.
    """

    by: Author
    key: str = ""
    digest: bytes = b""

    def part(self, name: str, content: bytes) -> "Once":
        """Return a deed that is one of several under the key."""
        return Once(self.by, f"{self.key}/{name}" if self.key else "", digest_of(content))

    def answered(self, connection: Connection) -> dict[str, Any] | None:
        """Return what was answered under the key; None where it was not used yet.

        Raises:
            Reused: it was used, for something else.
        """
        if not self.key:
            return None
        query = select(kept_answer).where(kept_answer.c.author == self.by.name, kept_answer.c.key == self.key)
        row = connection.execute(query).first()
        if row is None:
            return None
        if bytes(row.digest) != self.digest:
            raise Reused(f"The key “{self.key[:80]}” was used for another request: take a new one.")
        found: dict[str, Any] = orjson.loads(row.answer)
        return found

    def keep(self, tx: Transaction, answer: Mapping[str, Any]) -> None:
        """Keep what is answered, as long as its deed; what is older than any program's patience goes."""
        if not self.key:
            return
        now_us = to_us(tx.clock())
        tx.connection.execute(kept_answer.delete().where(kept_answer.c.kept_us < now_us - KEPT_S * 1_000_000))
        row = {"author": self.by.name, "key": self.key, "digest": self.digest}
        tx.connection.execute(kept_answer.insert(), {**row, "answer": orjson.dumps(answer), "kept_us": now_us})


def digest_of(*parts: bytes) -> bytes:
    """Return the digest of what is asked for."""
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).digest()
