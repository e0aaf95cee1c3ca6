"""The audit log, for administrators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Response, Stream

from samepic.model.audit import Deed
from samepic.portal.admin.entering import enter
from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.render import page
from samepic.portal.roles import Role, open_to
from samepic.report.sheet import whole_lines

A_PAGE = 50
_PORTION = 500


@get("/admin/audit", opt=open_to(Role.ADMINISTRATOR))
async def audit(
    site: TheSite, request: Asked, before: Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)] = None
) -> Response[str]:
    """Newest first, a page at a time."""
    found = await asyncio.to_thread(site.state.audit.latest, A_PAGE + 1, before)
    more = found[A_PAGE - 1].number if len(found) > A_PAGE else None
    head = await asyncio.to_thread(site.state.audit.head)
    return page(request, "admin/audit.html", entries=found[:A_PAGE], more=more, head=head, deeds=set(Deed))


@get("/admin/audit.csv", opt=open_to(Role.ADMINISTRATOR))
async def export(site: TheSite, request: Asked) -> Stream:
    """All of it as CSV, oldest first; nothing in it is a formula.

    A portion is read when whoever takes it has taken the one before: a slow line costs no memory. It ends with the
    entry of its own taking, whatever others do meanwhile.
    """
    head = await asyncio.to_thread(site.state.audit.head)
    await enter(site, request, Deed.AUDIT_EXPORTED, str(head.number))
    until = (await asyncio.to_thread(site.state.audit.head)).number

    def portion(after: int) -> tuple[int, bytes]:
        """In a thread: the text too, of which the loop would make nothing else meanwhile."""
        found = site.state.audit.page(after, min(_PORTION, until - after))
        return (found[-1].number, whole_lines(found, first=not after).encode()) if found else (until, b"")

    async def portions() -> AsyncIterator[bytes]:
        after = 0
        while after < until:
            after, text = await asyncio.to_thread(portion, after)
            yield text

    headers = {"content-disposition": 'attachment; filename="samepic-audit.csv"'}
    return Stream(portions(), media_type="text/csv; charset=utf-8", headers=headers)
