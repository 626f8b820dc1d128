"""The tables: one journal, and projections that can be rebuilt from it.

Two axes everywhere: lumisections [first, last] and sequences [since, until). Now is `until IS NULL`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
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

#: in blocks that begin at lumisection `first`: one more lumisection does not write the whole run again
luminosity = Table(
    "luminosity",
    metadata,
    Column("run_number", Integer, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("first", Integer, primary_key=True, autoincrement=False),
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

#: lumisections and luminosity of each status in each column of a dataset; no row where there are none.
#: A column on which nobody spoke has no row: it is EMPTY on all that `dataset_summary` counts.
cell_summary = Table(
    "cell_summary",
    metadata,
    Column("dataset_id", Integer, primary_key=True, autoincrement=False),
    Column("column_id", Integer, primary_key=True, autoincrement=False),
    Column("status", SmallInteger, primary_key=True, autoincrement=False),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    Column("lumisections", Integer, nullable=False),
    Column("recorded_invpb", Float, nullable=False),
    sqlite_with_rowid=False,
)
# all that a filter asks of a cell, so that no row is fetched for it
Index(
    "cell_summary_by_status",
    cell_summary.c.column_id,
    cell_summary.c.status,
    cell_summary.c.lumisections,
    cell_summary.c.dataset_id,
    cell_summary.c.since,
    cell_summary.c.until,
    cell_summary.c.recorded_invpb,
)

#: what lists of datasets are filtered and sorted by, in one row
dataset_summary = Table(
    "dataset_summary",
    metadata,
    Column("dataset_id", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    Column("run_number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("era", Text, nullable=False),
    Column("run_class", Text, nullable=False),
    Column("run_state", Text, nullable=False),
    Column("fill_number", Integer),
    Column("is_significant", Boolean),
    Column("start_us", BigInteger),
    Column("duration_s", Float),
    Column("stop_reason", Text, nullable=False, server_default=""),
    Column("is_hidden", Boolean, nullable=False),
    Column("lumisections", Integer, nullable=False),
    Column("recorded_invpb", Float),
    Column("delivered_invpb", Float),
    Column("in_gui", Text, nullable=False),
    Index("dataset_summary_by_run", "run_number"),
    Index("dataset_summary_by_name", "name", "run_number"),
    sqlite_with_rowid=False,
)

#: the state of a dataset in each workspace that has one of its own
dataset_state = Table(
    "dataset_state",
    metadata,
    Column("dataset_id", Integer, primary_key=True, autoincrement=False),
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer),
    Column("state", Text, nullable=False),
    Index("dataset_state_by_state", "workspace_id", "state"),
    sqlite_with_rowid=False,
)

#: what outside programs propose; open until answered or replaced
proposal = Table(
    "proposal",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("dataset_id", Integer, nullable=False),
    Column("column_id", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("status", SmallInteger, nullable=False),
    Column("score", Float),
    Column("program_id", Integer, nullable=False),
    Column("version_id", Integer, nullable=False),
    Column("reason_id", Integer, nullable=False),
    Column("answer", Text),
    Index("proposal_by_dataset", "dataset_id", "column_id"),
    Index("proposal_by_program", "program_id", "answer"),
)

#: what upstream changed of runs that were signed off; open until answered, replaced or withdrawn
late_change = Table(
    "late_change",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("run_number", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("likeness", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("answer", Text),
    Index("late_change_by_run", "run_number"),
)

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
    cell_summary,
    dataset_summary,
    dataset_state,
    proposal,
    late_change,
    registry_document,
)

#: what workers last said of themselves: operation, in no journal, rebuilt by nothing
feed = Table(
    "feed",
    metadata,
    Column("name", Text, primary_key=True),
    Column("answered_us", BigInteger),
    Column("normal_s", Float, nullable=False),
    Column("trouble", Text, nullable=False),
)
