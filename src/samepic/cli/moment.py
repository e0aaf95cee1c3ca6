"""A time that somebody types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer


def moment(typed: str) -> datetime:
    """ISO 8601, a date alone too (its beginning); without an offset it is UTC, as in everything that we print."""
    try:
        told = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise typer.BadParameter(f"write it as 2026-11-20 or 2026-11-20T14:30, not {typed!r}") from None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        metavar="TIME",
        parser=moment,
        help="As it was then: 2026-11-20, or 2026-11-20T14:30. In UTC, unless it ends with an offset such as +01:00.",
    ),
]
