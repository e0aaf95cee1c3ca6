"""A tenant with a portal before it, and people who visit: what every test of the portal starts from."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.conftest import RunningTenant
from tests.databases import put_empty_state
from tests.visitor import Seen, Visitor

from samepic.config.load import load
from samepic.config.template import Found, render
from samepic.portal.opening import served
from samepic.portal.person import bringing, errands
from samepic.portal.roles import Role

errands.PATIENCE_S = bringing.PULL_S = 60.0
"""No test is about how busy the machine is that it runs on; those about patience choose their own."""


@dataclass(frozen=True)
class Portal:
    """`url` is what people type; `at` the tenant it works with."""

    url: str
    at: RunningTenant

    def somebody(self, role: Role = Role.PERSON, case: str = "never_visited", number: int = 0) -> str:
        """The id of a person who has a role; of one without a duty, also of a case."""
        groups = {Role.ADMINISTRATOR: self.at.said.administrators, Role.HELPDESK: self.at.said.helpdesk}
        if role in groups:
            return self._members(groups[role])[number]
        return self.newcomers(case)[number]

    def newcomers(self, case: str = "never_visited") -> list[str]:
        """Everybody of a case who has no duty."""
        duties = {one for group in (self.at.said.administrators, self.at.said.helpdesk) for one in self._members(group)}
        return [str(one["id"]) for one in self.at.control.people(case) if one["id"] not in duties]

    def _members(self, group: str) -> tuple[str, ...]:
        found = self.at.tenant.store.groups.get(group)
        assert found is not None
        return found.members

    def account(self, person: str) -> tuple[str, str]:
        """Name and password."""
        found = self.at.control.json("GET", f"/people/{quote(person)}/sign-in")
        return found["name"], found["password"]

    def visit(self, person: str | None, language: str = "en") -> Guest:
        """A fresh browser; signed in as somebody, or as nobody."""
        guest = Guest(self.url, language)
        if person is not None:
            seen = guest.sign_in(*self.account(person))
            assert (seen.status, seen.url) == (200, f"{self.url}/"), seen.text
        return guest


class Guest(Visitor):
    """A browser that knows where the portal's forms keep their word."""

    def word(self) -> str:
        """What this session's forms carry."""
        tag = self.ask("/").soup.select_one("input[name=form_word]")
        return str(tag["value"]) if tag else ""

    def post(self, address: str, **fields: str) -> Seen:
        """As one of our own pages does."""
        return self.ask(address, {"form_word": self.word()} | fields, Origin=self.url)


def configured(at: RunningTenant, folder: Path, extra: str = "", uploads: str = "app", more: str = "") -> Path:
    """samepic.toml of a portal on a free port. extra: lines of [portal]; more: what comes after all the others."""
    said = at.said
    text = (
        render(
            Found(
                tenant_id=said.tenant_id,
                client_id=said.client_id,
                cloud="custom",
                url=said.url,
                certificate=Path(said.client_certificate),
                administrators=(said.administrators,),
                helpdesk=(said.helpdesk,),
            )
        )
        .replace("[portal]\n", f'[portal]\nlisten = "127.0.0.1:0"\n{extra}\n')
        .replace('uploads = "app"', f'uploads = "{uploads}"')
    )
    file = folder / "samepic.toml"
    file.write_text(text + more)
    return file


@contextlib.contextmanager
def portal_of(
    at: RunningTenant, folder: Path, extra: str = "", uploads: str = "app", more: str = ""
) -> Iterator[Portal]:
    """The same, in a thread of its own."""
    file = configured(at, folder, extra, uploads, more)
    if not (state := folder / "samepic-state" / "state.sqlite").exists():
        put_empty_state(state)
    outcome: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        until = asyncio.Event()
        async with served(load(file)) as url:
            outcome.set_result((url, asyncio.get_running_loop(), until))
            await until.wait()

    def work() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if outcome.done():
                raise
            outcome.set_exception(error)

    thread = threading.Thread(target=work, name="portal", daemon=True)
    thread.start()
    url, loop, until = outcome.result(60)
    try:
        yield Portal(url, at)
    finally:
        loop.call_soon_threadsafe(until.set)
        thread.join(30)
