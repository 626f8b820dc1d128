"""Who is asking: the local user of this session, or of the header of an API call."""

from flask import has_request_context, request, session

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
