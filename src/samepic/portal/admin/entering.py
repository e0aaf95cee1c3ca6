"""What somebody with a role does is entered in the audit log first: what cannot be entered is not done."""

from __future__ import annotations

import asyncio
import logging

from samepic.model.audit import Deed, Done
from samepic.portal.asked import Asked
from samepic.portal.sessions import Visitor
from samepic.portal.site import Site
from samepic.portal.whence import address_of

_log = logging.getLogger("samepic.portal")


async def enter(
    site: Site, request: Asked, what: Deed, about: str = "", words: str = "", who: Visitor | None = None
) -> None:
    """Enter a deed of the visitor's, or of who is about to become one; a program is entered by its token's name.

    Raises StateUnusable.
    """
    visitor = who or request.user
    done = Done(
        visitor.object_id,
        visitor.upn or visitor.name,
        visitor.role.name.lower(),
        what,
        about,
        words,
        address_of(request, site.proxies),
    )
    entry = await asyncio.to_thread(site.state.audit.enter, done, site.clock.now())
    _log.info(
        "entered in the audit log", extra={"facts": {"number": entry.number, "hash": entry.hash, "deed": what.value}}
    )
