"""What feeds and jobs tell of themselves; no projections of the journal: a replay leaves them alone."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Table, Text

from model.tables import metadata

#: how far a feed was read, together with what was recorded of it
feed_mark = Table(
    "feed_mark",
    metadata,
    Column("name", Text, primary_key=True),
    Column("mark", Text, nullable=False),
)

#: records of a feed that somebody wants read again
feed_wish = Table(
    "feed_wish",
    metadata,
    Column("name", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("wished_us", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
)

#: records of a feed that could not be taken, with the reason; gone when they can
feed_refusal = Table(
    "feed_refusal",
    metadata,
    Column("name", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("refused_us", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

#: what each job last did, and when it is due again
job = Table(
    "job",
    metadata,
    Column("name", Text, primary_key=True),
    Column("ran_us", BigInteger, nullable=False),
    Column("took_s", Float, nullable=False),
    Column("due_us", BigInteger),
    Column("said", Text, nullable=False),
    Column("is_well", Boolean, nullable=False),
)
