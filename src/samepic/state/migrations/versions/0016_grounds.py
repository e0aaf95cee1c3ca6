"""On what a full sweep's decisions rest, and which run listed a route's groups last."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("heard", sa.Column("grounds", sa.Text(), nullable=True))
    op.add_column("heard", sa.Column("members_of", sa.Text(), nullable=True))
