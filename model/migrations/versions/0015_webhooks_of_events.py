"""webhooks of any kind of event, told in order"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OLD = "webhook_delivery"


def upgrade() -> None:
    op.add_column("webhook", sa.Column("kinds", sa.Text(), nullable=False, server_default=""))
    for name in ("told", "attempts"):
        op.add_column("webhook", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("due_us", "failing_us", "given_up_us"):
        op.add_column("webhook", sa.Column(name, sa.BigInteger(), nullable=True))
    # told is all that was looked at, but for what still waits: that is told again from there, in order
    looked = "SELECT CAST(mark AS INTEGER) FROM feed_mark WHERE name = 'webhooks'"
    op.execute(f"UPDATE webhook SET told = COALESCE(({looked}), (SELECT MAX(sequence) FROM journal), 0)")
    waits = (
        "SELECT MIN(product.official) - 1 FROM webhook_delivery JOIN product "
        "ON product.name = webhook_delivery.product "
        "WHERE webhook_delivery.webhook_id = webhook.id AND webhook_delivery.due_us IS NOT NULL"
    )
    op.execute(f"UPDATE webhook SET told = COALESCE(({waits}), told)")
    op.drop_index("webhook_delivery_by_due", _OLD)
    op.drop_table(_OLD)
    op.create_table(
        _OLD,
        sa.Column("webhook_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_us", sa.BigInteger(), nullable=False),
        sa.Column("delivered_us", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", "sequence"),
    )


def downgrade() -> None:
    op.drop_table(_OLD)
    op.create_table(
        _OLD,
        sa.Column("webhook_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=True),
        sa.Column("tried_us", sa.BigInteger(), nullable=True),
        sa.Column("delivered_us", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", "product"),
    )
    op.create_index("webhook_delivery_by_due", _OLD, ["due_us"])
    for name in ("given_up_us", "failing_us", "due_us", "attempts", "told", "kinds"):
        op.drop_column("webhook", name)
