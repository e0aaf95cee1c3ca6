"""Until when each route's scheduled sweeps are done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from samepic.state.database import Database
from samepic.state.tables import heard, schedule


class ScheduleTable:
    """`samepic.ports.sweeps.Schedules` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def taken(self, route: str) -> datetime | None:
        """Moments until then want no sweep any more; None where no service has known the route."""
        with self._database.read() as connection:
            return connection.execute(select(schedule.c.taken).where(schedule.c.route == route)).scalar()

    def last_full(self, route: str) -> datetime | None:
        """When the last full sweep began that ended well, whoever began it; None where none has."""
        with self._database.read() as connection:
            return connection.execute(select(heard.c.full_began_at).where(heard.c.route == route)).scalar()

    def take(self, route: str, until: datetime) -> None:
        """Remember a later moment, or an earlier one, where a clock was wrong."""
        with self._database.write() as connection:
            self._database.upsert(connection, schedule, [{"route": route, "taken": until}])
