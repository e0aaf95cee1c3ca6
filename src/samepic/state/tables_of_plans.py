"""The tables of plans that were held, and of what was said about them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from samepic.model.held import Kind, Standing
from samepic.state.columns import Moment, Word
from samepic.state.tables import metadata

__all__ = ["STAYS", "metadata", "plan", "plan_event"]

plan = Table(
    "plan",
    metadata,
    Column("route", Text, primary_key=True),
    Column("plan", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("held_at", Moment, nullable=False),
    Column("hold", Text, nullable=False),
    Column("people", Integer, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("counts", Text, nullable=False),
    Column("examples", Text, nullable=False),
    Column("kind", Word(Kind), nullable=False),
)

plan_event = Table(
    "plan_event",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("route", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("what", Word(Standing), nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("run", Text),
    Index(None, "route", "plan"),
    Index(None, "run"),
    Index(None, "route", "number"),
)

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
"""Who approved what, and why, stays as it was said: by the database's own word, for each kind of it.

Migration 0003 has the same once more: a migration stays as it was when its word changes here. A test compares.
"""
