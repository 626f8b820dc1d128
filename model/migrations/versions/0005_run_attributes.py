"""when a run began, how long it took and why it stopped, in summaries"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dataset_summary", sa.Column("start_us", sa.BigInteger(), nullable=True))
    op.add_column("dataset_summary", sa.Column("duration_s", sa.Float(), nullable=True))
    op.add_column("dataset_summary", sa.Column("stop_reason", sa.Text(), nullable=False, server_default=""))
    # datasets without a summary let the next start fill all projections from the journal
    op.execute("DELETE FROM dataset_summary")


def downgrade() -> None:
    for name in ("stop_reason", "duration_s", "start_us"):
        op.drop_column("dataset_summary", name)
