"""What was begun for people when an earlier portal ended is finished at the start of the next, without their word.

A gift has two parts: the picture is put into the source, and is brought from there along each route. Which of them was
cut short the state tells: an intent that is open, or a route that has learnt nothing since.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from samepic.engine.many import each, one_by_one
from samepic.engine.person import UnknownPerson
from samepic.model.timing import Starts
from samepic.portal.person.bringing import by_samepic
from samepic.portal.site import Site
from samepic.ports.errors import SystemFault
from samepic.ports.state import StateUnusable
from samepic.ports.vault import VaultUnusable
from samepic.wiring import Assembly

LOOKS_BACK = timedelta(days=7)
"""Who gave a picture longer ago has said another word since, or was passed by a run; else their next word does it."""

WAITS_S = (60.0, 300.0, 1_800.0, 3_600.0)
"""Before it is tried again, where a system does not answer; after that the next start, or the person, is left to it."""

_AT_ONCE = 4
"""Beside whoever visits meanwhile."""

_log = logging.getLogger("samepic.portal")


async def finish_gifts(site: Site) -> None:
    """Until nothing is left, or it was tried often enough. A fault is told in the log, and ends no portal."""
    if site.giving is None:
        return
    for wait_s in (*WAITS_S, None):
        try:
            left = await _finished(site, site.giving)
        except (SystemFault, StateUnusable, VaultUnusable, OSError) as fault:
            _log.warning("gifts were not finished", extra={"facts": {"saw": str(fault)}})
            left = True
        if not left or wait_s is None:
            return
        await asyncio.sleep(wait_s)


async def _finished(site: Site, giving: Assembly) -> bool:
    """Both parts, of everybody; whether anything is left."""
    settled = await giving.engine.settle()
    until, left, carried = site.clock.now(), settled.left > 0, 0
    for route in site.routes:
        if site.starts[route] is Starts.ON_SCHEDULE:
            continue  # comes by the clock, as after any gift
        since = until - LOOKS_BACK
        people = await asyncio.to_thread(site.state.lately.not_carried_on, giving.route.name, route, since, until)

        async def carry(person: str, route: str = route) -> None:
            nonlocal left, carried
            try:
                outcome, _ = await by_samepic(site, person, route)
            except UnknownPerson:
                return  # has left since
            except (SystemFault, OSError):
                left = True
                return
            left |= bool(outcome.failed or outcome.stopped)
            carried += outcome.written + outcome.cleared

        await each(one_by_one(people), _AT_ONCE, carry)
    if settled.finished or carried:
        facts = {"finished": settled.finished, "carried": carried}
        _log.info("gifts that were cut short are finished", extra={"facts": facts})
    return left
