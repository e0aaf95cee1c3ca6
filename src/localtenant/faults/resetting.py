"""Breaks a connection under the server's feet, as a failing network does: with a reset, not with a farewell."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from starlette.types import Scope

OPEN_FILES = Path("/dev/fd")  # Linux and macOS alike


def reset(scope: Scope) -> bool:
    """Reset the connection that a request came by; False where it is no longer there (or never was one)."""
    client, server = scope.get("client"), scope.get("server")
    if not client or not server:
        return False
    for connection in _sockets():
        with connection:
            if _is_of(connection, int(client[1]), int(server[1] or 0)):
                _abort(connection)
                return True
    return False


def _sockets() -> Iterator[socket.socket]:
    for name in os.listdir(OPEN_FILES):  # noqa: PTH208  # names alone, of files that may be gone by now
        try:
            copy = os.dup(int(name))
        except OSError:
            continue
        if stat.S_ISSOCK(os.fstat(copy).st_mode):
            yield socket.socket(fileno=copy)
        else:
            os.close(copy)


def _is_of(connection: socket.socket, client_port: int, server_port: int) -> bool:
    try:
        if connection.family not in (socket.AF_INET, socket.AF_INET6):
            return False
        return (connection.getpeername()[1], connection.getsockname()[1]) == (client_port, server_port)
    except OSError:
        return False


def _abort(connection: socket.socket) -> None:
    """Connecting to no address resets at once (connect(2), AF_UNSPEC); where the system will not, it is closed."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    nowhere = ctypes.create_string_buffer(16)
    if ctypes.CDLL(None).connect(connection.fileno(), nowhere, len(nowhere)) != 0:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
