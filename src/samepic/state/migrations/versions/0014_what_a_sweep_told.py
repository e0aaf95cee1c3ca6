"""What workers' sweeps sent, whom they passed over, what is to be granted to them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sweep", sa.Column("missing", sa.Text(), nullable=True))
    op.add_column("sweep", sa.Column("looked_at", sa.Text(), nullable=True))
    op.create_table(
        "sweep_requests",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run", "system", name="pk_sweep_requests"),
    )
    op.create_table(
        "run_skip",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run", "key", name="pk_run_skip"),
    )
