"""A portal whose administrators have something to do: a first run that is held, and people with all kinds of names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete
from tests.command_line import Ended, samepic
from tests.conftest import tenant_of
from tests.databases import engine_of
from tests.pictures import encoded, mosaic
from tests.portal.running import Portal, portal_of

from samepic.engine.engine import new_run
from samepic.model.held import PlanEvent, Said, Standing
from samepic.model.outcome import RunRecord
from samepic.model.plan import PlanId, RunId
from samepic.state import tables
from samepic.state.store import Store, open_state

ROUTE = "exchange-to-sharepoint"

NAMES = ("<script>alert(1)</script>", "=cmd|'/c calc'!A1", "שלום עליכם", "\u202eevil", "Å" * 300)
MIXED_UP = 14


class Clock:
    """The machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Administered:
    """odd: the ids of those with NAMES. plan: what the first run held. newcomers: who never opened SharePoint."""

    portal: Portal
    folder: Path
    state: Store
    odd: tuple[str, ...]
    plan: str
    newcomers: Iterator[str] = field(repr=False)

    def samepic(self, *arguments: str) -> Ended:
        """A command on the portal's own configuration and state."""
        return samepic(*arguments, "--config", str(self.folder / "samepic.toml"))

    def newcomer(self) -> str:
        """Somebody with a picture in the mailbox and none in SharePoint, whom no other test is about."""
        return next(self.newcomers)

    def wait_anew(self) -> None:
        """Nobody has said anything about the plan."""
        record = self.state.plans.of(ROUTE, PlanId(self.plan))
        assert record is not None
        event = PlanEvent(PlanId(self.plan), ROUTE, Clock().now(), Standing.HELD, Said(), record.held.run)
        self.state.plans.enter(event, {Standing.APPROVED, Standing.REJECTED})

    @contextlib.contextmanager
    def sweep(self) -> Iterator[RunId]:
        """A sweep that workers are at, of whom there are none; afterwards there was none, and everybody is known."""
        now = Clock().now()
        run = new_run(now)
        self.state.sweeps.begin(RunRecord(run, None, ROUTE, "sync", now, None, "running", 0, 0, 0, 0), True, "a test")
        try:
            yield run
        finally:
            with engine_of(self.folder / "samepic-state" / "state.sqlite").begin() as connection:
                for table in (tables.sweep, tables.run):
                    connection.execute(delete(table).where(table.c.run == run))


@contextlib.contextmanager
def administered(
    folder: Path, people: int = 60, names: tuple[str, ...] = NAMES, extra: str = ""
) -> Iterator[Administered]:
    """Sixty people, of whom SharePoint shows fourteen with a picture of nobody's. extra: lines of [portal]."""
    with tenant_of(people) as at, portal_of(at, folder, extra) as portal:
        users = at.tenant.store.users
        newcomers = portal.newcomers()
        odd = tuple(newcomers[2 : 2 + len(names)])
        for person, name in zip(odd, names, strict=True):
            user = users.get(person)
            assert user is not None
            users.put(person, replace(user, display_name=name))
        everybody = [str(one["id"]) for one in at.control.people()]
        mixed = [one for one in everybody if at.control.picture(one, "sharepoint-l") is not None][:MIXED_UP]
        for number, person in enumerate(mixed):
            for size in "sml":
                at.control.put_picture(person, f"sharepoint-{size}", encoded(mosaic(number)))
        ended = samepic("sync", "--config", str(folder / "samepic.toml"), "--json")
        assert ended.code == 3, (ended.out, ended.err)
        state = open_state(folder / "samepic-state" / "state.sqlite")
        yield Administered(portal, folder, state, odd, ended.json["plan"], iter(newcomers[len(names) + 3 :]))
        state.close()
