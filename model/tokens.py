"""Tokens of programs: what each may, until when, when it was last used; the journal has all but the hash."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from model.authors import PROGRAM, Author, Scope
from model.clock import from_us, moment
from model.errors import NotFound
from model.identity_tables import program_token
from model.queries import documents

#: the category of their documents
KIND = "token"
#: begins every token of the registry's own
HEAD = "rr_"
_USE_IS_NOTED_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Token:
    """What is known of one program's token."""

    name: str
    purpose: str
    scope: Scope
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_by: str = ""
    used_at: datetime | None = None

    @property
    def author(self) -> Author:
        """Who says what is said with it."""
        return Author(f"{PROGRAM}{self.name}", False, full_name=f"{self.name} (program)", scope=self.scope)

    def holds(self, now: datetime) -> bool:
        """Tell whether it may be used."""
        return not self.revoked_by and now < self.expires_at

    def is_used_anew(self, now: datetime) -> bool:
        """Tell whether its use is worth a note."""
        return self.used_at is None or now - self.used_at > _USE_IS_NOTED_AFTER


def is_own(secret: str) -> bool:
    """Tell whether a text looks like a token of the registry's own."""
    return secret.startswith(HEAD)


def digest(secret: str) -> bytes:
    """Return what is kept of a token: it is long and random, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def of(connection: Connection, secret: str) -> Token | None:
    """Return the token that a text is, whether or not it holds; None where it is none."""
    query = select(program_token).where(program_token.c.hash == digest(secret))
    row = connection.execute(query).first()
    said = documents.document(connection, KIND, row.name) if row else None
    return None if row is None or said is None else _token(row.name, said, row.used_us)


def tokens(connection: Connection) -> list[Token]:
    """Return every token, by name."""
    used = {row.name: row.used_us for row in connection.execute(select(program_token))}
    told = documents.documents(connection, KIND)
    return [_token(name, said, used.get(name)) for name, said in told.items()]


def token_of(connection: Connection, name: str) -> Token:
    """Return the token of a program.

    Raises:
        NotFound: there is none of this name.
    """
    said = documents.document(connection, KIND, name)
    if said is None:
        raise NotFound(f"There is no token {name}.")
    return _token(name, said, None)


def used(connection: Connection, name: str, now_us: int) -> None:
    """Note that a token was used; a connection that may write."""
    connection.execute(program_token.update().where(program_token.c.name == name).values(used_us=now_us))


def _token(name: str, said: dict[str, Any], used_us: int | None) -> Token:
    made, expires = moment(said["made_at"]), moment(said["expires_at"])
    if made is None or expires is None:
        raise ValueError(f"the token {name} has no times")
    return Token(
        name,
        said["purpose"],
        Scope(frozenset(said["actions"]), frozenset(said["workspaces"])),
        said["made_by"],
        made,
        expires,
        said.get("revoked_by", ""),
        None if used_us is None else from_us(used_us),
    )
