"""luminosity in blocks, late changes, how far feeds were read"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBERS = ("delivered", "recorded", "pileup")


def _luminosity(name: str, *, blocks: bool) -> None:
    whole = [
        sa.Column(n, sa.Integer(), autoincrement=False, nullable=False) for n in ("run_number", "source_id")
    ]
    block = [sa.Column("first", sa.Integer(), autoincrement=False, nullable=False)] if blocks else []
    op.create_table(
        name,
        *whole,
        *block,
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        *[sa.Column(n, sa.LargeBinary(), nullable=False) for n in _NUMBERS],
        sa.PrimaryKeyConstraint("run_number", "source_id", *["first"][: len(block)], "since"),
    )


def upgrade() -> None:
    # a primary key cannot be widened in place on SQLite; what was told at once is one block
    op.rename_table("luminosity", "luminosity_before")
    _luminosity("luminosity_blocks", blocks=True)
    names = "run_number, source_id, since, until, delivered, recorded, pileup"
    op.execute(f"INSERT INTO luminosity_blocks ({names}, first) SELECT {names}, 1 FROM luminosity_before")
    op.drop_table("luminosity_before")
    op.rename_table("luminosity_blocks", "luminosity")
    op.create_table(
        "late_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("likeness", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("late_change", schema=None) as batch_op:
        batch_op.create_index("late_change_by_run", ["run_number"], unique=False)
    op.create_table(
        "feed_mark",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "feed_wish",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("wished_us", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "record"),
    )
    op.create_table(
        "feed_refusal",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("refused_us", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "record"),
    )


def downgrade() -> None:
    op.drop_table("feed_refusal")
    op.drop_table("feed_wish")
    op.drop_table("feed_mark")
    with op.batch_alter_table("late_change", schema=None) as batch_op:
        batch_op.drop_index("late_change_by_run")
    op.drop_table("late_change")
    # only what was told at once can be kept as one; a replay of the journal fills the rest
    op.drop_table("luminosity")
    _luminosity("luminosity", blocks=False)
