"""What is known of those who ask; no projections of the journal: a replay leaves them alone."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from model.tables import metadata

#: the tokens of programs: what may be said of them is in the journal, the hash is not
program_token = Table(
    "program_token",
    metadata,
    Column("name", Text, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("used_us", BigInteger),
)

#: who is logged in; the cookie has a key whose hash is the id, what the issuer gave is sealed
login_session = Table(
    "login_session",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("author", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("groups", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("began_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("read_us", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
Index("login_session_by_began", login_session.c.began_us)

#: what somebody was refused for want of a right, counted by the hour
denied_action = Table(
    "denied_action",
    metadata,
    Column("hour", Integer, primary_key=True),
    Column("author", Text, primary_key=True),
    Column("action", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("first_us", BigInteger, nullable=False),
    Column("last_us", BigInteger, nullable=False),
    Column("times", Integer, nullable=False),
    Column("sentence", Text, nullable=False),
)
