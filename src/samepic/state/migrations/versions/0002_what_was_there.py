"""Pictures in the vault by route, with what they are like; every change of a target; who no longer takes part."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT = """
    INSERT INTO kept (route, key, sha256, system, stamp, media_type, kept_at, run, width_px, height_px, size_bytes,
                      seen_at)
    SELECT route, key, sha256, min(system), min(stamp), min(media_type), min(kept_at), '', 0, 0, 0, max(kept_at)
    FROM (
        SELECT coalesce(memory.route, (SELECT route FROM run ORDER BY number DESC LIMIT 1), '') AS route,
               older.key, older.sha256, older.system, older.stamp, older.media_type, older.kept_at
        FROM kept_older AS older LEFT JOIN memory ON memory.key = older.key
    ) AS told
    GROUP BY route, key, sha256
"""


def upgrade() -> None:
    op.execute("CREATE TABLE kept_older AS SELECT * FROM kept")
    op.drop_table("kept")
    op.create_table(
        "kept",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("route", "key", "sha256", name="pk_kept"),
    )
    op.execute(KEPT)
    op.drop_table("kept_older")
    with op.batch_alter_table("kept", schema=None) as batch_op:
        batch_op.create_index("ix_kept_sha256", ["sha256"], unique=False)
    op.create_table(
        "change",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_change"),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index("ix_change_route_key", ["route", "key"], unique=False)
        batch_op.create_index("ix_change_run_key", ["run", "key"], unique=False)
    op.create_table(
        "departed",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("route", "key", name="pk_departed"),
    )
    with op.batch_alter_table("run_person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("original", sa.Text(), nullable=True))
    with op.batch_alter_table("memory", schema=None) as batch_op:
        batch_op.add_column(sa.Column("original", sa.Text(), nullable=True))
    _add("memory", "restored", sa.Boolean(), value=False)
    _add("intent", "before", sa.Text(), value="not_told")
    _add("intent", "after", sa.Text(), value="not_told")


def _add(table: str, name: str, kind: sa.Boolean | sa.Text, *, value: bool | str) -> None:
    """A column that is never empty, in a table that may have rows."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column(name, kind, nullable=True))
    rows = sa.table(table, sa.column(name))
    op.execute(sa.update(rows).values({name: value}))
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(name, existing_type=kind, nullable=False)
