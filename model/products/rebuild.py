"""Make past products again from what the journal held when they were made, and compare byte for byte."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model import encoding, journal
from model.errors import Broken, RunRegistryError
from model.events import ProductProposed, ProductPublished
from model.golden import lists
from model.golden.golden import GoldenRoom
from model.product_tables import product as table
from model.products.manifest import question_of
from model.products.products import Product, body_of
from model.products.reading import read
from model.tables import journal as entries


@dataclass(frozen=True)
class Rebuilt:
    """What came of making a product again.

    Args:
        is_computed: by its rule; else its bytes were written anew from the list that was published outside.
        reason: where it is not identical.
    """

    name: str
    is_identical: bool
    is_computed: bool
    reason: str = ""

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        how = "made again by its rule" if self.is_computed else "published outside, written again"
        return f"{self.name}: {how}: {'identical' if self.is_identical else f'DIFFERS: {self.reason}'}"


def rebuild(connection: Connection, room: GoldenRoom, product: Product) -> Rebuilt:
    """Make a product again, as of its data sequence, by the rule that was kept then.

    Args:
        room: its cache must be empty: nothing that was computed before counts.
    """
    is_computed = product.manifest["rule"] is not None
    try:
        reason = _difference(connection, room, product)
    except RunRegistryError as error:
        reason = str(error)
    return Rebuilt(product.name, not reason, is_computed, reason)


def _difference(connection: Connection, room: GoldenRoom, product: Product) -> str:
    recorded = _recorded(connection, product.sequence)
    said = dict(recorded.manifest)
    if said["sha256"] != lists.sha256(recorded.body.encode()):
        return "the bytes of the journal are not those of its manifest"
    if body_of(connection, product.name) != recorded.body.encode():
        return "the bytes that are downloaded are not those of the journal"
    if said["rule"] is None:
        again = lists.to_bytes(read(recorded.body).lists)
    else:
        question = question_of(connection, said, said["sequence"])
        if question.rule.digest != said["rule"]["digest"]:
            return f"the rule {question.rule.name} is not the one of the manifest"
        if _hash_at(connection, said) != said["journal_hash"]:
            return f"at sequence {question.at} the journal is not the one of the manifest"
        again = room.golden(connection, question).body
    return "" if again == recorded.body.encode() else f"other bytes, SHA-256 {lists.sha256(again)}"


def _recorded(connection: Connection, sequence: int) -> ProductProposed | ProductPublished:
    row = connection.execute(select(entries).where(entries.c.sequence == sequence)).first()
    event = journal.entry(row).event if row is not None else None
    if not isinstance(event, ProductProposed | ProductPublished):
        raise Broken(f"The journal does not hold what was recorded at sequence {sequence}.")
    return event


def require_head(connection: Connection, head: journal.Head) -> str:
    """Check that the journal reaches as far as its products do, and is the one that they were made of.

    Returns: the name of the product that was checked last; empty where there is none.

    Raises:
        Broken: a tail was cut off, or the journal is another one.
    """
    last = ""
    for row in connection.execute(select(table).order_by(table.c.proposed)):
        if max(row.proposed, row.official or 0, row.withdrawn or 0) > head.sequence:
            raise Broken(
                f"The journal ends at sequence {head.sequence}, but {row.name} was recorded later: "
                "its tail was cut off."
            )
        last, said = row.name, encoding.parse(row.manifest)
        if "journal_hash" in said and _hash_at(connection, said) != said["journal_hash"]:
            raise Broken(f"At sequence {said['sequence']} the journal is not the one that made {last}.")
    return last


def _hash_at(connection: Connection, said: Mapping[str, Any]) -> str:
    return journal.hash_at(connection, said["sequence"]).hex()
