"""From the configuration to a portal that answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from granian.constants import Interfaces
from granian.server.embed import Server

from samepic.config.load import Configuration
from samepic.config.secrets import MissingSecret
from samepic.portal.app import build_app
from samepic.portal.often import Limits, Turnstile
from samepic.portal.person.errands import Errands
from samepic.portal.person.finishing import finish_gifts
from samepic.portal.sessions import Sessions
from samepic.portal.sign_in.pending import Pending
from samepic.portal.sign_in.provider import Provider, Registration
from samepic.portal.sign_in.roles_of import Groups
from samepic.portal.site import Site
from samepic.state.store import open_state
from samepic.transport.client import HttpClient, Patience
from samepic.transport.credentials import ClientCertificate, ClientSecret, Credential
from samepic.wiring import (
    WallClock,
    assembled,
    giving,
    http_options,
    kept_budgets,
    openings,
    pulling,
    state_at,
    where,
)

OFFLINE = "offline_access"
"""Asks for a refresh token: with it Samepic may ask SharePoint for the person's own picture, as that person."""

_SOMEBODY_WAITS = Patience(attempts=2, altogether=timedelta(seconds=5))
"""A person looks at an empty window while the sign-in is asked."""


@asynccontextmanager
async def opened(configuration: Configuration, port: int) -> AsyncIterator[Site]:
    """Every route's systems, and the sign-in. Raises MissingSecret, and what `assembled` raises."""
    settings, clock = configuration.settings, WallClock()
    async with AsyncExitStack() as stack:
        http = HttpClient(replace(http_options(configuration), patience=_SOMEBODY_WAITS))
        stack.push_async_callback(http.aclose)
        routes = {}
        for route in settings.routes:
            routes[route.name] = await stack.enter_async_context(assembled(configuration, route))
        state = open_state(state_at(configuration))
        stack.callback(state.close)
        portal, giver = settings.portal, None
        source = next((one for one in settings.routes if one.source == "exchange_online"), None)
        if portal.uploads == "app" and source is not None:
            giver = await stack.enter_async_context(giving(configuration, source))
        known = registration(configuration)
        pull = await stack.enter_async_context(pulling(configuration)) if OFFLINE in known.scopes else None
        errands = Errands()
        stack.push_async_callback(errands.aclose)
        yield Site(
            url=portal.url or f"http://localhost:{port}",
            routes=routes,
            starts={route.name: route.timing().starts for route in settings.routes},
            provider=Provider(http, known, clock),
            groups=Groups(portal.administrators, portal.helpdesk),
            sessions=Sessions(clock, timedelta(hours=portal.session_hours)),
            pending=Pending(clock),
            clock=clock,
            state=state,
            turnstile=Turnstile(clock, Limits(portal.looks_per_minute, portal.changes_per_minute)),
            proxies=frozenset(portal.proxies),
            person_claim=portal.person_claim,
            giving=giver,
            opens=await openings(configuration),
            pull=pull,
            errands=errands,
            configured=settings.routes,
            budgets=kept_budgets(configuration),
        )


def registration(configuration: Configuration) -> Registration:
    """As configured; the tenant's own provider and the app's own credential unless others are. Raises MissingSecret."""
    portal, cloud = configuration.settings.portal, configuration.settings.microsoft365
    issuer = portal.issuer or f"{where(configuration).authority}/{cloud.tenant_id}/v2.0"
    credential: Credential
    if portal.secret is not None:
        try:
            credential = ClientSecret(portal.secret.value(configuration.path.parent))
        except MissingSecret as error:
            raise MissingSecret(f"[portal] secret: {error}") from None
    elif cloud.certificate is not None:
        credential = ClientCertificate.load(configuration.file(cloud.certificate))
    else:
        credential = ClientSecret(configuration.secret or "")
    own = portal.issuer is None and portal.client_id in (None, cloud.client_id)
    scopes = ("openid", "profile", OFFLINE) if own else ("openid", "profile")
    return Registration(issuer, portal.client_id or cloud.client_id, credential, scopes)


@asynccontextmanager
async def served(configuration: Configuration, at: tuple[str, int] | None = None) -> AsyncIterator[str]:
    """Listen until the block is left; gives the address that people type. Raises OSError where it cannot listen.

    at: another address and port than configured; port 0 takes a free one.
    """
    host, wanted = at or configuration.settings.portal.address()
    port = await _free(host, wanted)
    async with opened(configuration, port) as site:
        provider = urlsplit(registration(configuration).issuer)
        app = build_app(site, f"{provider.scheme}://{provider.netloc}")
        server = Server(app, address=host, port=port, interface=Interfaces.ASGI, log_enabled=False)
        serving = asyncio.create_task(server.serve(), name="portal")
        try:
            await _answers(host, port, serving)
            finishing = asyncio.create_task(finish_gifts(site), name="gifts")
            try:
                yield site.url
            finally:
                finishing.cancel()
                await asyncio.gather(finishing, return_exceptions=True)
        finally:
            site.leaving.set()
            stop: Callable[[], None] = server.stop
            stop()
            await asyncio.gather(serving, return_exceptions=True)


async def _answers(host: str, port: int, serving: asyncio.Task[None]) -> None:
    """Wait until somebody could visit. Raises OSError where the server ends instead."""
    while not serving.done():
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await asyncio.sleep(0.01)
    raise OSError(f"the portal's server ended at its start, at {host}:{port}")


async def _free(host: str, port: int) -> int:
    """The port, or any for 0, where it can be listened at: granian says nothing where it cannot. Raises OSError."""
    try:
        probe = await asyncio.start_server(lambda *_: None, host, port)
    except OSError as error:
        words = f"nothing can listen at {host}:{port}: {error.strerror}; [portal] listen names another address"
        raise OSError(words) from None
    found: int = probe.sockets[0].getsockname()[1]
    probe.close()
    await probe.wait_closed()
    return found
