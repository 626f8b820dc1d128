"""A filter reads all that it asks of a cell from the index.

Revision ID: 0008
Revises: 0005
"""

from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME, _BEFORE = "cell_summary_by_status", ["column_id", "status", "lumisections"]
_MORE = ["dataset_id", "since", "until", "recorded_invpb"]


def upgrade() -> None:
    """Apply."""
    op.drop_index(_NAME, table_name="cell_summary")
    op.create_index(_NAME, "cell_summary", [*_BEFORE, *_MORE])


def downgrade() -> None:
    """Take back."""
    op.drop_index(_NAME, table_name="cell_summary")
    op.create_index(_NAME, "cell_summary", _BEFORE)
