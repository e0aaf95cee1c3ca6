"""Fingerprints have a miniature: those without are forgotten, and taken again when a question needs them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = (("memory", "fingerprint"), ("kept", "fingerprint"), ("intent", "fingerprint"), ("intent", "replaced"))


def upgrade() -> None:
    # What was seen without a fingerprint stays: it says that the bytes are no picture, or that none is shown.
    seen = sa.table("seen", sa.column("fingerprint"))
    op.execute(sa.delete(seen).where(seen.c.fingerprint.is_not(None)))
    op.execute(sa.delete(sa.table("run_print")))  # of runs that are over; the next one enters its own
    op.execute(sa.delete(sa.table("run_band")))
    for table, name in COLUMNS:
        rows = sa.table(table, sa.column(name))
        op.execute(sa.update(rows).values({name: None}))
