"""Of whom each route has news, and up to where it has heard its census."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "news",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("because", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("route", "key", name="pk_news"),
    )
    op.create_index("ix_news_route_number", "news", ["route", "number"])
    op.create_table(
        "heard",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("full_began_at", sa.String(length=32), nullable=False),
        sa.Column("full_ended_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("route", name="pk_heard"),
    )
