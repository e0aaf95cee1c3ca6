"""What somebody with a role does is entered in the audit log first: what cannot be entered is not done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from samepic.model.audit import Deed, Done
from samepic.portal.asked import Asked
from samepic.portal.sessions import Visitor
from samepic.portal.site import Site
from samepic.portal.whence import address_of
from samepic.portal.whom import person_of

FEW = 5
"""People in a list whose ids are entered: with so few, somebody was looked for."""

_log = logging.getLogger("samepic.portal")


async def enter_person(site: Site, request: Asked, key: str) -> None:
    """A look at one person's page, and with it at what that page shows."""
    await enter(site, request, Deed.LOOKED, key)
    request.auth.note([_look(key), _face(key)])


async def enter_list(site: Site, request: Asked, words: str, keys: Sequence[str]) -> None:
    """A look at a list of people with their faces.

    How many, never the words: what somebody types into a search is mostly a name. Of a few the ids: that was a look at
    these people, by another way than their pages. See docs/why/2026-11-22-who-looked.md.
    """
    about = " ".join(keys) if len(keys) <= FEW else ""
    await enter(site, request, Deed.SEARCHED, about, words)
    if request.auth is not None:  # a program has no session, and no pages
        request.auth.note(_face(key) for key in keys)


async def enter_look(site: Site, request: Asked, key: str, *, face_only: bool = False) -> None:
    """What a page shows of somebody, asked for by its own address: entered unless that page, or a list, was.

    Raises UnknownPerson, and what the census raises.
    """
    named = _face if face_only else _look
    if request.auth.noted(named(key)):
        return
    whom = await person_of(site, key)
    if not request.auth.noted(named(whom)):
        await enter_person(site, request, whom)


def _look(key: str) -> str:
    return f"look {key.casefold()}"


def _face(key: str) -> str:
    return f"face {key.casefold()}"


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
