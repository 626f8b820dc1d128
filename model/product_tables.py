"""Products as they stand, projected from the journal; and who is told of new ones, which is operation."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from model.tables import PROJECTIONS, metadata

#: each place in the journal at which a product became what it is: its state at any sequence follows
product = Table(
    "product",
    metadata,
    Column("name", Text, primary_key=True),
    Column("series", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("proposed", Integer, nullable=False),
    Column("official", Integer),
    Column("superseded", Integer),
    Column("withdrawn", Integer),
    Column("sha256", Text, nullable=False),
    Column("published_sha256", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("product_by_series", "series", "official"),
    Index("product_by_sha256", "sha256"),
)

#: every projection, products included
PROJECTED = (*PROJECTIONS, product)

#: addresses that are told of events; the secret signs, so it is in no journal. Everything up to `told` was
#: taken or is not wanted; while one event is not taken none after it is tried
webhook = Table(
    "webhook",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("kinds", Text, nullable=False, server_default=""),
    Column("told", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_us", BigInteger),
    Column("failing_us", BigInteger),
    Column("given_up_us", BigInteger),
)

#: one event that was told to one address, with what the last try was answered
webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("webhook_id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_us", BigInteger, nullable=False),
    Column("delivered_us", BigInteger),
    Column("answer", Text, nullable=False),
)
