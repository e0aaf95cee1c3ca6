"""An administrator signs somebody out everywhere; a role holds for as long as the directory says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text
from tests.databases import engine_of
from tests.portal.program import Program, tokens_in
from tests.portal.running import Guest, Portal
from tests.portal.test_sessions_end import Clock

from samepic.model.audit import Deed
from samepic.model.person import Keys, Person
from samepic.model.system import Listed
from samepic.portal.person.errands import Errands
from samepic.portal.roles import Role
from samepic.portal.sessions import Session, Visitor
from samepic.portal.sign_in import roles_anew
from samepic.portal.sign_in.roles_anew import role_holds
from samepic.portal.sign_in.roles_of import Groups
from samepic.portal.site import Site
from samepic.ports.errors import Busy
from samepic.state.store import Store, open_state

GROUP, DESK_GROUP = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def state(portal: Portal, folder: Path) -> Iterator[Store]:
    opened = open_state(folder / "samepic-state" / "state.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def admin(portal: Portal) -> Guest:
    return portal.visit(portal.somebody(Role.ADMINISTRATOR))


def is_signed_in(guest: Guest) -> bool:
    seen = guest.ask("/my/upload")
    assert seen.status == 200 or (seen.location or "").startswith("/sign-in"), seen.text
    return seen.status == 200


def test_all_sessions_of_a_person_are_ended_and_nobody_elses(portal: Portal, state: Store, admin: Guest) -> None:
    person, desk = portal.somebody(number=0), portal.visit(portal.somebody(Role.HELPDESK))
    theirs, other = [portal.visit(person), portal.visit(person)], portal.visit(portal.somebody(number=1))
    page, address = f"/admin/people/{person}", f"/admin/people/{person}/sessions"
    forms = [len(guest.ask(page).soup.select(f'details form[action="{address}"]')) for guest in (admin, desk)]
    assert forms == [1, 0]
    before = state.audit.head().number
    refused = desk.post(address), admin.ask(address, {}, Origin=portal.url), admin.ask(address)
    assert [seen.status for seen in refused] == [403, 403, 405], "only with the form's word, and never by a link"
    assert all(map(is_signed_in, theirs)) and state.audit.head().number == before

    seen = admin.post(address)
    assert seen.status == 200 and "2 sessions were ended" in seen.text
    assert [is_signed_in(guest) for guest in (*theirs, other, admin, desk)] == [False, False, True, True, True]
    done = state.audit.latest(1)[0].done
    assert (done.what, done.about, done.words, done.role) == (Deed.SESSIONS_ENDED, person, "", "administrator")
    assert "This person was signed in nowhere" in admin.post(address).text
    assert "you were signed out of Samepic everywhere (an administrator)" in portal.visit(person).ask("/my/looks").text


def test_it_is_entered_first_or_not_done(portal: Portal, state: Store, folder: Path, admin: Guest) -> None:
    person, head = portal.somebody(number=2), state.audit.head()
    guest = portal.visit(person)
    with engine_of(folder / "samepic-state" / "state.sqlite").begin() as connection:
        connection.execute(text("DELETE FROM audit_head"))
    try:
        assert admin.post(f"/admin/people/{person}/sessions").status == 503 and is_signed_in(guest)
    finally:
        with engine_of(folder / "samepic-state" / "state.sqlite").begin() as connection:
            row = {"number": head.number, "hash": head.hash}
            connection.execute(text("INSERT INTO audit_head (number, hash) VALUES (:number, :hash)"), row)


def test_a_program_of_an_administrator_does_it_by_an_address_or_though_the_directory_is_away(
    portal: Portal, state: Store
) -> None:
    tokens, person = tokens_in(state), portal.somebody(number=3)
    desk, admin = Program(portal, tokens[Role.HELPDESK]), Program(portal, tokens[Role.ADMINISTRATOR])
    user = portal.at.tenant.store.users.get(person)
    assert user is not None
    guest = portal.visit(person)
    assert desk.post(f"/api/v1/people/{person}/end-sessions").status == 403 and is_signed_in(guest)
    assert admin.post(f"/api/v1/people/{user.upn}/end-sessions").json == {"person": person, "ended": 1}
    assert not is_signed_in(guest)

    guest = portal.visit(person)
    portal.at.control.post_fault(kind="status", api="graph", status=503, times=None)
    try:
        assert admin.post(f"/api/v1/people/{person.upper()}/end-sessions").json["ended"] == 1
    finally:
        portal.at.control.clear_faults()
    assert not is_signed_in(guest)
    assert admin.post("/api/v1/people/nobody/end-sessions").status == 404


@contextmanager
def outside(portal: Portal, person: str, group: str) -> Iterator[None]:
    """Somebody is taken out of a group, and put back in afterwards."""
    groups = portal.at.tenant.store.groups
    found = groups.get(group)
    assert found is not None
    groups.put(group, replace(found, members=tuple(one for one in found.members if one != person)))
    try:
        yield
    finally:
        groups.put(group, found)


def test_whoever_is_taken_out_of_the_group_has_the_role_no_more(
    portal: Portal, admin: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = portal.somebody(Role.ADMINISTRATOR)
    with outside(portal, person, portal.at.said.administrators):
        assert admin.ask("/admin").status == 200, "not asked yet"
        monkeypatch.setattr(roles_anew, "_lately", lambda ask_at, now: False)
        seen = admin.ask("/admin")
        assert (seen.status, seen.location) == (302, "/sign-in?to=%2Fadmin")
        assert admin.follow(seen).status == 403, "signed in anew, without a password"
        assert admin.ask("/my/upload").status == 200, "and at their own pages"
    assert admin.ask("/admin").status == 403, "a new role comes with a new sign-in"
    seen = portal.visit(person).ask("/admin")
    assert seen.status == 200, "who is in it stays, however often that is asked"


class Directory:
    """A census of one person. told: which groups they are in, or what goes wrong."""

    def __init__(self) -> None:
        self.told: set[str] | Exception = set()
        self.person: Person | None = Person(Keys("anna", "anna@x", None))
        self.asked = 0
        self.profile = SimpleNamespace(name="directory")

    async def find(self, key: str) -> Listed | None:
        self.asked += 1
        if isinstance(self.told, Exception):
            raise self.told
        return None if self.person is None else Listed(self.person.keys, census=self.person)

    async def is_member(self, person: str, group: str) -> bool:
        assert not isinstance(self.told, Exception)
        return group in self.told


class AtWork:
    """Somebody with a role, whose session is looked at again and again."""

    def __init__(self, role: Role, groups: Groups) -> None:
        self.clock, self.directory = Clock(), Directory()
        self.session = Session(Visitor("anna", "Anna", "anna@x", role), self.clock.now(), self.clock.now(), "token")
        told: dict[str, Any] = {"clock": self.clock, "census": self.directory, "is_member": self.directory.is_member}
        self.site = cast(Site, SimpleNamespace(errands=Errands(), groups=groups, **told))

    async def after(self, minutes: float) -> bool:
        self.clock.pass_by(minutes=minutes)
        return await role_holds(self.site, self.session)


async def test_it_is_asked_every_quarter_of_an_hour() -> None:
    by_groups = Groups((GROUP,), (DESK_GROUP,))
    at = AtWork(Role.ADMINISTRATOR, by_groups)
    at.directory.told = {GROUP}
    assert [await at.after(one) for one in (0, 14, 2, 14, 2)] == [True] * 5 and at.directory.asked == 2
    at.directory.told = {DESK_GROUP}
    assert await at.after(14) and not await at.after(2), "the helpdesk is no administrator"
    desk = AtWork(Role.HELPDESK, by_groups)
    desk.directory.told = {GROUP}
    assert await desk.after(16), "an administrator is more than the helpdesk"
    desk.clock.pass_by(minutes=-60)
    desk.directory.told = set()
    assert not await desk.after(0), "a clock that was set back makes nothing last longer"
    person = AtWork(Role.PERSON, by_groups)
    assert [await person.after(one) for one in (14, 2, 14)] == [True] * 3 and person.directory.asked == 1


@pytest.mark.parametrize("role", [Role.PERSON, Role.ADMINISTRATOR])
async def test_a_blocked_or_deleted_account_has_no_role(role: Role) -> None:
    at = AtWork(role, Groups((GROUP,)))
    at.directory.told = {GROUP}
    at.directory.person = Person(Keys("anna", "anna@x", None), enabled=False)
    assert not await at.after(16)
    gone = AtWork(role, Groups((GROUP,)))
    gone.directory.told, gone.directory.person = {GROUP}, None
    assert not await gone.after(16)


async def test_a_directory_that_is_silent_takes_nobodys_own_pages_away() -> None:
    person = AtWork(Role.PERSON, Groups((GROUP,)))
    person.directory.told = Busy("directory", "find", "503")
    assert [await person.after(one) for one in (16, 0.5, 90)] == [True] * 3
    assert person.directory.asked == 2
    person.directory.told, person.directory.person = set(), None
    assert not await person.after(1)


async def test_a_directory_that_is_silent_or_cannot_tell_ends_a_role_after_an_hour() -> None:
    silent = AtWork(Role.ADMINISTRATOR, Groups((GROUP,)))
    silent.directory.told = Busy("directory", "find", "503")
    assert [await silent.after(one) for one in (16, 0.5, 1, 40, 1, 3)] == [True] * 5 + [False]
    assert silent.directory.asked == 5, "once in a minute at the most"
    app_role = AtWork(Role.ADMINISTRATOR, Groups((GROUP, "Samepic.Administrator")))
    assert [await app_role.after(one) for one in (16, 40, 5)] == [True, True, False]
    back = AtWork(Role.ADMINISTRATOR, Groups((GROUP,)))
    back.directory.told = Busy("directory", "find", "503")
    assert await back.after(50)
    back.directory.told = {GROUP}
    assert await back.after(5)
    back.directory.told = Busy("directory", "find", "503")
    assert await back.after(55), "an hour from when it was last told"
