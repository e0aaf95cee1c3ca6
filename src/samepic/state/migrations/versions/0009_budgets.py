"""What all workers together have taken of the budgets that they share."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(53), nullable=False),
        sa.Column("reckoned_at", sa.Float(53), nullable=False),
        sa.Column("refused_at", sa.Float(53), nullable=False),
        sa.Column("held_until", sa.Float(53), nullable=False),
        sa.Column("level", sa.Float(53), nullable=True),
        sa.Column("asked_at", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name="pk_budget"),
    )
