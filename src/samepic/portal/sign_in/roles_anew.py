"""A role holds for as long as the directory says so, which is asked while somebody is at work: with nobody's token.

Whoever sees nothing but their own pages is asked about too: that ends when their account is blocked. Whom the directory
no longer knows as having the role signs in anew, which the provider mostly answers by itself, and is from then on what
that sign-in says.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from samepic.model.person import is_object_id
from samepic.portal.person.errands import TooMany
from samepic.portal.roles import Role
from samepic.portal.sessions import ROLE_IS_ASKED_EVERY, Session, Visitor
from samepic.portal.site import Site
from samepic.ports.errors import SystemFault

AGAIN_AFTER = timedelta(minutes=1)
HOLDS = timedelta(hours=1)
"""Where the directory did not answer, or could not tell: what was said last holds so long, and is asked meanwhile. Who
sees nobody but themselves keeps that."""

_log = logging.getLogger("samepic.portal")


async def role_holds(site: Site, session: Session) -> bool:
    """Whether the session's role may still be relied on; asks where that was not asked lately."""
    visitor, now = session.visitor, site.clock.now()
    if _lately(session.role_ask_at, now):
        return True
    try:
        told = await site.errands.look(f"role of {visitor.object_id}", lambda: _told(site, visitor))
    except (SystemFault, TooMany):
        told = None
    if told:
        session.role_told_at, session.role_ask_at = now, now + ROLE_IS_ASKED_EVERY
        return True
    session.role_ask_at = now + AGAIN_AFTER
    if told is None and (visitor.role <= Role.PERSON or session.role_told_at <= now <= session.role_told_at + HOLDS):
        return True
    _log.info("a role holds no more", extra={"facts": {"person": visitor.object_id, "role": visitor.role.name.lower()}})
    return False


def _lately(ask_at: datetime, now: datetime) -> bool:
    """Also where the clock was set back: then nobody knows how long ago it was."""
    return ask_at - ROLE_IS_ASKED_EVERY <= now < ask_at


async def _told(site: Site, visitor: Visitor) -> bool | None:
    """What the directory says; None where roles go by what it does not know, as the names of app roles."""
    listed = await site.census.find(visitor.object_id)
    if listed is None or (listed.census is not None and not listed.census.enabled):
        return False
    if visitor.role <= Role.PERSON:
        return True
    named = [*site.groups.administrators, *(site.groups.helpdesk if visitor.role is Role.HELPDESK else ())]
    groups = [one for one in named if is_object_id(one)]
    for group in groups:
        if await site.is_member(visitor.object_id, group):
            return True
    return False if len(groups) == len(named) else None
