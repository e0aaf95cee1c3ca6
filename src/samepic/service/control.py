"""Orders to the service: one line of JSON, one line back."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from samepic.service.address import listening

_log = logging.getLogger("samepic.service")

_LONGEST_LINE = 10_000
_PATIENCE_S = 5.0

Obey = Callable[[dict[str, Any]], dict[str, Any]]
"""Carries out an order, at once, and says what came of it; ValueError where the order is none."""


class Control:
    """Takes orders until it is closed."""

    def __init__(self, path: Path, obey: Obey) -> None:
        self._path = path
        self._obey = obey
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Raises OSError."""
        self._server = await asyncio.start_unix_server(self._serve, sock=listening(self._path), limit=_LONGEST_LINE)

    async def aclose(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            with suppress(OSError):
                self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                line = await reader.readline()
                writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                await writer.drain()
        except (OSError, TimeoutError, ValueError):  # gone, silent, or a line without end: theirs to mend
            _log.debug("an order was not understood", exc_info=True)
        finally:
            writer.close()

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            order = json.loads(line)
            if not isinstance(order, dict):
                raise ValueError("an order is an object")
            return self._obey(order)
        except ValueError as error:
            return {"error": str(error)}


async def tell(path: Path, order: dict[str, Any]) -> dict[str, Any] | None:
    """Give an order to the service of this address; None where none is at work, or it does not answer."""
    return await _within_patience(_told(path, order))


async def _told(path: Path, order: dict[str, Any]) -> dict[str, Any] | None:
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1_000_000)
    try:
        writer.write(json.dumps(order).encode() + b"\n")
        answer = json.loads(await reader.readline())
        return answer if isinstance(answer, dict) else None
    finally:
        writer.close()


async def _within_patience(asked: Awaitable[dict[str, Any] | None]) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await asked
    except (OSError, TimeoutError, ValueError):
        return None
