"""The algebra of certification lists over HTTP: and, or, minus, filter, compare."""

from dataclasses import asdict
from typing import Any

from flask import Response
from pydantic import Field
from sqlalchemy import Connection

from api.answers.golden import CertificationList, ListComparison
from api.contract.noun import ASKS, Sent, noun
from api.contract.reads import reading
from model.errors import Invalid
from model.golden import lists
from model.products.algebra import OPERATIONS, Comparison, Lists, compare, filtered, require_source
from model.products.products import list_of
from model.products.reading import Read, of_object
from model.vocabulary import DEFAULT_SOURCE

blueprint = noun("lists", "/lists")
#: a list as JSON, or the name of a product
Side = dict[str, Any] | str
_SIDE = 'a certification list such as {"381543": [[1, 100]]}, or the name of a product'


class Two(Sent):
    """Two lists."""

    a: Side = Field(description=_SIDE)
    b: Side = Field(description=_SIDE)


class Compared(Two):
    """Two lists, and whose luminosity counts."""

    source: str = Field(DEFAULT_SOURCE, description="the one luminosity source of the answer")
    as_of: str = Field("now", description="sequence, RFC 3339 time or label of the luminosity")


class Filtered(Sent):
    """A list and the runs that are wanted of it."""

    a: Side = Field(description=_SIDE)
    first_run: int | None = Field(None, ge=1)
    last_run: int | None = Field(None, ge=1)


@blueprint.post("/and", openapi_extensions=ASKS, responses={200: CertificationList})
def in_both(body: Two) -> Response:
    """Return the canonical bytes of what is in both lists."""
    return _combined("and", body)


@blueprint.post("/or", openapi_extensions=ASKS, responses={200: CertificationList})
def in_either(body: Two) -> Response:
    """Return the canonical bytes of what is in either list."""
    return _combined("or", body)


@blueprint.post("/minus", openapi_extensions=ASKS, responses={200: CertificationList})
def in_the_first_only(body: Two) -> Response:
    """Return the canonical bytes of what is in `a` and not in `b`."""
    return _combined("minus", body)


@blueprint.post("/filter", openapi_extensions=ASKS, responses={200: CertificationList})
def within_runs(body: Filtered) -> Response:
    """Return the canonical bytes of a range of runs of a list."""
    with reading() as (connection, _):
        return answer(filtered(_read(connection, "a", body.a).lists, body.first_run, body.last_run))


@blueprint.post("/compare", openapi_extensions=ASKS, responses={200: ListComparison})
def differ(body: Compared) -> dict[str, Any]:
    """Return what `b` has more and less than `a`: lumisections, runs, luminosity, blocks."""
    with reading(body.as_of) as (connection, at):
        require_source(connection, body.source)
        a, b = (_read(connection, name, side) for name, side in (("a", body.a), ("b", body.b)))
        found = compare(connection, a.lists, b.lists, body.source, at)
    notes = [f"{name}: {note}" for name, side in (("a", a), ("b", b)) for note in side.notes]
    return {"sequence": at, **plain(found), "notes": notes}


def plain(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON; luminosities in 1/pb of the one source that is named."""
    change = found.change
    return {
        "ls_added": found.ls_added,
        "ls_removed": found.ls_removed,
        "runs_added": len(found.added),
        "runs_removed": len(found.removed),
        "runs_changed": len(found.changed),
        "recorded_invpb": change.recorded_invpb,
        "gained_invpb": change.gained_invpb,
        "lost_invpb": change.lost_invpb,
        "source": change.source,
        "ls_without_luminosity": change.unknown,
        "runs": {"added": found.added, "removed": found.removed, "changed": found.changed},
        "blocks": [asdict(block) for block in found.blocks],
    }


def answer(found: Lists) -> Response:
    """Return a list as its canonical bytes."""
    return Response(lists.to_bytes(found), mimetype="application/json")


def _combined(name: str, body: Two) -> Response:
    with reading() as (connection, _):
        a, b = _read(connection, "a", body.a), _read(connection, "b", body.b)
    return answer(OPERATIONS[name](a.lists, b.lists))


def _read(connection: Connection, name: str, side: Side) -> Read:
    if isinstance(side, str):
        return Read(list_of(connection, side))
    try:
        return of_object(side)
    except Invalid as error:
        raise Invalid(f"{name}: {error}") from error
