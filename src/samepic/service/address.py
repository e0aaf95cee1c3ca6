"""Where the service listens for orders: a socket beside the state, for its owner only."""

from __future__ import annotations

import hashlib
import os
import socket
import tempfile
from pathlib import Path

MOST_BYTES = 100
"""The address of a Unix socket has 108 bytes on Linux and 104 elsewhere (unix(7))."""


class NotOurs(OSError):
    """The folder for the socket belongs to somebody else, or others may write in it; the words say what to do."""


def address(folder: Path) -> Path:
    """The socket of the service of this state; beside it, or, where that path is too long, in the temporary folder."""
    beside = folder / "service.sock"
    if len(os.fsencode(beside)) <= MOST_BYTES:
        return beside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"samepic-{os.getuid()}" / f"{name}.sock"


def listening(path: Path) -> socket.socket:
    """A bound socket that nobody but its owner can connect to. Raises OSError.

    Whoever calls holds the lock of the service: a socket that is there is a dead one's.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = path.parent.stat()
    if owner.st_uid != os.getuid() or owner.st_mode & 0o022:
        raise NotOurs(f"{path.parent}: others may write in this folder, and would give orders; chmod go-w it")
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(str(path))
        path.chmod(0o600)  # before it listens: until then nobody's connection is taken
    except OSError:
        bound.close()
        raise
    return bound
