"""The state as a database keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, select

from samepic.model.lease import Lease
from samepic.ports.state import PersonLock
from samepic.state import joined
from samepic.state.advisory import AdvisoryLocks
from samepic.state.api_tokens import ApiTokenTable
from samepic.state.audit import AuditTable
from samepic.state.budgets import BudgetTable
from samepic.state.changes import ChangeTable
from samepic.state.database import Database, usable
from samepic.state.kept import KeptTable
from samepic.state.lately import LatelyTable
from samepic.state.leases import LeaseTable, hold_to
from samepic.state.listings import ListingTable
from samepic.state.locks import FileLocks, Locks
from samepic.state.memories import IntentTable, MemoryTable
from samepic.state.news import NewsTable
from samepic.state.people import PeopleTable
from samepic.state.plans import PlanTable
from samepic.state.postgresql import postgresql_engine
from samepic.state.prints import PrintTable
from samepic.state.rows import RowTable
from samepic.state.runs import RunTable
from samepic.state.schedules import ScheduleTable
from samepic.state.sqlite_file import sqlite_engine
from samepic.state.sweeps import SweepTable
from samepic.state.versions import bring_up_to_date


class Store:
    """A `samepic.ports.state.State`; may be used from several threads, and the database by several processes."""

    def __init__(self, database: Database, locks: Locks) -> None:
        self.runs = RunTable(database)
        self.rows = RowTable(database)
        self.listings = ListingTable(database)
        self.memories = MemoryTable(database)
        self.intents = IntentTable(database)
        self.kept = KeptTable(database)
        self.changes = ChangeTable(database)
        self.plans = PlanTable(database)
        self.lately = LatelyTable(database)
        self.prints = PrintTable(database)
        self.leases = LeaseTable(database)
        self.schedules = ScheduleTable(database)
        self.budgets = BudgetTable(database)
        self.sweeps = SweepTable(database)
        self.people = PeopleTable(database)
        self.audit = AuditTable(database)
        self.news = NewsTable(database)
        self.api_tokens = ApiTokenTable(database)
        self._database = database
        self._locks = locks

    @contextmanager
    def route_lock(self, route: str, who: str, since: datetime) -> Iterator[None]:
        """Keep other sweeps off this route while it is held; a dead process holds nothing. Raises RouteBusy at once."""
        with self._locks.route(route, who, since):
            self.sweeps.refuse_beside(route)
            yield

    def person_lock(self, route: str, key: str) -> PersonLock:
        """What keeps a sweep and a request from working on one person at the same time."""
        return self._locks.person(route, key)

    def held_by(self, lease: Lease) -> Store:
        """The same state, in which nothing is committed unless the lease is its holder's at that moment."""
        engine = self._database.engine
        held = Database(engine, lambda connection: hold_to(connection, lease), self._locks.still_held)
        return Store(held, self._locks)

    def hold_to(self, route: str, joins: str) -> None:
        """See to it that a route's name means what it always meant here; see `samepic.state.joined`."""
        if self._database.engine.dialect.name == "sqlite":
            file = Path(str(self._database.engine.url.database)).with_name("routes.json")
            joined.hold_to(file, route, joins)
        else:
            joined.hold_to_in(self._database, route, joins)

    def look(self) -> None:
        """Return where the database answers, and this process holds the locks that it took. Raises StateUnusable."""
        self._locks.still_held()
        with self._database.read() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Give back the connections; safe to call twice."""
        self._locks.close()
        self._database.engine.dispose()


def open_state(at: Path | URL) -> Store:
    """Open the state in a SQLite file, which is made if missing, or in a PostgreSQL database; brings it up to date.

    The locks of a file lie beside it, a database's are PostgreSQL's own. Raises StateNewer, StateUnusable.
    """
    if isinstance(at, Path):
        engine = _up_to_date(sqlite_engine(at))
        return Store(Database(engine), FileLocks(at.with_name(f"{at.name}.locks")))
    engine = _up_to_date(postgresql_engine(at))
    locks = AdvisoryLocks(engine)
    return Store(Database(engine, before_writing=locks.still_held), locks)


def _up_to_date(engine: Engine) -> Engine:
    try:
        with usable(engine):
            bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
