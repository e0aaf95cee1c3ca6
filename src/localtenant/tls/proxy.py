"""A proxy that leads the vendor's host names to the tenant and everything else nowhere.

A tool that is told of it (`HTTPS_PROXY`) and trusts the tenant's authority believes it speaks to the vendor; by
mistake it can reach nobody.
"""

from __future__ import annotations

import asyncio
import contextlib

HEAD_TIMEOUT_SECONDS = 10.0
HOST = "127.0.0.1"


class Proxy:
    """`CONNECT host:443` for the known hosts is a tunnel to the tenant's port; 403 for others, 405 for all else."""

    def __init__(self, hosts: frozenset[str], tenant_port: int) -> None:
        self._hosts = hosts
        self._tenant_port = tenant_port
        self._tunnels: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._accept, HOST, 0, limit=16_384)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)

    @property
    def url(self) -> str:
        """What to set `HTTPS_PROXY` to."""
        return f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tunnels.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked has gone, or asks nothing that can be answered
        finally:
            self._tunnels.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_TIMEOUT_SECONDS):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, _, rest = head.partition("\r\n")[0].partition(" ")
        host, _, port = rest.partition(" ")[0].rpartition(":")
        if method != "CONNECT":
            return await _refuse(writer, "405 Method Not Allowed", "this proxy only tunnels to the local tenant")
        if port != "443" or host.lower() not in self._hosts:
            return await _refuse(writer, "403 Forbidden", f"{host}:{port} is no host of the local tenant")
        inner_reader, inner_writer = await asyncio.open_connection(HOST, self._tenant_port)
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.TaskGroup() as both:
                both.create_task(_pour(reader, inner_writer))
                both.create_task(_pour(inner_reader, writer))
        except* OSError:
            pass  # either end may go at any time
        finally:
            inner_writer.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


async def _refuse(writer: asyncio.StreamWriter, status: str, words: str) -> None:
    body = f"{words}\n".encode()
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    await writer.drain()
