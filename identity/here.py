"""Who is asking: the local user of this session, or of the header of an API call."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g, has_request_context, request, session

from identity import local
from model.authors import Author
from model.errors import Forbidden

HEADER = "X-Run-Registry-User"
_KEY = "user"


def asker() -> Author:
    """Return who is asking.

    Raises:
        Forbidden: the header names nobody.
    """
    if not has_request_context():
        return local.DEFAULT
    spoken: Author | None = g.get("asker")
    if spoken is not None:
        return spoken
    named = request.headers.get(HEADER)
    if named is not None:
        found = local.user(named)
        if found is None:
            raise Forbidden(f"{named} is no local user; {', '.join(u.name for u in local.USERS)} are.")
        return found
    return local.user(session.get(_KEY)) or local.DEFAULT


def become(name: str) -> Author:
    """Make a local user the one who asks, for this session.

    Raises:
        Forbidden: there is no such user.
    """
    found = local.user(name)
    if found is None:
        raise Forbidden(f"{name} is no local user.")
    session[_KEY] = found.name
    return found


@contextmanager
def speaking_for(server: Flask, author: Author) -> Iterator[None]:
    """Do in another process what somebody asked for, as that somebody."""
    with server.test_request_context():
        g.asker = author
        yield
