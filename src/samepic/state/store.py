"""The state as a database keeps it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from samepic.model.lease import Lease
from samepic.ports.state import PersonLock
from samepic.state.changes import ChangeTable
from samepic.state.database import Database, sqlite_engine, usable
from samepic.state.kept import KeptTable
from samepic.state.lately import LatelyTable
from samepic.state.leases import LeaseTable, hold_to
from samepic.state.listings import ListingTable
from samepic.state.locks import FilePersonLock, hold_route
from samepic.state.memories import IntentTable, MemoryTable
from samepic.state.plans import PlanTable
from samepic.state.prints import PrintTable
from samepic.state.rows import RowTable
from samepic.state.runs import RunTable
from samepic.state.versions import bring_up_to_date


class Store:
    """A `samepic.ports.state.State`; may be used from several threads, and the file by several processes."""

    def __init__(self, database: Database, locks: Path) -> None:
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
        self._database = database
        self._locks = locks

    def route_lock(self, route: str, who: str, since: datetime) -> AbstractContextManager[None]:
        """Keep other sweeps off this route while it is held; a dead process holds nothing. Raises RouteBusy at once."""
        return hold_route(self._locks, route, who, since)

    def person_lock(self, route: str, key: str) -> PersonLock:
        """What keeps a sweep and a request from working on one person at the same time."""
        return FilePersonLock(self._locks, route, key)

    def held_by(self, lease: Lease) -> Store:
        """The same state, in which nothing is committed unless the lease is its holder's at that moment."""
        held = Database(self._database.engine, lambda connection: hold_to(connection, lease))
        return Store(held, self._locks)

    def close(self) -> None:
        """Give back the connections; safe to call twice."""
        self._database.engine.dispose()


def open_state(path: Path) -> Store:
    """Open the state file, making it or bringing it up to date; its locks lie beside it.

    Raises StateNewer, StateUnusable.
    """
    engine = sqlite_engine(path)
    try:
        with usable(engine):
            bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(Database(engine), path.with_name(f"{path.name}.locks"))
