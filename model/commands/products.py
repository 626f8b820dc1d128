"""Products: proposed by one coordinator, made official by a second; scheduled; or published outside before."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from model import rights
from model.authors import Author
from model.errors import Forbidden, Invalid, NotFound, NotOpen
from model.events import ProductApproved, ProductProposed, ProductPublished, ProductWithdrawn
from model.golden import lists
from model.journal import Transaction
from model.products import manifest
from model.products.manifest import Draft, Published
from model.products.products import (
    OUTSIDE,
    PROPOSED,
    SCHEDULED,
    Product,
    State,
    official_of,
    product_of,
    products,
)
from model.rights import Action

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_SHORTEST_REASON = 3
_LONGEST_COMMENT = 2_000


def propose_product(
    tx: Transaction, draft: Draft, by: Author, *, comment: str = "", happened_at: datetime | None = None
) -> int:
    """Propose a list as the next product of its series.

    Raises:
        Invalid: a name that is none or taken, a list that selects nothing, a comment that is too long.
        Forbidden: the author is no coordinator.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    _require_short(comment)
    said, body = _checked(tx, draft, by, PROPOSED)
    event = ProductProposed(draft.name, draft.series, said, body)
    return tx.record(event, by, comment=comment, happened_at=happened_at)


def approve_product(
    tx: Transaction, name: str, by: Author, *, comment: str = "", happened_at: datetime | None = None
) -> int:
    """Make a proposed product official; the last official one of its series is superseded.

    Raises:
        NotFound: no such product.
        NotOpen: it is no proposal any more, or a product of later data is official already.
        Forbidden: no coordinator, no person, or the author herself.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    _require_short(comment)
    found = _proposal(tx, name)
    if not by.is_person:
        raise Forbidden(f"{name} is made official by a person; {by.name} is a program.")
    if found.proposed.author == by.name:
        raise Forbidden(f"{name} is made official by a second person, not by {by.name}, who proposed it.")
    last = official_of(tx.connection, found.series, tx.head.sequence)
    if last and last.origin != OUTSIDE and last.manifest["sequence"] > found.manifest["sequence"]:
        raise NotOpen(
            f"{last.name} is official, and made of later data (sequence {last.manifest['sequence']}): "
            f"withdraw {name} and propose the list as it is now."
        )
    return tx.record(ProductApproved(name), by, comment=comment, happened_at=happened_at)


def withdraw_product(tx: Transaction, name: str, by: Author, *, reason: str) -> int:
    """Take a proposal back; it stays readable.

    Raises:
        NotFound: no such product.
        NotOpen: it is no proposal any more: what is official is only ever superseded.
        Invalid: no reason.
        Forbidden: the author is no coordinator.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    _proposal(tx, name)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise Invalid(f"Withdrawing needs a reason of at least {_SHORTEST_REASON} characters.")
    _require_short(reason)
    return tx.record(ProductWithdrawn(name), by, comment=reason.strip())


def publish_scheduled(tx: Transaction, draft: Draft, by: Author) -> int | None:
    """Publish what the schedule made, where two persons made official what it repeats.

    Returns: None where the list is the one that is official already: nothing is recorded.

    Raises:
        NotFound: nobody ever approved a product of this series.
        Forbidden: the last approved one was made by another rule, null policy, source or choice of datasets.
    """
    rights.require(by, Action.INGEST)
    approved = approved_of(tx.connection, draft.series)
    asked = {
        "digest": draft.question.rule.digest,
        "dataset": draft.question.pattern,
        "several": draft.question.several,
        "within": draft.question.within.document(),
        "luminosity_source": draft.question.source,
    }
    was = {**approved.manifest, "digest": approved.manifest["rule"]["digest"]}
    if different := [name for name, value in asked.items() if was[name] != value]:
        raise Forbidden(
            f"The schedule repeats {approved.name}, which two persons made official; "
            f"{', '.join(different)} has changed since: propose the next one of {draft.series} by hand."
        )
    last = official_of(tx.connection, draft.series, tx.head.sequence)
    if last is not None and last.sha256 == lists.sha256(draft.golden.body):
        return None
    said, body = _checked(tx, draft, by, SCHEDULED)
    return tx.record(ProductPublished(draft.name, draft.series, SCHEDULED, said, body), by)


def publish_outside(
    tx: Transaction, given: Published, by: Author, *, happened_at: datetime, importer: Author
) -> int:
    """Take in a list that was official before this registry, as of the day it was published.

    Raises:
        Invalid: a name that is none or taken, or a later list of the series is known already.
        Forbidden: the importer does not ingest.
    """
    rights.require(importer, Action.INGEST)
    _require_names(tx, given.name, given.series)
    last = official_of(tx.connection, given.series, tx.head.sequence)
    if last is not None and last.decided is not None and last.decided.at > happened_at:
        raise Invalid(
            f"{last.name} of {last.decided.at:%Y-%m-%d} is official in {given.series} and later than "
            f"{given.name} of {happened_at:%Y-%m-%d}: read a series in, in the order of its days."
        )
    body = lists.to_bytes(given.read.lists)
    size = lists.size(given.read.lists)
    said = manifest.of_published(given, by.name, lists.sha256(body), size)
    event = ProductPublished(given.name, given.series, OUTSIDE, said, body.decode())
    return tx.record(event, by, happened_at=happened_at)


def approved_of(connection: Connection, series: str) -> Product:
    """Return the last product of a series that two persons made official.

    Raises:
        NotFound: there is none.
    """
    for each in products(connection, series=series):
        if each.origin == PROPOSED and each.official is not None:
            return each
    raise NotFound(f"Nobody has approved a product of {series} yet: propose the first one by hand.")


def _checked(tx: Transaction, draft: Draft, by: Author, origin: str) -> tuple[Mapping[str, Any], str]:
    _require_names(tx, draft.name, draft.series)
    if not draft.golden.lists:
        rule = draft.question.rule
        raise Invalid(
            f"The rule {rule.name} selects nothing of {draft.question.pattern}: there is no list to propose. "
            "Look at its losses on the golden page, or choose other datasets."
        )
    said = manifest.of_draft(tx.connection, draft, by.name, origin)
    return said, draft.golden.body.decode()


def _require_short(comment: str) -> None:
    if len(comment) > _LONGEST_COMMENT:
        raise Invalid(f"A comment has at most {_LONGEST_COMMENT:,} characters, not {len(comment):,}.")


def _require_names(tx: Transaction, name: str, series: str) -> None:
    for word in (name, series):
        if not _NAME.fullmatch(word):
            raise Invalid(f"“{word[:120]}” is no name: letters, digits, dot, - and _, at most 120.")
    try:
        product_of(tx.connection, name, tx.head.sequence)
    except NotFound:
        return
    raise Invalid(f"There is a product {name} already; a product is never replaced: give it another name.")


def _proposal(tx: Transaction, name: str) -> Product:
    found = product_of(tx.connection, name, tx.head.sequence)
    if found.state is not State.PROPOSED:
        how = f" by {found.superseded_by}" if found.superseded_by else ""
        raise NotOpen(f"{name} is {found.state.value}{how}, no proposal any more.")
    return found
