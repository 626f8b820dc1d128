"""On what a connection rests that outlives the request that asked for it: how long, on which login or token."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model.identity_tables import login_session
from model.pieces import pieces
from model.queries import documents
from model.tokens import KIND

#: seconds, where whoever let it in does not say
_FOR_S = 300.0
#: far below the number of parameters that either store takes


@dataclass(frozen=True)
class Stay:
    """What a connection rests on.

    Args:
        for_s: after so many seconds it is over, and whoever wants more asks again.
        login: id of the login in hexadecimal digits; empty where it rests on none.
        token: name of the program's token; empty where it rests on none.
    """

    for_s: float = _FOR_S
    login: str = ""
    token: str = ""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Stay":
        """Read it from plain data; what a worker of before does not say is as if it rested on nothing."""
        return cls(float(said.get("for_s", _FOR_S)), str(said.get("login", "")), str(said.get("token", "")))


def over(connection: Connection, stays: Collection[Stay]) -> frozenset[Stay]:
    """Return those whose login has ended or whose token was revoked."""
    logins = _there(connection, {stay.login for stay in stays if stay.login})
    revoked = _revoked(connection, {stay.token for stay in stays if stay.token})
    return frozenset(
        stay for stay in stays if (stay.login and stay.login not in logins) or stay.token in revoked
    )


def _there(connection: Connection, logins: Collection[str]) -> set[str]:
    found: set[str] = set()
    for part in pieces(bytes.fromhex(each) for each in sorted(logins)):
        rows = connection.execute(select(login_session.c.id).where(login_session.c.id.in_(part)))
        found |= {bytes(row.id).hex() for row in rows}
    return found


def _revoked(connection: Connection, names: Collection[str]) -> set[str]:
    if not names:
        return set()
    said = documents.documents(connection, KIND)
    return {name for name in names if name not in said or said[name].get("revoked_by")}
