"""The local tenant as a bench for each Microsoft 365 connector: built here once, used by their test files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.conftest import RunningTenant, tenant_of

from localtenant.directory.people import change_person, remove_person
from localtenant.store.records import User
from samepic.model.person import Keys, PersonId
from samepic.ports.system import PictureSource
from samepic.systems.entra_id import EntraId
from samepic.systems.exchange_online import ExchangeOnline
from samepic.systems.sharepoint_online import SharePointOnline
from samepic.testkit.bench import Trouble
from samepic.testkit.pictures import jpeg
from samepic.transport.client import HttpClient, HttpOptions, Patience
from samepic.transport.clouds import custom
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientCertificate, ClientSecret

PEOPLE = 120
STRANGER = "00000000-0000-4000-8000-00000000beef"
NEWCOMER = "ffffffff-0000-4000-8000-00000000c0de"


class Tenants:
    """Tenants by their behaviours, each started once and reset for every test."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._running: dict[tuple[tuple[str, str], ...], RunningTenant] = {}

    def fresh(self, **behaviours: str) -> RunningTenant:
        key = tuple(sorted(behaviours.items()))
        if key not in self._running:
            self._running[key] = self._stack.enter_context(tenant_of(people=PEOPLE, behaviours=behaviours))
        self._running[key].control.reset()
        return self._running[key]

    def close(self) -> None:
        self._stack.close()


def tenants() -> Iterator[Tenants]:
    running = Tenants()
    yield running
    running.close()


async def _at_once(_: float) -> None:
    """Waiting takes no time in these tests."""


def connect(tenant: RunningTenant, *, by_secret: bool = False) -> TenantConnection:
    """As the configuration of a real tenant would, but for its address."""
    said = tenant.said
    credential = (
        ClientSecret(said.client_secret) if by_secret else ClientCertificate.load(Path(said.client_certificate))
    )
    http = HttpClient(HttpOptions(patience=Patience(attempts=2)), sleep=_at_once)
    app = App(said.tenant_id, said.client_id, credential)
    return TenantConnection(custom(said.url), app, http=http)


class Kept:
    """A refresh token in a variable."""

    def __init__(self) -> None:
        self.token: str | None = None

    def load(self) -> str | None:
        return self.token

    def save(self, token: str) -> None:
        self.token = token


async def connect_signed_in(tenant: RunningTenant) -> TenantConnection:
    """As the app, and as an administrator who has typed the device's code."""
    inside, plain, kept = tenant.tenant, connect(tenant), Kept()
    connection = TenantConnection(plain.cloud, plain.app, http=plain.http, refresh_tokens=kept)
    signing_in = connection.sign_in(tenant.url)
    code = await signing_in.begin()
    device = inside.authority.grants.device_by_user_code(code.user_code, inside.clock.now())
    administrator = next(user for user in inside.store.users if "Global Administrator" in user.roles)
    assert device is not None
    inside.authority.grants.decide_device(device, "allowed", administrator.id)
    await signing_in.finish(code, kept)
    return connection


class TenantBench:
    """What the three have in common: people by name, troubles by the switchboard."""

    api: str
    stores: tuple[str, ...]
    last_step: str

    def __init__(self, tenant: RunningTenant, system: PictureSource, pictured: list[str], bare: str) -> None:
        self.tenant = tenant
        self.control = tenant.control
        self.upns = {self.id_of(upn): upn for upn in [*pictured, bare]}
        self.pictured = tuple(self.id_of(upn) for upn in pictured)
        self.bare = self.id_of(bare)
        self.stranger = PersonId(STRANGER)
        self._system = system
        for store in self.stores:
            for number, upn in enumerate(pictured, 1):
                self.control.put_picture(upn, store, jpeg(number))
            self._clear(bare, store)

    @property
    def system(self) -> PictureSource:
        return self._system

    def id_of(self, upn: str) -> PersonId:
        user = self.tenant.tenant.store.user(upn)
        assert user is not None
        return PersonId(user.id)

    def keys(self, person: PersonId) -> Keys:
        user = self.tenant.tenant.store.user(self.upns[person])
        assert user is not None
        return Keys(user.id, user.upn, user.mail, user.upn.replace("@", "_").replace(".", "_"))

    async def put(self, person: PersonId, data: bytes) -> None:
        for store in self.stores:
            await asyncio.to_thread(self.control.put_picture, self.upns[person], store, data)

    async def take(self, person: PersonId) -> None:
        for store in self.stores:
            self._clear(self.upns[person], store)

    async def held(self, person: PersonId) -> bytes:
        data = self.control.picture(self.upns[person], self.stores[-1])
        assert data is not None
        return data

    async def settle(self) -> None:
        """Everything shows at once in a tenant."""

    async def cut_listing(self) -> None:
        operation = "items" if self.api == "sharepoint" else "users"
        self.control.post_fault(kind="cut_listing", api=self.api, operation=operation, share=0.5)

    async def trouble(self, operation: str, trouble: Trouble) -> None:
        status = {Trouble.BUSY: 503, Trouble.DENIED: 403, Trouble.GARBLED: 409, Trouble.MIDWAY: 500}[trouble]
        only = self.midway() if trouble is Trouble.MIDWAY else {"times": None}
        self.control.post_fault(kind="status", api=self.api, status=status, **only)

    def midway(self) -> dict[str, object]:
        return {}

    async def heal(self) -> None:
        self.control.clear_faults()

    @asynccontextmanager
    async def changed_while_read(self, person: PersonId, data: bytes) -> AsyncIterator[None]:
        fault = self.control.post_fault(kind="hold_before", api=self.api, operation=self.last_step)

        async def change() -> None:
            while not any(f["id"] == fault["id"] and f["holding"] for f in await self._faults()):
                await asyncio.sleep(0.01)
            await self.put(person, data)
            await asyncio.to_thread(self.control.release, fault["id"])

        changing = asyncio.create_task(change())
        yield
        await asyncio.wait_for(changing, 10)

    async def _faults(self) -> list[dict[str, object]]:
        return await asyncio.to_thread(self.control.faults)

    def _clear(self, upn: str, store: str) -> None:
        if self.control.picture(upn, store) is not None:
            self.control.delete_picture(upn, store)

    def of_case(self, case: str) -> list[str]:
        return [str(person["upn"]) for person in self.control.people(case)]


def of_case(tenant: RunningTenant, case: str) -> list[str]:
    return [str(person["upn"]) for person in tenant.control.people(case)]


class ExchangeBench(TenantBench):
    """Mailboxes of plain people. The bare one had a picture once, so that the directory's is hidden."""

    api, stores, last_step = "graph", ("exchange",), "photo/$value"
    system: ExchangeOnline

    def __init__(self, tenant: RunningTenant) -> None:
        plain = of_case(tenant, "plain")
        super().__init__(tenant, ExchangeOnline(connect(tenant)), plain[:3], plain[3])
        if self.control.picture(plain[3], "directory") is not None:
            self.control.delete_picture(plain[3], "directory")

    def midway(self) -> dict[str, object]:
        return {"operation": "photo/$value", "method": "PUT"}


class EntraBench(TenantBench):
    """People without a mailbox, whose pictures only the directory holds."""

    api, stores, last_step = "graph", ("directory",), "photo/$value"
    system: EntraId

    def __init__(self, tenant: RunningTenant) -> None:
        without = of_case(tenant, "no_mailbox")
        super().__init__(tenant, EntraId(connect(tenant)), without[:3], of_case(tenant, "guest")[0])
        self.everybody = frozenset(PersonId(user.id) for user in tenant.tenant.store.users)
        self.group = "All staff"
        members = (u for u in tenant.tenant.store.users if u.user_type == "Member")
        self.group_members = frozenset(PersonId(user.id) for user in members)

    async def come(self) -> PersonId:
        like, upn = self._user(self.pictured[0]), f"newcomer@{self.tenant.said.domain}"
        change_person(self.tenant.tenant, replace(like, id=NEWCOMER, upn=upn, mail=upn))
        return PersonId(NEWCOMER)

    async def rename(self, person: PersonId) -> None:
        change_person(self.tenant.tenant, replace(self._user(person), display_name="Somebody Else"))

    async def leave(self, person: PersonId) -> None:
        remove_person(self.tenant.tenant, person)

    def _user(self, person: PersonId) -> User:
        user = self.tenant.tenant.store.users.get(person)
        assert user is not None
        return user


class SharePointBench(TenantBench):
    """Plain people who have visited SharePoint, and one who never did."""

    api, stores, last_step = "sharepoint", ("sharepoint-s", "sharepoint-m", "sharepoint-l"), "$value"
    system: SharePointOnline

    def __init__(self, tenant: RunningTenant, connection: TenantConnection | None = None) -> None:
        system = SharePointOnline(connection or connect(tenant))
        never = of_case(tenant, "never_visited")[0]
        super().__init__(tenant, system, of_case(tenant, "plain")[:3], never)
        self.stranger = PersonId(f"nobody@{tenant.said.domain}")

    def id_of(self, upn: str) -> PersonId:
        return PersonId(upn)

    def midway(self) -> dict[str, object]:
        return {"operation": "Files/add", "nth": 3}
