"""The tables of who did what, and of the programs that may; beside `tables`, which has everything about pictures."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from samepic.model.api_token import TokenRole
from samepic.state.columns import Moment, Word
from samepic.state.tables_of_plans import metadata  # with the others behind it

__all__ = ["api_token", "audit", "audit_head", "metadata"]

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("from_where", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)
"""The one row that says where the chain ends; whoever enters locks it."""


api_token = Table(
    "api_token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Word(TokenRole), nullable=False),
    Column("digest", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)
"""Of a token's secret its SHA-256; the secret is told once, to whoever makes it."""
