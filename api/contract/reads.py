"""How API v1 reads: at one sequence, from one snapshot, and not at all where whoever asks has the answer.

What is told at a sequence never changes: sequence and question make the ETag, before anything is computed.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask, Response, g, request
from sqlalchemy import Connection

from identity.here import asker
from model import asof
from model.cache import key
from model.queries import runs
from model.registry import registry

#: header that tells the sequence at which an answer was read
SEQUENCE = "Run-Registry-Sequence"
_TAG_LETTERS = 32
_ROOMS = ("api", "model", "rules", "reports")


class Unchanged(Exception):
    """Whoever asks has this answer already; `tag` is the one they named."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


@contextmanager
def reading(
    as_of: str = "now", *, run_number: int | None = None, is_own: bool = False
) -> Iterator[tuple[Connection, int]]:
    """Give a snapshot, and the sequence to read it at.

    Args:
        run_number: the answer is about this run only; it is read at the last sequence that can concern it.
        is_own: the answer is another for somebody else.

    Raises:
        Unchanged: whoever asks named the answer that it would give.
        NotFound, Invalid: `as_of` means nothing.
    """
    with registry().reading() as connection:
        at = asof.resolve(connection, as_of)
        if run_number is not None:
            of_run = runs.sequences(connection, at, [run_number]).get(run_number, 0)
            at = max(of_run, runs.sequence_of_none(connection, at))
        g.sequence = at
        if request.method in ("GET", "HEAD"):
            g.tag = _tag(at, is_own=is_own)
            _require_news(g.tag)
        yield connection, at


def install(server: Flask) -> None:
    """Answer 304 where nothing changed, and name every answer that was read at a sequence."""
    server.register_error_handler(Unchanged, _unchanged)
    server.after_request(_named)


def _require_news(tag: str) -> None:
    for known in request.if_none_match.as_set():
        # what was packed on its way has the name of the packing behind its tag; what is no tag is read as None
        if known and known.partition(":")[0] == tag:
            raise Unchanged(known)
    if request.if_none_match.star_tag:
        raise Unchanged(tag)


def _unchanged(known: Unchanged) -> Response:
    response = Response(status=304)
    response.set_etag(known.tag)
    return response


def _named(response: Response) -> Response:
    if "sequence" in g and response.status_code in (200, 304):
        response.headers[SEQUENCE] = str(g.sequence)
        if "tag" in g:
            if response.status_code == 200:
                response.set_etag(g.tag)
            response.headers["Cache-Control"] = "private, no-cache"
            response.vary.update(("Accept", "Authorization", "Cookie"))
    return response


def _tag(at: int, *, is_own: bool) -> str:
    who = asker() if is_own else None
    named = [who.name, who.is_person, *sorted(who.groups)] if who else []
    asked = [request.path, sorted(request.args.items(multi=True)), request.headers.get("Accept", "")]
    return key(_program(), asked, named, at)[:_TAG_LETTERS]


@cache
def _program() -> str:
    """Return a digest of the program: another one may tell the same in other words."""
    here = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((here / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
