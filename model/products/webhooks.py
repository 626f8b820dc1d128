"""Who is told of events, and how that goes: operation, no fact, so in no journal.

An address is told in the journal's order: while one event is not taken none after it is tried. Each pause is
longer; after two weeks in which nothing was taken the address is given up, and somebody may let it go on by
hand. It then gets all of it, since the journal forgets nothing. What is told never changes between two tries.
"""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, func, select

from model import rights
from model.authors import Author
from model.clock import from_us, to_us
from model.errors import Invalid, NotFound
from model.journal import Transaction
from model.product_tables import webhook
from model.queries.event_feed import kinds_of
from model.rights import Action

#: what is told without naming kinds: each new official product with its manifest
PRODUCTS = "product-official"
_LONGEST_URL = 500
_MOST = 50
State = Literal["told", "failing", "given up", "stopped"]


@dataclass(frozen=True)
class Webhook:
    """An address that is told; its secret is shown once, to who made it.

    Args:
        kinds: of the events that it is told.
        told: everything up to this sequence was taken or is not wanted.
        attempts: of the event that it did not take.
        due_at: of its next try; None where it is tried as soon as there is something.
        failing_since: it has taken nothing since then.
        given_up_at: it is not tried any more until somebody lets it.
    """

    id: int
    url: str
    author: str
    made_at: datetime
    is_active: bool
    kinds: tuple[str, ...]
    told: int
    attempts: int
    due_at: datetime | None
    failing_since: datetime | None
    given_up_at: datetime | None

    @property
    def state(self) -> State:
        """How it is."""
        if not self.is_active:
            return "stopped"
        if self.given_up_at is not None:
            return "given up"
        return "failing" if self.failing_since is not None else "told"


def add_webhook(
    tx: Transaction, url: str, by: Author, *, kinds: str = PRODUCTS, allow_private: bool = False
) -> tuple[int, str]:
    """Tell an address of every event of some kinds from now on; return its id and its secret.

    Args:
        kinds: by commas, or `product-official` alone.

    Raises:
        Invalid: no address of the web, one inside this network, too many already, or a kind that is none.
        Forbidden: the author is no coordinator.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    require_address(url, allow_private=allow_private)
    named = sorted(kinds_of(kinds)) if kinds.strip() != PRODUCTS else [PRODUCTS]
    if not named:
        raise Invalid(f"Name the kinds of events to tell, or {PRODUCTS}.")
    active = [each for each in webhooks(tx.connection) if each.is_active]
    if len(active) >= _MOST:
        raise Invalid(f"There are {_MOST} webhooks already: stop one that nobody reads.")
    if any((each.url, list(each.kinds)) == (url, named) for each in active):
        raise Invalid(f"{url} is told already.")
    number = int(tx.connection.execute(select(func.max(webhook.c.id))).scalar() or 0) + 1
    secret = secrets.token_hex(32)
    row = {"id": number, "url": url, "secret": secret, "author": by.name, "is_active": True}
    # what was recorded already is told to those who were there, and to nobody else
    more = {"made_us": to_us(tx.clock()), "kinds": ",".join(named), "told": tx.head.sequence, "attempts": 0}
    tx.connection.execute(webhook.insert(), {**row, **more})
    return number, secret


def stop_webhook(tx: Transaction, number: int, by: Author) -> None:
    """Tell an address no more; what it was told stays readable.

    Raises:
        NotFound: there is none of this id.
        Forbidden: the author is no coordinator.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    webhook_of(tx.connection, number)
    tx.connection.execute(webhook.update().where(webhook.c.id == number).values(is_active=False, due_us=None))


def tell_again(tx: Transaction, number: int, by: Author, *, after: int | None = None) -> None:
    """Let an address go on at once where it stopped, or tell it again everything after a sequence.

    Raises:
        NotFound: there is none of this id.
        Invalid: it was stopped, or the journal has not come so far.
        Forbidden: the author is no coordinator.
    """
    rights.require(by, Action.MAKE_OFFICIAL)
    if not webhook_of(tx.connection, number).is_active:
        raise Invalid(f"Webhook {number} was stopped: subscribe again.")
    if after is not None and not 0 <= after <= tx.head.sequence:
        raise Invalid(f"The journal has not reached sequence {after}; it is at {tx.head.sequence}.")
    words: dict[str, Any] = {"attempts": 0, "due_us": None, "failing_us": None, "given_up_us": None}
    if after is not None:
        words["told"] = after
    tx.connection.execute(webhook.update().where(webhook.c.id == number).values(**words))


def webhooks(connection: Connection) -> list[Webhook]:
    """Return every webhook there ever was, in the order in which they were made."""
    return [_webhook(row) for row in connection.execute(select(webhook).order_by(webhook.c.id))]


def webhook_of(connection: Connection, number: int) -> Webhook:
    """Return a webhook by its id.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(select(webhook).where(webhook.c.id == number)).first()
    if row is None:
        raise NotFound(f"There is no webhook {number}.")
    return _webhook(row)


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


def _webhook(row: Row[Any]) -> Webhook:
    at: Mapping[str, datetime | None] = {
        name: None if (us := getattr(row, f"{name}_us")) is None else from_us(us)
        for name in ("due", "failing", "given_up")
    }
    kinds = tuple(row.kinds.split(",")) if row.kinds else (PRODUCTS,)
    words = row.id, row.url, row.author, from_us(row.made_us), bool(row.is_active), kinds
    return Webhook(*words, row.told, row.attempts, at["due"], at["failing"], at["given_up"])
