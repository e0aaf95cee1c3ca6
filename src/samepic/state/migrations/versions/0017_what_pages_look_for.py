"""What the portal's pages look for is found without reading everybody, or every run that there was."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NO_REQUEST, RUNNING = "kind <> 'request'", "state = 'running'"
FAILED, TO_DO = "failed IS NOT NULL", "action <> 'nothing'"


def upgrade() -> None:
    op.drop_index("ix_run_route", "run")
    op.create_index("ix_run_route_number", "run", ["route", "number"])
    _few("ix_run_no_request", "run", ["route", "number"], NO_REQUEST)
    _few("ix_run_running", "run", ["route", "number"], RUNNING)

    for name in ("stands_at", "sought"):
        op.add_column("run_person", sa.Column(name, sa.Text(), nullable=True))
    # Of the ASCII letters only, in SQLite; the next sweep's rows are folded as they are entered.
    op.execute("UPDATE run_person SET stands_at = substr(lower(display_name), 1, 100)")
    op.execute(
        "UPDATE run_person SET sought = "
        "substr(stands_at || ' ' || coalesce(folded_upn, '') || ' ' || coalesce(folded_mail, ''), 1, 300)"
    )
    op.create_index("ix_run_person_by_name", "run_person", ["run", "stands_at", "key", "sought"])
    op.create_index("ix_run_person_by_reason", "run_person", ["run", "reason", "stands_at", "key", "action"])
    _few("ix_run_person_failed", "run_person", ["run", "key"], FAILED)
    _few("ix_run_person_failed_by_name", "run_person", ["run", "stands_at", "key"], FAILED)
    _few("ix_run_person_to_do", "run_person", ["run", "stands_at", "key", "reason", "action"], TO_DO)

    op.add_column("memory", sa.Column("folded_upn", sa.Text(), nullable=True))
    op.execute("UPDATE memory SET folded_upn = lower(upn)")
    op.create_index("ix_memory_key", "memory", ["key"])
    op.create_index("ix_memory_folded_upn", "memory", ["folded_upn"])

    op.drop_index("ix_change_run_key", "change")
    op.create_index("ix_change_of_run", "change", ["run", "key", "number", "action", "before"])
    op.create_index("ix_plan_event_route_number", "plan_event", ["route", "number"])


def _few(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
