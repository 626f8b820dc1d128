"""How long a connection may stay open that was let in once, and on what it rests."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from identity import here, sessions
from model import tokens
from model.authors import PROGRAM
from model.registry import registry
from model.staying import Stay


def stay() -> dict[str, Any]:
    """Return what the connection of this request rests on, as plain data.

    It is over as soon as groups would be read again: who comes back is asked anew who it is. A login or a token
    that ends before ends it sooner.
    """
    by, how = here.asker(), here.settings()
    now, longest = registry().clock(), timedelta(seconds=how.session_groups_s)
    if here.way() == "session" and (login := sessions.current()) is not None:
        left = login.began_at + timedelta(seconds=how.session_s) - now
        return asdict(Stay(min(longest, left).total_seconds(), login=login.id.hex()))
    if here.way() == "token" and by.name.startswith(PROGRAM) and by.scope is not None:
        name = by.name.removeprefix(PROGRAM)
        with registry().reading() as connection:
            left = tokens.token_of(connection, name).expires_at - now
        return asdict(Stay(min(longest, left).total_seconds(), token=name))
    return asdict(Stay(longest.total_seconds()))
