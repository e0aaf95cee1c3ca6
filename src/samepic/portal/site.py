"""What every route has at hand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from samepic.config.settings import RouteSettings
from samepic.model.budget import Budget, BudgetName
from samepic.model.person import PersonId
from samepic.model.system import Probe
from samepic.model.timing import Starts
from samepic.portal.drawn import Drawn
from samepic.portal.often import Turnstile
from samepic.portal.person.errands import Errands
from samepic.portal.sessions import Session, Sessions
from samepic.portal.sign_in.pending import Pending
from samepic.portal.sign_in.provider import Provider
from samepic.portal.sign_in.roles_of import Groups
from samepic.ports.clock import Clock
from samepic.ports.errors import PersonGone
from samepic.ports.system import Census
from samepic.state.store import Store
from samepic.wiring import Assembly

OwnPull = Callable[[Session, str], Awaitable[None]]
"""Has SharePoint fetch somebody's picture by itself: in whose session, and their mail or UPN."""

_log = logging.getLogger("samepic.portal")


@dataclass(frozen=True, slots=True)
class Site:
    """One portal.

    url: its origin, as people type it. routes: by name. state: for what is of no single route; each of its calls waits
    for a database, so that it is called in a thread. person_claim: of the ID token, the census's key.
    giving: what puts pictures that people give into the source, None where they may not. opens: where each system is
    opened. pull: SharePoint's own way. errands: what is under way.
    configured: the routes as the file has them. budgets: what no call may go beyond. probes:
    what trying a system showed last, by name. drawn: pictures that were drawn lately. leaving:
    set when the portal ends: whatever answers for long has to end then.
    """

    url: str
    routes: Mapping[str, Assembly]
    starts: Mapping[str, Starts]
    provider: Provider
    groups: Groups
    sessions: Sessions
    pending: Pending
    clock: Clock
    state: Store
    turnstile: Turnstile
    proxies: frozenset[str] = frozenset()
    person_claim: str = "oid"
    giving: Assembly | None = None
    opens: Mapping[str, str] = field(default_factory=dict)
    pull: OwnPull | None = None
    errands: Errands = field(default_factory=Errands)
    configured: tuple[RouteSettings, ...] = ()
    budgets: Mapping[BudgetName, Budget] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=dict)
    drawn: Drawn = field(default_factory=Drawn)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def secure(self) -> bool:
        """Whether people come over TLS."""
        return self.url.startswith("https://")

    @property
    def census(self) -> Census:
        """Who exists: the same for every route."""
        return next(iter(self.routes.values())).route.census

    async def is_member(self, object_id: str, group: str) -> bool:
        """Whether a person is in a group, as the census tells; nobody is in one that there is not."""
        try:
            return await self.census.is_member(PersonId(object_id), group)
        except PersonGone as gone:
            _log.error("a group of [portal] is not known", extra={"facts": {"group": group, "saw": gone.saw}})
            return False
