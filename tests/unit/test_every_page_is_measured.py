"""`make bench-portal` measures every page: one that is new fails here until it is said how."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from litestar import get

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from portal_pages import Kind, forgotten, looked_at

from samepic.portal import app
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.roles import Role, open_to


def test_every_page_is_measured_for_every_role_and_none_that_is_gone() -> None:
    found = list(looked_at())
    assert forgotten() == set()
    judged = {one.path: one.seen_by for one in found if one.kind is Kind.PAGE}
    assert judged["/"] == (Role.PERSON,) and judged["/admin"] == (Role.HELPDESK, Role.ADMINISTRATOR)
    assert judged["/admin/audit"] == (Role.ADMINISTRATOR,)
    assert len(judged) >= 18


def test_a_new_page_cannot_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    @get("/brand-new", opt=open_to(Role.PERSON))
    async def brand_new() -> str:
        return ""

    monkeypatch.setattr(app, "ROUTES", (*app.ROUTES, brand_new))
    with pytest.raises(LookupError, match=r"/brand-new is a new page"):
        list(looked_at())


def test_what_is_small_already_is_not_compressed_again() -> None:
    small = {one.path for one in looked_at() if one.kind is Kind.PICTURE or one.path.endswith((".png", ".zip"))}
    concerned = [handler for handler in app.ROUTES if handler.paths & small]
    compressed = [handler for handler in concerned if not AS_IT_IS.items() <= handler.opt.items()]
    assert len(small) >= 10 and compressed == []
