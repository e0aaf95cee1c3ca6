"""What each route joins, in a database that several machines share."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "route_joins",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("joins", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("route", name="pk_route_joins"),
    )
