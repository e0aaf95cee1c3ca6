"""A tenant that listens: started by one call, stopped by a signal or by leaving the block."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import cast

from granian.constants import Interfaces
from granian.server.embed import Server

from localtenant.authority.passwords import announced, password_of
from localtenant.authority.registered import client_app
from localtenant.founding import Options, OtherWorld, found
from localtenant.server import build_app
from localtenant.store.folder import StateInUse, StateUnreadable
from localtenant.tenant import Tenant

HOST = "127.0.0.1"


class CannotServe(Exception):
    """The tenant cannot start; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client needs to know of a tenant that answers."""

    url: str
    tenant_id: str
    domain: str
    client_id: str
    client_secret: str
    client_certificate: str
    control_token: str
    sign_in: dict[str, str]
    ca_file: str | None = None
    proxy: str | None = None

    def as_json(self) -> dict[str, object]:
        """Without what this tenant does not have."""
        fields = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in fields if value is not None}


Started = Callable[[Announcement, Tenant, Callable[[], None]], None]
"""Called once the tenant answers, with what stops it (from within its own loop)."""


def serve(options: Options, announce: Callable[[Announcement], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called once the tenant answers. Raises CannotServe."""

    def started(said: Announcement, tenant: Tenant, stop: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        announce(said)

    asyncio.run(_serve(options, started))


@contextlib.contextmanager
def running(options: Options) -> Iterator[tuple[Announcement, Tenant]]:
    """A tenant in a thread of this process, stopped on leaving; for tests and for programs that embed one."""
    outcome: Future[tuple[Announcement, Tenant, Callable[[], object]]] = Future()

    def started(said: Announcement, tenant: Tenant, stop: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        outcome.set_result((said, tenant, lambda: loop.call_soon_threadsafe(stop)))

    def work() -> None:
        try:
            asyncio.run(_serve(options, started))
        except BaseException as error:
            if outcome.done():
                raise
            outcome.set_exception(error)

    thread = threading.Thread(target=work, name="localtenant", daemon=True)
    thread.start()
    said, tenant, stop = outcome.result()
    try:
        yield said, tenant
    finally:
        stop()
        thread.join()


async def _serve(options: Options, started: Started) -> None:
    with contextlib.ExitStack() as stack:
        holder = stack.enter_context(_port(options.port))
        port = holder.getsockname()[1]
        tenant = _found(options, stack)
        tenant.url = f"http://{HOST}:{port}"
        said = _announcement(tenant)
        server = Server(build_app(tenant), address=HOST, port=port, interface=Interfaces.ASGI, log_enabled=False)
        serving = asyncio.create_task(server.serve())
        await _answers(port, serving)
        holder.close()

        def stop() -> None:
            tenant.faults.clear()  # what is held would never end
            cast(Callable[[], None], server.stop)()

        started(said, tenant, stop)
        await serving


def _found(options: Options, stack: contextlib.ExitStack) -> Tenant:
    try:
        tenant = found(options)
    except (OtherWorld, StateInUse, StateUnreadable) as error:
        raise CannotServe(str(error)) from None
    if tenant.folder is not None:
        stack.callback(tenant.folder.close)
    return tenant


def _port(port: int) -> socket.socket:
    """A bound socket that keeps the port ours until the server listens on it.

    The server shares its port with whoever else allows sharing, so that a second tenant on the same port would not
    be told; binding once without sharing tells.
    """
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotServe(
                f"port {port} on {HOST} cannot be used ({error.strerror}); choose another with --port, or --port 0"
            ) from None
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.bind((HOST, port))
    return holder


async def _answers(port: int, serving: asyncio.Task[None]) -> None:
    for _ in range(500):
        if serving.done():
            raise CannotServe("the server ended at its start") from serving.exception()
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.01)
            continue
        writer.close()
        return
    raise CannotServe(f"nothing answers on {HOST}:{port} after five seconds")


def _announcement(tenant: Tenant) -> Announcement:
    secrets = tenant.authority.secrets
    return Announcement(
        url=tenant.url,
        tenant_id=tenant.tenant_id,
        domain=tenant.domain,
        client_id=client_app(tenant).app_id,
        client_secret=secrets.client_secret,
        client_certificate=str(secrets.client_pem_file()),
        control_token=tenant.control_token,
        sign_in=_sign_in(tenant),
    )


def _sign_in(tenant: Tenant) -> dict[str, str]:
    user = announced(tenant)
    return {"name": user.upn, "password": password_of(tenant, user.id)} if user else {"name": "", "password": ""}
