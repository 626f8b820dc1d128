"""The tables: one journal, and projections that can be rebuilt from it.

Two axes everywhere: lumisections [first, last] and sequences [since, until). Now is `until IS NULL`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()


def _span() -> list[Column[int]]:
    return [
        Column("since", Integer, primary_key=True, autoincrement=False),
        Column("first", Integer, primary_key=True, autoincrement=False),
        Column("last", Integer, nullable=False),
        Column("until", Integer),
    ]


journal = Table(
    "journal",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("recorded_us", BigInteger, nullable=False),
    Column("happened_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("schema", SmallInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("is_person", Boolean, nullable=False),
    Column("action", Integer, nullable=False),
    Column("run_number", Integer),
    Column("comment", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("journal_by_run", "run_number", "sequence"),
    Index("journal_by_action", "action"),
)

term = Table(
    "term",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False, unique=True),
)

author = Table(
    "author",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("is_person", Boolean, nullable=False),
    UniqueConstraint("name", "is_person"),
)

run_fact = Table(
    "run_fact",
    metadata,
    Column("run_number", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

dataset = Table(
    "dataset",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("run_number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("run_number", "name"),
)

dataset_fact = Table(
    "dataset_fact",
    metadata,
    Column("dataset_id", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

upstream_range = Table(
    "upstream_range",
    metadata,
    Column("dataset_id", Integer, primary_key=True, autoincrement=False),
    Column("attribute_id", Integer, primary_key=True, autoincrement=False),
    *_span(),
    Column("value_id", Integer, nullable=False),
    sqlite_with_rowid=False,
)

luminosity = Table(
    "luminosity",
    metadata,
    Column("run_number", Integer, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    Column("delivered", LargeBinary, nullable=False),
    Column("recorded", LargeBinary, nullable=False),
    Column("pileup", LargeBinary, nullable=False),
)


def _verdicts(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("dataset_id", Integer, primary_key=True, autoincrement=False),
        Column("column_id", Integer, primary_key=True, autoincrement=False),
        *_span(),
        Column("status", SmallInteger, nullable=False),
        Column("cause_id", Integer, nullable=False),
        Column("comment_id", Integer, nullable=False),
        Column("author_id", Integer, nullable=False),
        sqlite_with_rowid=False,
    )


#: what counts: person above rule
verdict_range = _verdicts("verdict_range")
#: what a rule said where a person's verdict outranks it
overruled_range = _verdicts("overruled_range")

registry_document = Table(
    "registry_document",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

#: how far a file's import came, so that a killed one resumes; no projection of the journal
import_checkpoint = Table(
    "import_checkpoint",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("run_number", Integer, primary_key=True, autoincrement=False),
)

#: rebuilt by a replay of the journal
PROJECTIONS = (
    term,
    author,
    run_fact,
    dataset,
    dataset_fact,
    upstream_range,
    luminosity,
    verdict_range,
    overruled_range,
    registry_document,
)
