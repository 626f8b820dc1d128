"""Who is asking: by token, by the login of this session, by the proxy's word, or as a local user."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from flask import Flask, current_app, g, has_request_context, request, session

from identity import bearer, local, proxy, sessions
from model import rights
from model.authors import NOBODY_ASKS, Author
from model.errors import Forbidden
from model.queries.rights import policy
from model.registry import registry
from settings import Settings

HEADER = "X-Run-Registry-User"
#: where the application keeps its settings
SETTINGS = "IDENTITY"
#: what the server sets in a request of its own, before there are visitors; no header can
WARMING = "run_registry.warming"
#: under this name a session keeps which local user was chosen
KEY = "user"


def asker() -> Author:
    """Return who is asking, with the rights that hold now; where there is no request, nobody does.

    Raises:
        Unidentified: nobody can tell.
        Forbidden: the header names no local user.
    """
    if not has_request_context():
        return NOBODY_ASKS
    found: Author | None = g.get("asker")
    if found is None:
        known = identified()
        with registry().reading() as connection:
            found = g.asker = rights.entitled(known, policy(connection))
    return found


def identified() -> Author:
    """Return who is asking, whatever the rights.

    Raises:
        Unidentified: nobody can tell.
        Forbidden: the header names no local user.
    """
    found: Author | None = g.get("identified")
    if found is None:
        found = g.identified = _identified(settings())
    return found


def way() -> Literal["token", "session", "word"]:
    """Return how the asker was known: by a token, by a session of this browser, or by what the request says."""
    found: Literal["token", "session", "word"] = g.get("way", "word")
    return found


def is_local() -> bool:
    """Tell whether people choose who they are."""
    return not has_request_context() or settings().auth == "local"


def settings() -> Settings:
    """Return how this application knows people."""
    found: Settings = current_app.config[SETTINGS]
    return found


def become(name: str) -> Author:
    """Make a local user the one who asks, for this session.

    Raises:
        Forbidden: there is no such user, or people do not choose who they are.
    """
    found = local.user(name)
    if found is None or not is_local():
        raise Forbidden(f"{name} is no local user.")
    session[KEY] = found.name
    g.identified = found
    g.pop("asker", None)
    return asker()


def _identified(how: Settings) -> Author:
    token = bearer.given(request)
    if token is not None:
        g.way = "token"
        return bearer.asked(token, how)
    if request.environ.get(WARMING):
        return NOBODY_ASKS
    if how.auth == "proxy":
        return proxy.asked(request, how)
    if how.auth == "local":
        local.require_this_machine(request)
        return _local()
    g.way = "session"
    return sessions.asked(how)


def _local() -> Author:
    named = request.headers.get(HEADER) or request.headers.get("email")
    if named is None:
        g.way = "session" if KEY in session else "word"
        return local.user(session.get(KEY)) or local.DEFAULT
    found = local.user(named)
    if found is None:
        raise Forbidden(f"{named[:80]} is no local user; {', '.join(u.name for u in local.USERS)} are.")
    return found


@contextmanager
def speaking_for(server: Flask, author: Author) -> Iterator[None]:
    """Do in another process what somebody asked for, as that somebody."""
    with server.test_request_context():
        g.asker = author
        yield
