"""A portal whose administrators have something to do: a first run that is held, and people with all kinds of names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.command_line import Ended, samepic
from tests.conftest import tenant_of
from tests.pictures import encoded, mosaic
from tests.portal.running import Portal, portal_of

from samepic.state.store import Store, open_state

NAMES = ("<script>alert(1)</script>", "=cmd|'/c calc'!A1", "שלום עליכם", "\u202eevil", "Å" * 300)
MIXED_UP = 14


class Clock:
    """The machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Administered:
    """odd: the ids of those with NAMES. plan: what the first run held."""

    portal: Portal
    folder: Path
    state: Store
    odd: tuple[str, ...]
    plan: str

    def samepic(self, *arguments: str) -> Ended:
        """A command on the portal's own configuration and state."""
        return samepic(*arguments, "--config", str(self.folder / "samepic.toml"))


@contextlib.contextmanager
def administered(folder: Path) -> Iterator[Administered]:
    """Sixty people, of whom SharePoint shows fourteen with a picture of nobody's."""
    with tenant_of() as at, portal_of(at, folder) as portal:
        users = at.tenant.store.users
        ids = [portal.somebody(number=number) for number in range(8)]
        odd = tuple(ids[2 : 2 + len(NAMES)])
        for person, name in zip(odd, NAMES, strict=True):
            user = users.get(person)
            assert user is not None
            users.put(person, replace(user, display_name=name))
        everybody = [str(one["id"]) for one in at.control.people()]
        mixed = [one for one in everybody if at.control.picture(one, "sharepoint-l") is not None][:MIXED_UP]
        for number, person in enumerate(mixed):
            for size in "sml":
                at.control.put_picture(person, f"sharepoint-{size}", encoded(mosaic(number)))
        ended = samepic("sync", "--config", str(folder / "samepic.toml"), "--json")
        assert ended.code == 3, (ended.out, ended.err)
        state = open_state(folder / "samepic-state" / "state.sqlite")
        yield Administered(portal, folder, state, odd, ended.json["plan"])
        state.close()
