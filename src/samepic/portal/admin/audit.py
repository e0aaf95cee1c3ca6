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
from samepic.report.sheet import lines

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
    """All of it as CSV, oldest first; nothing in it is a formula."""
    head = await asyncio.to_thread(site.state.audit.head)
    await enter(site, request, Deed.AUDIT_EXPORTED, str(head.number))

    async def portions() -> AsyncIterator[str]:
        after, first = 0, True
        while found := await asyncio.to_thread(site.state.audit.page, after, _PORTION):
            written = list(lines(found))
            yield "".join(written if first else written[1:])
            after, first = found[-1].number, False

    headers = {"content-disposition": 'attachment; filename="samepic-audit.csv"'}
    return Stream(portions(), media_type="text/csv; charset=utf-8", headers=headers)
