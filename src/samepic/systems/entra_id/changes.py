"""Who is new or changed since the last time: Graph's delta of users."""

from __future__ import annotations

from collections.abc import AsyncIterator

from samepic.model.sayings import saying
from samepic.model.system import Changes, Cursor
from samepic.ports.errors import Expired
from samepic.systems.entra_id import wire
from samepic.transport.api import Api

_DOING = "users/delta"


async def changes(api: Api, since: Cursor | None) -> AsyncIterator[Changes]:
    """See `samepic.ports.system.Census.changed`."""
    if since is not None and not wire.is_cursor(since):
        raise Expired(api.meter.system, _DOING, "a cursor that is none of ours")
    link: str | None = since or wire.changes_from_now()
    links: set[str | None] = {link}
    while link:
        answer = await api.send("GET", link, doing=_DOING, parse_json=True)
        if since is not None and not answer.ok and wire.is_expired(answer):
            raise Expired(api.meter.system, _DOING, answer.words)
        if not answer.ok:
            raise api.fault(answer, _DOING)
        try:
            page = answer.json()
            people, link, last = wire.changed_people(page), wire.next_link(page), wire.delta_link(page)
            cursor = wire.cursor_of(last) if last and not link else None
        except (KeyError, TypeError, AttributeError, ValueError):
            raise api.out_of_contract(_DOING, saying("other_shape")) from None
        if link in links or not (link or (cursor and wire.is_cursor(cursor))):
            raise api.out_of_contract(_DOING, saying("leads_back"))
        links.add(link)
        yield Changes(people, cursor)
