"""What an address is told next, and how each try went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, func, or_, select

from model.clock import from_us, to_us
from model.events import ProductApproved, ProductPublished
from model.journal import Transaction
from model.product_tables import webhook, webhook_delivery
from model.products.products import OUTSIDE, product_of
from model.products.webhooks import PRODUCTS, Webhook, webhook_of
from model.queries.event_feed import Choice, piece

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)
#: who takes nothing for so long is given up
PATIENCE = timedelta(days=14)
#: so many of the last deliveries are kept of each address
_KEPT = 500
#: so far an address may lag behind in what it does not want before that is written down
_LAG = 1_000
_DOUBLINGS = 12


@dataclass(frozen=True)
class Telling:
    """One event to tell one address.

    Args:
        after: where the address was when this was read.
        subject: the kind, or the product.
    """

    webhook_id: int
    url: str
    secret: str
    after: int
    sequence: int
    kind: str
    subject: str
    body: bytes


@dataclass(frozen=True)
class Delivery:
    """How telling one event to one address went: what the last try was answered."""

    webhook_id: int
    sequence: int
    subject: str
    attempts: int
    tried_at: datetime
    delivered_at: datetime | None
    answer: str


def due(connection: Connection, now: datetime) -> list[int]:
    """Return the addresses that may be tried now, those that have waited longest first."""
    w = webhook.c
    may = (w.is_active, w.given_up_us.is_(None), or_(w.due_us.is_(None), w.due_us <= to_us(now)))
    return list(connection.scalars(select(w.id).where(*may).order_by(func.coalesce(w.due_us, 0), w.id)))


def next_of(connection: Connection, number: int, now: datetime) -> tuple[Telling | None, int]:
    """Return what an address is told next, if it may be tried, and how far was looked for it."""
    each = webhook_of(connection, number)
    if each.state in ("stopped", "given up") or (each.due_at is not None and each.due_at > now):
        return None, each.told
    is_of_products = each.kinds == (PRODUCTS,)
    kinds = (ProductApproved.kind, ProductPublished.kind) if is_of_products else each.kinds
    at = each.told
    while True:
        found = piece(connection, Choice(frozenset(kinds)), at, 1)
        for sequence, line in found.events:
            if (told := _told(connection, line, is_of_products=is_of_products)) is not None:
                return _telling(connection, each, sequence, told), sequence
        at = found.next
        if not found.has_more:
            return None, at


def tried(tx: Transaction, telling: Telling, *, taken: bool, answer: str, is_final: bool = False) -> None:
    """Note how a try went, and when the next one is.

    Args:
        is_final: the address said that it never wants anything again.
    """
    each, now = webhook_of(tx.connection, telling.webhook_id), tx.clock()
    # one that was stopped or told to begin elsewhere meanwhile stays so
    if each.state == "stopped" or each.told != telling.after:
        return
    attempts = each.attempts + 1
    failing = each.failing_since or now
    words: dict[str, Any] = {"attempts": 0, "due_us": None, "failing_us": None, "told": telling.sequence}
    if not taken:
        pause = min(_FIRST_PAUSE * 2 ** min(attempts - 1, _DOUBLINGS), _LONGEST_PAUSE)
        is_over = is_final or now - failing >= PATIENCE
        words = {"attempts": attempts, "failing_us": to_us(failing), "due_us": to_us(now + pause)}
        words["given_up_us"] = to_us(now) if is_over else None
    tx.connection.execute(webhook.update().where(webhook.c.id == each.id).values(**words))
    _keep(tx, telling, attempts, to_us(now), taken=taken, answer=answer)


def looked(tx: Transaction, number: int, after: int, to: int) -> None:
    """Note that an address wants nothing up to a sequence."""
    w = webhook.c
    tx.connection.execute(webhook.update().where(w.id == number, w.told == after).values(told=to))


def count_waiting(connection: Connection) -> int:
    """Return how many addresses have not taken the event that they were told last."""
    w = webhook.c
    query = select(func.count()).select_from(webhook).where(w.is_active, w.failing_us.is_not(None))
    return int(connection.execute(query).scalar_one())


def is_far(each: Webhook, looked_to: int) -> bool:
    """Tell whether so much was looked at for nothing that it is worth writing down."""
    return looked_to - each.told >= _LAG


def deliveries(connection: Connection, number: int | None = None, limit: int = 200) -> list[Delivery]:
    """Return the log of deliveries, the last tried first."""
    d = webhook_delivery
    query = select(d).order_by(d.c.tried_us.desc(), d.c.sequence.desc())
    if number is not None:
        query = query.where(d.c.webhook_id == number)
    return [
        Delivery(
            row.webhook_id,
            row.sequence,
            row.subject,
            row.attempts,
            from_us(row.tried_us),
            None if row.delivered_us is None else from_us(row.delivered_us),
            row.answer,
        )
        for row in connection.execute(query.limit(limit))
    ]


def _told(connection: Connection, line: bytes, *, is_of_products: bool) -> tuple[str, str, bytes] | None:
    """Return the kind, the subject and the words of an event; None where it is no news of a product."""
    event = orjson.loads(line)
    if not is_of_products:
        return event["kind"], event["kind"], line
    # history that was read in is no news
    if event["payload"].get("origin") == OUTSIDE:
        return None
    name = event["payload"]["name"]
    about = product_of(connection, name, event["sequence"]).told()
    said = {"event": PRODUCTS, "sequence": event["sequence"], "product": about}
    said["list"] = f"/api/v1/products/{name}/list"
    return PRODUCTS, name, orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _telling(connection: Connection, each: Webhook, sequence: int, told: tuple[str, str, bytes]) -> Telling:
    secret = connection.execute(select(webhook.c.secret).where(webhook.c.id == each.id)).scalar_one()
    return Telling(each.id, each.url, secret, each.told, sequence, *told)


def _keep(tx: Transaction, telling: Telling, attempts: int, now_us: int, *, taken: bool, answer: str) -> None:
    d = webhook_delivery
    one = (d.c.webhook_id == telling.webhook_id, d.c.sequence == telling.sequence)
    tx.connection.execute(d.delete().where(*one))
    row = {"webhook_id": telling.webhook_id, "sequence": telling.sequence, "subject": telling.subject}
    more = {"tried_us": now_us, "delivered_us": now_us if taken else None, "answer": answer[:500]}
    tx.connection.execute(d.insert(), {**row, **more, "attempts": attempts})
    own = select(d.c.sequence).where(d.c.webhook_id == telling.webhook_id).order_by(d.c.sequence.desc())
    oldest = tx.connection.execute(own.limit(1).offset(_KEPT)).scalar()
    if oldest is not None:
        tx.connection.execute(d.delete().where(d.c.webhook_id == telling.webhook_id, d.c.sequence <= oldest))
