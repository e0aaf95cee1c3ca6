"""Plans that were held and what was said about them; which changes took; a plan's pictures beside each other."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STAYS = {
    "sqlite": [
        f"CREATE TRIGGER plan_event_stays_{verb.lower()} BEFORE {verb} ON plan_event "
        "BEGIN SELECT RAISE(ABORT, 'what happened to a plan is never changed'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION plan_event_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what happened to a plan is never changed'; END $$",
        "CREATE TRIGGER plan_event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION plan_event_stays()",
    ],
}


def upgrade() -> None:
    op.add_column("run", sa.Column("source_pictures", sa.Integer(), nullable=True))
    op.create_table(
        "plan",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("held_at", sa.String(length=32), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("examples", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("route", "plan", name="pk_plan"),
    )
    op.create_table(
        "plan_event",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_plan_event"),
    )
    op.create_index("ix_plan_event_route_plan", "plan_event", ["route", "plan"])
    op.create_index("ix_plan_event_run", "plan_event", ["run"])
    for statement in STAYS[op.get_bind().dialect.name]:  # who approved what, and why, stays as it was said
        op.execute(statement)
    op.add_column("change", sa.Column("settled", sa.String(length=32), nullable=True))
    op.execute("UPDATE change SET settled = 'superseded'")  # nobody looked back then
    op.create_index("ix_change_route_at", "change", ["route", "at"])
    op.create_table(
        "run_print",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("before", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("run", "key", name="pk_run_print"),
    )
    op.create_table(
        "run_band",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run", "band", "value", "key", name="pk_run_band"),
    )


def downgrade() -> None:
    for table in ("run_band", "run_print", "plan_event", "plan"):
        op.drop_table(table)  # and with it its triggers
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION plan_event_stays")
    op.drop_index("ix_change_route_at", "change")
    op.drop_column("change", "settled")
    op.drop_column("run", "source_pictures")
