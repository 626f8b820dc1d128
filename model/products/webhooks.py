"""Who is told of new official products, and how that went: operation, no fact, so in no journal.

Deliveries are planned from the journal's own order, tried until they are taken, each time later, and given up
after a day; what a delivery says never changes between two tries.
"""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import Connection, func, select

from model import rights
from model.authors import Author
from model.clock import from_us, to_us
from model.commands import feeds
from model.errors import Invalid, NotFound
from model.journal import Transaction
from model.product_tables import product, webhook, webhook_delivery
from model.products.products import OUTSIDE, product_of
from model.rights import Action

#: how far products were told, as a sequence
NAME = "webhooks"
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)
MOST_TRIES = 14
_LONGEST_URL = 500
_MOST = 50


@dataclass(frozen=True)
class Webhook:
    """An address that is told; its secret is shown once, to who made it."""

    id: int
    url: str
    author: str
    made_at: datetime
    is_active: bool


@dataclass(frozen=True)
class Delivery:
    """One product to tell one address.

    Args:
        due_at: of the next try; None where it was taken or given up.
        answer: what the last try was answered.
    """

    webhook_id: int
    product: str
    attempts: int
    due_at: datetime | None
    tried_at: datetime | None
    delivered_at: datetime | None
    answer: str


def add_webhook(tx: Transaction, url: str, by: Author, *, allow_private: bool = False) -> tuple[int, str]:
    """Tell an address of every product that becomes official from now on; return its id and its secret.

    Raises:
        Invalid: no address of the web, one inside this network, or too many already.
        Forbidden: the author is no coordinator.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    require_address(url, allow_private=allow_private)
    active = [each for each in webhooks(tx.connection) if each.is_active]
    if len(active) >= _MOST:
        raise Invalid(f"There are {_MOST} webhooks already: stop one that nobody reads.")
    if any(each.url == url for each in active):
        raise Invalid(f"{url} is told already.")
    # what is official already is told to those who were there, and to nobody else
    plan(tx)
    feeds.read_to(tx, NAME, _mark(tx.head.sequence))
    number = int(tx.connection.execute(select(func.max(webhook.c.id))).scalar() or 0) + 1
    secret = secrets.token_hex(32)
    row = {"id": number, "url": url, "secret": secret, "author": by.name, "is_active": True}
    tx.connection.execute(webhook.insert(), {**row, "made_us": to_us(tx.clock())})
    return number, secret


def stop_webhook(tx: Transaction, number: int, by: Author) -> None:
    """Tell an address no more; what it was told stays readable.

    Raises:
        NotFound: there is none of this id.
        Forbidden: the author is no coordinator.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    if number not in {each.id for each in webhooks(tx.connection)}:
        raise NotFound(f"There is no webhook {number}.")
    tx.connection.execute(webhook.update().where(webhook.c.id == number).values(is_active=False))
    open_ones = (webhook_delivery.c.webhook_id == number, webhook_delivery.c.due_us.is_not(None))
    tx.connection.execute(webhook_delivery.update().where(*open_ones).values(due_us=None, answer="stopped"))


def webhooks(connection: Connection) -> list[Webhook]:
    """Return every webhook there ever was, in the order in which they were made."""
    return [
        Webhook(row.id, row.url, row.author, from_us(row.made_us), bool(row.is_active))
        for row in connection.execute(select(webhook).order_by(webhook.c.id))
    ]


def deliveries(connection: Connection, number: int | None = None, limit: int = 200) -> list[Delivery]:
    """Return the log of deliveries, the last tried first."""
    query = select(webhook_delivery).order_by(webhook_delivery.c.tried_us.desc(), webhook_delivery.c.product)
    if number is not None:
        query = query.where(webhook_delivery.c.webhook_id == number)
    return [_delivery(row) for row in connection.execute(query.limit(limit))]


def news(connection: Connection) -> list[str]:
    """Return the products that became official since the last look; history that was read in is no news."""
    after = feeds.mark_of(connection, NAME)
    new = select(product.c.name).where(product.c.official > int(after or 0), product.c.origin != OUTSIDE)
    return [row.name for row in connection.execute(new.order_by(product.c.official))] if after else []


def plan(tx: Transaction) -> int:
    """Note for every active webhook what became official since the last look; return how many deliveries."""
    names = news(tx.connection)
    active = [each.id for each in webhooks(tx.connection) if each.is_active]
    now = to_us(tx.clock())
    words = {"attempts": 0, "due_us": now, "answer": ""}
    rows = [{"webhook_id": number, "product": name, **words} for name in names for number in active]
    if rows:
        tx.connection.execute(webhook_delivery.insert(), rows)
    feeds.read_to(tx, NAME, _mark(tx.head.sequence))
    return len(rows)


def due(connection: Connection, now: datetime) -> list[tuple[Delivery, str, str]]:
    """Return the deliveries whose time has come, each with its address and secret."""
    d = webhook_delivery
    query = select(d, webhook.c.url, webhook.c.secret).join(webhook, webhook.c.id == d.c.webhook_id)
    rows = connection.execute(query.where(d.c.due_us <= to_us(now)).order_by(d.c.due_us))
    return [(_delivery(row), row.url, row.secret) for row in rows]


def count_waiting(connection: Connection) -> int:
    """Return how many deliveries nobody has taken yet."""
    query = select(func.count()).select_from(webhook_delivery).where(webhook_delivery.c.due_us.is_not(None))
    return int(connection.execute(query).scalar_one())


def body_of_delivery(connection: Connection, name: str) -> bytes:
    """Return what is told of a product: its manifest as it became official, the same at every try."""
    at = connection.execute(select(product.c.official).where(product.c.name == name)).scalar()
    told = product_of(connection, name, at).told()
    said = {"event": "product-official", "product": told, "list": f"/api/v1/products/{name}/list"}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def tried(tx: Transaction, delivery: Delivery, *, taken: bool, answer: str, is_final: bool = False) -> None:
    """Note how a try went, and when the next one is.

    Args:
        is_final: the address said that it never wants it.
    """
    now, attempts = tx.clock(), delivery.attempts + 1
    pause = min(_FIRST_PAUSE * 2 ** (attempts - 1), _LONGEST_PAUSE)
    is_over = taken or is_final or attempts >= MOST_TRIES
    words: dict[str, Any] = {"attempts": attempts, "tried_us": to_us(now), "answer": answer[:500]}
    words["due_us"] = None if is_over else to_us(now + pause)
    if taken:
        words["delivered_us"] = to_us(now)
    d = webhook_delivery
    # one that was stopped meanwhile stays stopped
    one = (d.c.webhook_id == delivery.webhook_id, d.c.product == delivery.product, d.c.due_us.is_not(None))
    tx.connection.execute(d.update().where(*one).values(**words))


def require_address(url: str, *, allow_private: bool) -> None:
    """Let through addresses of the web; names are looked at once more when they are resolved.

    Raises:
        Invalid: another scheme, no host, a password in it, or an address of this network.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid(f"“{url[:80]}” is no address of the web.") from error
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain or port == 0:
        raise Invalid(f"“{url[:80]}” is no address of the web: http:// or https:// and a host.")
    if len(url) > _LONGEST_URL or parts.username is not None or parts.password is not None:
        raise Invalid(f"An address has at most {_LONGEST_URL} characters, and no user or password in it.")
    if not allow_private and (parts.hostname == "localhost" or is_private(parts.hostname)):
        raise Invalid(f"{parts.hostname} lies inside this network; webhooks go outside.")


def is_private(host: str) -> bool:
    """Tell whether an IP address is one that the world cannot reach; a name is none."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global or found.is_multicast


def _mark(sequence: int) -> str:
    # marks are compared as texts
    return f"{sequence:012d}"


def _delivery(row: Any) -> Delivery:
    at: Mapping[str, datetime | None] = {
        name: None if (us := getattr(row, f"{name}_us")) is None else from_us(us)
        for name in ("due", "tried", "delivered")
    }
    return Delivery(
        row.webhook_id, row.product, row.attempts, at["due"], at["tried"], at["delivered"], row.answer
    )
