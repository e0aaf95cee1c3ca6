"""When somebody let a run end that one process carries out."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("cancelled_at", sa.String(length=32), nullable=True))
