"""The session of somebody who logged in: it ends with its time, with silence, and where the issuer says so."""

import base64
import hashlib
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, request, session

from identity import oidc
from identity.errors import Unidentified
from model import logins
from model.authors import Author
from model.errors import Busy
from model.logins import Login
from model.registry import registry
from settings import Settings

#: under this name a cookie keeps the key of its session
KEY = "login"
#: an open page asks these by itself; they keep no session alive
_BY_ITSELF = ("/api/v1/version", "/api/v1/stream", "/api/v1/feeds")
#: after asking in vain for so many times as long, nobody counts on the groups any more
_UNREAD = 3
_OVER = "Your session has ended: log in again."


def begin(answer: oidc.Answer) -> None:
    """Begin a session under a new key."""
    here = registry()
    key, now = secrets.token_urlsafe(32), here.clock()
    author, sealed = answer.author, _seal(answer.tokens)
    groups = tuple(sorted(author.groups))
    login = Login(
        logins.id_of(key), author.name, author.full_name, groups, answer.subject, now, now, now, now, sealed
    )
    with here.database.writing() as connection:
        logins.begin(connection, login)
    session.clear()
    session[KEY] = key


def asked(how: Settings) -> Author:
    """Return who is logged in here.

    Raises:
        Unidentified: nobody, or the session is over.
    """
    login = current()
    if login is None:
        raise Unidentified(_OVER if KEY in session else "You are not logged in.")
    now = registry().clock()
    is_old = now - login.began_at >= timedelta(seconds=how.session_s)
    if is_old or now - login.seen_at >= timedelta(seconds=how.session_idle_s):
        _end(login)
        raise Unidentified(_OVER)
    if now - login.asked_at >= timedelta(seconds=how.session_groups_s):
        login = _read_again(login, how, now)
    _note(login, how, now)
    return Author(login.name, True, frozenset(login.groups), login.full_name)


def end() -> dict[str, str]:
    """End this session; return the tokens that the issuer gave for it."""
    login = current()
    session.clear()
    if login is None:
        return {}
    _end(login)
    return _unseal(login.sealed)


def current() -> Login | None:
    """Return the login of this session, whether or not it is over; None where there is none."""
    key = session.get(KEY)
    if not isinstance(key, str):
        return None
    with registry().reading() as connection:
        return logins.login_of(connection, key)


def _end(login: Login) -> None:
    with registry().database.writing() as connection:
        logins.end(connection, login)


def _note(login: Login, how: Settings, now: datetime) -> None:
    pause = timedelta(seconds=min(60, how.session_idle_s / 4))
    if request.path not in _BY_ITSELF and now - login.seen_at >= pause:
        # a note that waits for somebody else's writing is not worth it: the next request makes it
        with suppress(Busy), registry().database.writing() as connection:
            logins.seen(connection, login, now)


def _read_again(login: Login, how: Settings, now: datetime) -> Login:
    """Ask the issuer who somebody is now; one request asks, the others go on with what is known meanwhile."""
    with registry().database.writing() as connection:
        is_mine = logins.claim(connection, login, now)
    if not is_mine:
        return login
    try:
        answer = oidc.asked_again(_unseal(login.sealed), login.subject, how)
    except oidc.Unreachable as error:
        if login.asked_at - login.read_at >= timedelta(seconds=_UNREAD * how.session_groups_s):
            # the session goes, or the next request would count on the old groups again
            _end(login)
            raise Unidentified("Nobody could tell for long whether you still are in your groups.") from error
        return login
    except Unidentified:
        _end(login)
        raise
    groups = tuple(sorted(answer.author.groups))
    sealed = _seal(answer.tokens)
    with registry().database.writing() as connection:
        logins.told(connection, login, answer.author.full_name, groups, sealed, now)
    return replace(login, full_name=answer.author.full_name, groups=groups, sealed=sealed)


def _seal(tokens: dict[str, str]) -> bytes:
    return _box().encrypt(orjson.dumps(tokens))


def _unseal(sealed: bytes) -> dict[str, str]:
    try:
        return dict(orjson.loads(_box().decrypt(sealed)))
    except InvalidToken:
        # sealed under another SECRET_KEY
        return {}


def _box() -> Fernet:
    secret = str(current_app.secret_key).encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"login " + secret).digest()))
