"""Tokens of programs, logins, and what was denied to whom.

Revision ID: 0013
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "program_token",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("used_us", sa.BigInteger),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("author", "full_name", "groups", "subject")),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("began_us", "seen_us", "asked_us", "read_us")
        ),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("login_session_by_began", "login_session", ["began_us"])
    op.create_table(
        "denied_action",
        sa.Column("hour", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("author", "action", "workspace")),
        sa.Column("first_us", sa.BigInteger, nullable=False),
        sa.Column("last_us", sa.BigInteger, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("denied_action")
    op.drop_table("login_session")
    op.drop_table("program_token")
