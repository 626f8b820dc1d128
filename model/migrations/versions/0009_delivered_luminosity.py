"""what was delivered, in summaries"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dataset_summary", sa.Column("delivered_invpb", sa.Float(), nullable=True))
    # datasets without a summary let the next start fill all projections from the journal
    op.execute("DELETE FROM dataset_summary")


def downgrade() -> None:
    op.drop_column("dataset_summary", "delivered_invpb")
