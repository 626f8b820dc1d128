"""Products into rows: proposed, official, superseded, withdrawn."""

import zlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from model import encoding
from model.events import ProductApproved, ProductProposed, ProductPublished, ProductWithdrawn
from model.product_tables import product

PROPOSED = "proposed"


def propose(connection: Connection, sequence: int, event: ProductProposed) -> None:
    """Keep a proposal."""
    _keep(connection, sequence, event, {"origin": PROPOSED})


def approve(connection: Connection, sequence: int, event: ProductApproved) -> None:
    """Make it official in the place of the last one of its series."""
    this = product.c.name == event.name
    series = connection.execute(product.select().where(this)).one().series
    _supersede(connection, sequence, series)
    connection.execute(product.update().where(this).values(official=sequence))


def withdraw(connection: Connection, sequence: int, event: ProductWithdrawn) -> None:
    """Take a proposal back."""
    this = product.c.name == event.name
    connection.execute(product.update().where(this).values(withdrawn=sequence))


def publish(connection: Connection, sequence: int, event: ProductPublished) -> None:
    """Keep what is official at once."""
    _supersede(connection, sequence, event.series)
    _keep(connection, sequence, event, {"origin": event.origin, "official": sequence})


def _supersede(connection: Connection, sequence: int, series: str) -> None:
    last = (product.c.series == series, product.c.official.is_not(None), product.c.superseded.is_(None))
    connection.execute(product.update().where(*last).values(superseded=sequence))


def _keep(
    connection: Connection, sequence: int, event: ProductProposed | ProductPublished, words: Mapping[str, Any]
) -> None:
    row = {
        "name": event.name,
        "series": event.series,
        "proposed": sequence,
        "sha256": event.manifest["sha256"],
        "published_sha256": event.manifest.get("published_sha256", ""),
        "manifest": encoding.canonical(event.manifest).decode(),
        "body": zlib.compress(event.body.encode(), 6),
        **words,
    }
    connection.execute(product.insert(), row)
