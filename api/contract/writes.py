"""How API v1 writes: one deed in one transaction, and once where it comes under a key."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request

from identity.here import asker
from model.errors import Invalid
from model.journal import Transaction
from model.once import Once, digest_of
from model.registry import registry

#: header under which a program asks for a deed to be done once
KEY = "Idempotency-Key"
#: header that tells that an answer is that of an earlier request
REPEATED = "Run-Registry-Repeated"
LONGEST_KEY = 200


def install(server: Flask) -> None:
    """Tell of an answer that was given before."""
    server.after_request(_told)


def write(deed: Callable[[Transaction], dict[str, Any]]) -> dict[str, Any]:
    """Do a deed and return its answer; under a key that was used, return what was answered then.

    Raises:
        Reused: the key was used for another request.
    """
    asked = once()
    with registry().writing() as tx:
        kept = repeated(asked.answered(tx.connection))
        if kept is not None:
            return kept
        answer = deed(tx)
        asked.keep(tx, answer)
        return answer


def once() -> Once:
    """Return under which key of whoever asks the request comes, and the digest of what it asks for.

    Raises:
        Invalid: the key is none.
    """
    key = request.headers.get(KEY)
    if key is None:
        return Once(asker())
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise Invalid(f"An {KEY} is 1 to {LONGEST_KEY} printable ASCII characters.")
    asked = (request.method, request.path, request.query_string.decode("latin-1"))
    return Once(asker(), key, digest_of(*(each.encode() for each in asked), request.get_data()))


def repeated(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return an answer that was kept; the response is going to say that it was."""
    if kept is not None:
        g.is_repeated = True
    return kept


def is_repeated() -> bool:
    """Tell whether the answer of this request is that of an earlier one."""
    return "is_repeated" in g


def _told(response: Response) -> Response:
    if is_repeated():
        response.headers[REPEATED] = "true"
    return response
