"""What several hosts on one database must know of each other: operation, no facts, so not in the journal."""

from sqlalchemy import BigInteger, Column, Table, Text

from model.tables import metadata

#: which host does what only one does at a time, and until when
lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until_us", BigInteger, nullable=False),
)

#: what the last contracting migration left: programs older than this revision may not go on; empty: all may
schema_floor = Table("schema_floor", metadata, Column("revision", Text, primary_key=True))
