"""A tenant that listens: started by one call, stopped by a signal or by leaving the block."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import cast

from granian.constants import Interfaces, SSLProtocols
from granian.server.embed import Server

from localtenant.announcement import Announcement, announcement
from localtenant.founding import Options, OtherWorld, found
from localtenant.server import build_app
from localtenant.store.folder import StateInUse, StateUnreadable
from localtenant.tenant import Tenant
from localtenant.tls.certificates import certificates_in
from localtenant.tls.hosts import vendor_hosts
from localtenant.tls.proxy import Proxy
from localtenant.worlds.making import Drawn

HOST = "127.0.0.1"
STOPPING_SECONDS = 5  # how long requests under way may take when the tenant is told to stop


class CannotServe(Exception):
    """The tenant cannot start; the words say why and what to do."""


Started = Callable[[Announcement, Tenant, Callable[[], None]], None]
"""Called once the tenant answers, with what stops it (from within its own loop)."""


def serve(options: Options, announce: Callable[[Announcement], None], drawn: Drawn | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called once the tenant answers.

    drawn: hears how far the drawing of a big world has come; SIGINT ends that at once. Raises CannotServe.
    """

    def started(said: Announcement, tenant: Tenant, stop: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        gc.freeze()  # a big world is not looked through for garbage again and again
        announce(said)

    asyncio.run(_serve(options, started, drawn))


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


async def _serve(options: Options, started: Started, drawn: Drawn | None = None) -> None:
    async with contextlib.AsyncExitStack() as stack:
        holder = stack.enter_context(_port(options.port))
        port = holder.getsockname()[1]
        tenant = _found(options, stack, drawn)
        tenant.url = f"https://localhost:{port}" if options.tls else f"http://{HOST}:{port}"
        server, ca_file = _server(tenant, port, options, stack)
        serving = asyncio.create_task(server.serve())
        await _answers(port, serving)
        holder.close()
        proxy = await stack.enter_async_context(Proxy(vendor_hosts(tenant), port)) if options.tls else None

        def stop() -> None:
            tenant.faults.clear()  # what is held would never end
            cast(Callable[[], None], server.stop)()

        started(announcement(tenant, ca_file, proxy.url if proxy else None), tenant, stop)
        with contextlib.suppress(TimeoutError):  # of a client that holds on to its connection
            await serving


def _server(tenant: Tenant, port: int, options: Options, stack: contextlib.AsyncExitStack) -> tuple[Server, str | None]:
    """The server, and with TLS the file with what clients must trust."""
    files = None
    if options.tls:
        folder = options.state or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="localtenant-")))
        files = certificates_in(folder, vendor_hosts(tenant), keep_ca_key=options.state is not None)
    server = Server(
        build_app(tenant),
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        ssl_cert=files.certificate if files else None,
        ssl_key=files.key if files else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    server.workers_kill_timeout = STOPPING_SECONDS
    return server, str(files.ca) if files else None


def _found(options: Options, stack: contextlib.AsyncExitStack, drawn: Drawn | None) -> Tenant:
    task = asyncio.current_task()

    def told(people: int, of: int) -> None:
        if task is not None and task.cancelling():  # the loop has noted SIGINT, and is not asked until all is drawn
            raise asyncio.CancelledError
        if drawn is not None:
            drawn(people, of)

    try:
        tenant = found(options, told)
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
