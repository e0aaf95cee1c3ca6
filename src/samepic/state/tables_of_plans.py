"""The tables of plans that were held, and of what was said about them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from samepic.model.held import Kind, Standing
from samepic.state.columns import Moment, Word
from samepic.state.tables import metadata

__all__ = ["metadata", "plan", "plan_event"]

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
    Index(None, "route", "number"),
    Index(None, "run"),
)
