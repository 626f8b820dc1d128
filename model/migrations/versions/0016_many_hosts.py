"""which host does what only one does at a time, and which older programs may go on"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "schema_floor", sa.Column("revision", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("revision")
    )


def downgrade() -> None:
    op.drop_table("schema_floor")
    op.drop_table("lease")
