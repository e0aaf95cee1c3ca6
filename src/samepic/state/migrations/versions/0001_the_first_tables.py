"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intent",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("target_person", sa.Text(), nullable=False),
        sa.Column("source_person", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("replacing", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("replaced", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("upn", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("route", "key", name="pk_intent"),
    )
    op.create_table(
        "intent_rendition",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("route", "key", "position", name="pk_intent_rendition"),
    )
    op.create_table(
        "kept",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key", "system", "sha256", name="pk_kept"),
    )
    op.create_table(
        "memory",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source_person", sa.Text(), nullable=True),
        sa.Column("target_person", sa.Text(), nullable=True),
        sa.Column("upn", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("target_before", sa.Text(), nullable=False),
        sa.Column("wrote", sa.Text(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("written_at", sa.String(length=32), nullable=True),
        sa.Column("sync_off_by_us", sa.Boolean(), nullable=False),
        sa.Column("blankings", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("route", "key", name="pk_memory"),
    )
    op.create_table(
        "refusal",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("not_eligible", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("route", "key", name="pk_refusal"),
    )
    op.create_table(
        "run",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=True),
        sa.Column("target_pictures", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_run"),
        sa.UniqueConstraint("run", name="uq_run_run"),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index("ix_run_route", ["route"], unique=False)

    op.create_table(
        "run_listed",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("upn", sa.Text(), nullable=True),
        sa.Column("mail", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("folded_object_id", sa.Text(), nullable=True),
        sa.Column("folded_upn", sa.Text(), nullable=True),
        sa.Column("folded_mail", sa.Text(), nullable=True),
        sa.Column("folded_file_name", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_run_listed"),
    )
    with op.batch_alter_table("run_listed", schema=None) as batch_op:
        batch_op.create_index(
            "ix_run_listed_run_system_folded_file_name", ["run", "system", "folded_file_name"], unique=False
        )
        batch_op.create_index("ix_run_listed_run_system_folded_mail", ["run", "system", "folded_mail"], unique=False)
        batch_op.create_index(
            "ix_run_listed_run_system_folded_object_id", ["run", "system", "folded_object_id"], unique=False
        )
        batch_op.create_index("ix_run_listed_run_system_folded_upn", ["run", "system", "folded_upn"], unique=False)
        batch_op.create_index("ix_run_listed_run_system_place", ["run", "system", "place"], unique=False)

    op.create_table(
        "run_member",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run", "group", "person", name="pk_run_member"),
    )
    op.create_table(
        "run_person",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("upn", sa.Text(), nullable=True),
        sa.Column("mail", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("has_mailbox_plan", sa.Boolean(), nullable=False),
        sa.Column("geography", sa.Text(), nullable=True),
        sa.Column("not_eligible", sa.String(length=32), nullable=True),
        sa.Column("unmatched", sa.Text(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.Column("source_person", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target_person", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("sync_off", sa.Boolean(), nullable=True),
        sa.Column("blanked_by_system", sa.Boolean(), nullable=False),
        sa.Column("target_blank", sa.Boolean(), nullable=False),
        sa.Column("looked", sa.Boolean(), nullable=False),
        sa.Column("look_first", sa.Boolean(), nullable=False),
        sa.Column("memory_version", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("needs_comparison", sa.Boolean(), nullable=False),
        sa.Column("folded_upn", sa.Text(), nullable=True),
        sa.Column("folded_mail", sa.Text(), nullable=True),
        sa.Column("folded_file_name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run", "key", name="pk_run_person"),
    )
    with op.batch_alter_table("run_person", schema=None) as batch_op:
        batch_op.create_index("ix_run_person_run_folded_file_name", ["run", "folded_file_name"], unique=False)
        batch_op.create_index("ix_run_person_run_folded_mail", ["run", "folded_mail"], unique=False)
        batch_op.create_index("ix_run_person_run_folded_upn", ["run", "folded_upn"], unique=False)

    op.create_table(
        "seen",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("system", "key", name="pk_seen"),
    )
