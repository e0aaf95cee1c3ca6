"""Everything that Samepic holds about the visitor, in one file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from litestar import get
from litestar.response import Stream

from samepic.model.past import Past
from samepic.model.picture import Answer
from samepic.model.remembered import Change, Kept
from samepic.model.text import one_line
from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.pages.language import Speaker, language_of
from samepic.portal.person.giving import pasts
from samepic.portal.roles import Role, open_to
from samepic.portal.sessions import Visitor
from samepic.portal.site import Site
from samepic.ports.vault import VaultDamaged

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif"}


class _Pipe(io.RawIOBase):
    """What a zip is written to: nothing stays here but what was written since it was last emptied."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Take some bytes."""
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def emptied(self) -> bytes:
        """What was written since."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


@get("/my/takeaway.zip", opt=open_to(Role.PERSON) | AS_IT_IS)
async def takeaway(site: TheSite, request: Asked) -> Stream:
    """A zip, a picture at a time: never more than one of them is in memory."""
    found = await pasts(site, request.user.object_id)
    return zipped(site, request.user, found, Speaker(language_of(request)))


def zipped(site: Site, whose: Visitor, found: dict[str, Past], t: Speaker) -> Stream:
    """What is held about somebody, as an answer. found: as `pasts` finds it."""
    headers = {"content-disposition": 'attachment; filename="samepic.zip"'}
    return Stream(_zip(site, whose, found, t), media_type="application/zip", headers=headers)


async def _zip(site: Site, visitor: Visitor, found: dict[str, Past], t: Speaker) -> AsyncIterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("README.txt", _readme(visitor, t, site.clock.now()))
        archive.writestr("samepic.json", json.dumps(_told(visitor, found), ensure_ascii=False, indent=1))
        yield pipe.emptied()
        done: set[str] = set()
        for route, past in found.items():
            for kept in past.kept:
                if kept.sha256 in done:
                    continue
                done.add(kept.sha256)
                data = await _bytes_of(site, route, kept)
                if data is not None:
                    archive.writestr(_name(kept), data)
                    yield pipe.emptied()
    yield pipe.emptied()


async def _bytes_of(site: Site, route: str, kept: Kept) -> bytes | None:
    giving = site.giving if site.giving is not None and site.giving.route.name == route else None
    assembly = giving or site.routes[route]
    try:
        return await assembly.engine.keeper.fetch(kept)
    except VaultDamaged:
        return None


def _name(kept: Kept) -> str:
    return f"pictures/{kept.kept_at:%Y-%m-%d}-{kept.sha256[:12]}.{_ENDINGS.get(kept.media_type, 'bin')}"


def _readme(visitor: Visitor, t: Speaker, now: datetime) -> str:
    lines = (t("takeaway.readme", name=one_line(visitor.name), moment=t.moment(now)), t("takeaway.readme_pictures"))
    return "\n\n".join([*lines, t("takeaway.readme_json"), t("takeaway.readme_forget")]) + "\n"


def _told(visitor: Visitor, found: dict[str, Past]) -> dict[str, Any]:
    """Names, ids, and what became of their pictures when."""
    return {
        "person": {"object_id": visitor.object_id, "name": visitor.name, "upn": visitor.upn, "mail": visitor.mail},
        "routes": {
            route: {
                "pictures": [_kept(one, one.sha256 in past.present) for one in past.kept],
                "changes": [_change(one) for one in past.changes],
            }
            for route, past in found.items()
        },
    }


def _kept(one: Kept, present: bool) -> dict[str, Any]:
    return {
        "sha256": one.sha256,
        "file": _name(one) if present else None,
        "came_from": one.system,
        "kept_at": one.kept_at.isoformat(),
        "last_seen_at": one.seen_at.isoformat() if one.seen_at else None,
        "width_px": one.width_px,
        "height_px": one.height_px,
        "bytes": one.size_bytes,
    }


def _change(one: Change) -> dict[str, Any]:
    def named(state: object) -> str | None:
        return state.value if isinstance(state, Answer) else str(state)

    return {
        "at": one.at.isoformat(),
        "run": one.run,
        "did": one.action.value,
        "reason": one.reason.value,
        "before": named(one.before),
        "after": named(one.after),
    }
