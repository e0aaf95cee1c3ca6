"""Until when the scheduled sweeps of each route are done."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("taken", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("route", name=op.f("pk_schedule")),
    )
