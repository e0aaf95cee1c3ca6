"""The only module that names concrete classes: settings become systems, a state and an engine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL

from samepic.config.database_url import password_of
from samepic.config.load import Configuration
from samepic.config.settings import RouteSettings
from samepic.engine import Engine, Route
from samepic.model.budget import Budget, BudgetName
from samepic.model.lease import Lease
from samepic.model.policy import Policy
from samepic.ports.system import PictureSource, PictureTarget
from samepic.state.postgresql import named, url_of
from samepic.state.store import open_state
from samepic.state.token_file import TokenFile
from samepic.state.vault import FileVault
from samepic.systems.entra_id import EntraId
from samepic.systems.exchange_online import ExchangeOnline, ExchangeOnlineSettings
from samepic.systems.sharepoint_online import SharePointOnline, SharePointOnlineSettings, pull
from samepic.transport import clouds
from samepic.transport.client import HttpOptions
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientCertificate, ClientSecret, Credential
from samepic.transport.device_code import DeviceCodeSignIn
from samepic.transport.discovery import sharepoint_name_of
from samepic.transport.published import published
from samepic.transport.tokens import PersonTokens, RefreshTokens
from samepic.transport.unspoken import unspoken


class WallClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)

    def steady_s(self) -> float:
        """Seconds since some beginning; nobody sets them."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Assembly:
    """One route, ready to run. `systems` by name: the census, the source, the target, each once."""

    route: Route
    engine: Engine
    systems: Mapping[str, PictureSource]


@dataclass(frozen=True, slots=True)
class Bound:
    """What binds a worker's systems and state to its lease. permit: asked before each request; raises LeaseLost."""

    lease: Lease
    permit: Callable[[], None]


@asynccontextmanager
async def assembled(
    configuration: Configuration,
    route: RouteSettings,
    answered: Callable[[str, int], None] | None = None,
    bound: Bound | None = None,
) -> AsyncIterator[Assembly]:
    """Build a route's systems and engine; give everything back at the end.

    answered: see HttpOptions. Raises UnusableCertificate, StateNewer, and what finding out SharePoint's name raises. No
    other request is sent.
    """
    async with AsyncExitStack() as stack:
        at_once = HttpOptions().sweeps_at_once if bound is None else configuration.settings.workers.requests_at_once
        connection = _connection(configuration, refresh_tokens(configuration), answered, at_once)
        stack.push_async_callback(connection.http.aclose)
        if bound is not None:
            connection.http.permit = bound.permit
        census = EntraId(connection)
        systems: dict[str, PictureSource] = {census.profile.name: census}
        for name in (route.source, route.target):
            if name not in systems:
                systems[name] = await _system(name, connection, configuration, route)
        for system in systems.values():
            stack.push_async_callback(system.aclose)
        target = systems[route.target]
        if not isinstance(target, PictureTarget):
            raise TypeError(f"{route.target} cannot be written")  # the configuration refuses such routes
        beside = (giving_name(route.source),)
        made = Route(route.name, census, systems[route.source], target, _policy(configuration, route), beside)
        configuration.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        at = state_at(configuration)
        state = open_state(at if bound is None else named(at, bound.lease.holder))
        stack.callback(state.close)
        state.hold_to(route.name, _joins(configuration, route))
        connection.budgets.share(state.budgets)
        stack.push_async_callback(connection.budgets.aclose)
        vault = FileVault(configuration.state_folder / "vault")
        held = state if bound is None else state.held_by(bound.lease)
        yield Assembly(made, Engine(made, held, vault, WallClock()), systems)


def giving_name(source: str) -> str:
    """Under which name pictures that people give for a source are remembered; no configured route can be called so."""
    return f"portal:{source}"


@asynccontextmanager
async def giving(configuration: Configuration, route: RouteSettings) -> AsyncIterator[Assembly]:
    """What puts a picture that a person gave into the route's source, which has to be Exchange Online.

    A route of its own, from the source to itself, never swept: so a write of it is begun, finished, remembered and
    taken back as any other. Raises as `assembled`.
    """
    async with AsyncExitStack() as stack:
        connection = _connection(configuration, refresh_tokens(configuration))
        stack.push_async_callback(connection.http.aclose)
        census, mailboxes = EntraId(connection), ExchangeOnline(connection, ExchangeOnlineSettings(writes=True))
        systems: dict[str, PictureSource] = {one.profile.name: one for one in (census, mailboxes)}
        for system in systems.values():
            stack.push_async_callback(system.aclose)
        name = giving_name(route.source)
        made = Route(name, census, mailboxes, mailboxes, _policy(configuration, route))
        state = open_state(state_at(configuration))
        stack.callback(state.close)
        tenant = configuration.settings.microsoft365.tenant_id.casefold()
        state.hold_to(name, f"the portal to {route.source} of tenant {tenant}")
        connection.budgets.share(state.budgets)
        stack.push_async_callback(connection.budgets.aclose)
        vault = FileVault(configuration.state_folder / "vault")
        yield Assembly(made, Engine(made, state, vault, WallClock()), systems)


Pull = Callable[[RefreshTokens, str], Awaitable[None]]
"""Has SharePoint fetch somebody's picture by itself, as that person. Their tokens; their mail or UPN."""


@asynccontextmanager
async def pulling(configuration: Configuration) -> AsyncIterator[Pull]:
    """SharePoint's own way. Raises UnusableCertificate, and what finding out SharePoint's name raises."""
    connection = _connection(configuration, InMemory())
    try:
        settings = SharePointOnlineSettings(tenant_name=await sharepoint_name(connection, configuration))

        async def pulled(theirs: RefreshTokens, account: str) -> None:
            of, app = connection.cloud.authority, connection.app
            tokens = PersonTokens(connection.http, of, app.tenant_id, app.client_id, theirs, app.credential)
            await pull(connection, settings, tokens, account)

        yield pulled
    finally:
        await connection.http.aclose()


async def openings(configuration: Configuration) -> dict[str, str]:
    """Where a person opens each system, by its name. Raises what finding out SharePoint's name raises."""
    connection = _connection(configuration, InMemory())
    try:
        cloud, name = connection.cloud, await sharepoint_name(connection, configuration)
        return cloud.pages(name)
    finally:
        await connection.http.aclose()


def _policy(configuration: Configuration, route: RouteSettings) -> Policy:
    retention = configuration.settings.vault.retention()
    return replace(route.policy(configuration.opted_out[route.name]), retention=retention)


def _joins(configuration: Configuration, route: RouteSettings) -> str:
    return f"{route.source} to {route.target} of tenant {configuration.settings.microsoft365.tenant_id.casefold()}"


def state_at(configuration: Configuration) -> Path | URL:
    """The state's file, or its database; whose password is told to nobody from now on."""
    if configuration.state_url is None:
        return configuration.state_folder / "state.sqlite"
    url = url_of(configuration.state_url)
    unspoken(password_of(configuration.state_url) or "")
    return url


def where(configuration: Configuration) -> clouds.Cloud:
    """The hosts of the configured cloud."""
    chosen = configuration.settings.microsoft365
    return clouds.custom(chosen.url) if chosen.url else clouds.CLOUDS[chosen.cloud]


def http_options(configuration: Configuration) -> HttpOptions:
    """What the network between here and the cloud wants."""
    chosen = configuration.settings.microsoft365
    ca_file = configuration.file(chosen.ca_file) if chosen.ca_file else None
    return HttpOptions(proxy=chosen.proxy, ca_file=ca_file)


def refresh_tokens(configuration: Configuration) -> RefreshTokens:
    """Where an administrator's sign-in is kept."""
    return TokenFile(configuration.state_folder / "administrator.token")


def _connection(
    configuration: Configuration,
    administrator: RefreshTokens,
    answered: Callable[[str, int], None] | None = None,
    sweeps_at_once: int = HttpOptions().sweeps_at_once,
) -> TenantConnection:
    chosen = configuration.settings.microsoft365
    credential: Credential
    if chosen.certificate is not None:
        credential = ClientCertificate.load(configuration.file(chosen.certificate))
    else:
        credential = ClientSecret(configuration.secret or "")
    app = App(chosen.tenant_id, chosen.client_id, credential)
    return TenantConnection(
        where(configuration),
        app,
        options=replace(http_options(configuration), answered=answered, sweeps_at_once=sweeps_at_once),
        refresh_tokens=administrator,
        kept=kept_budgets(configuration),
    )


def kept_budgets(configuration: Configuration) -> dict[BudgetName, Budget]:
    """What no call may go beyond. Of a cloud of one's own nothing is published: only what is configured holds there."""
    chosen = configuration.settings.microsoft365
    own = chosen.budgets.own()
    every = published().budgets(chosen.licences or 0, own, chosen.time_scale)
    if chosen.cloud == "custom" and chosen.licences is None:
        return {name: budget for name, budget in every.items() if name in own}
    return every


async def sharepoint_name(connection: TenantConnection, configuration: Configuration) -> str:
    """`contoso` of contoso.sharepoint.com: as configured, else as the tenant tells; empty where one origin has all."""
    if connection.cloud.sharepoint_origin is not None:
        return ""
    return configuration.settings.sharepoint_online.tenant_name or await sharepoint_name_of(connection)


async def _system(
    name: str, connection: TenantConnection, configuration: Configuration, route: RouteSettings
) -> PictureSource:
    writes = name == route.target
    if name == "exchange_online":
        return ExchangeOnline(connection, ExchangeOnlineSettings(writes=writes))
    return SharePointOnline(
        connection,
        SharePointOnlineSettings(
            tenant_name=await sharepoint_name(connection, configuration),
            exchange_is_source=route.source == "exchange_online",
            writes=writes,
        ),
    )


class InMemory:
    """A refresh token that is not kept yet."""

    def __init__(self) -> None:
        self._token: str | None = None

    def load(self) -> str | None:
        """See the port."""
        return self._token

    def save(self, token: str) -> None:
        """See the port."""
        self._token = token


@dataclass(frozen=True, slots=True)
class SignIn:
    """An administrator's sign-in, ready to begin.

    token: where `by_code` leaves what it got. kept: where that goes once it has served `sharepoint`.
    """

    by_code: DeviceCodeSignIn
    token: RefreshTokens
    kept: RefreshTokens
    sharepoint: Callable[[], SharePointOnline]


@asynccontextmanager
async def signing_in(configuration: Configuration) -> AsyncIterator[SignIn]:
    """For SharePoint, the one system whose tenants may deny an app by itself what it needs.

    Raises UnusableCertificate, and what finding out SharePoint's name raises.
    """
    token = InMemory()
    connection = _connection(configuration, token)
    try:
        name = await sharepoint_name(connection, configuration)
        by_code = connection.sign_in(connection.cloud.admin_site(name))
        settings = SharePointOnlineSettings(tenant_name=name)
        yield SignIn(by_code, token, refresh_tokens(configuration), lambda: SharePointOnline(connection, settings))
    finally:
        await connection.http.aclose()
