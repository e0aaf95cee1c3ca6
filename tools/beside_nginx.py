"""nginx, which serves one picture from disk."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen


@contextmanager
def nginx(folder: Path, picture: bytes) -> Iterator[str]:
    """Debian's, with one worker as we have one process, and its log off; where it answers, `/face.jpg` beneath."""
    root = folder / "www"
    root.mkdir()
    (root / "face.jpg").write_bytes(picture)
    port = free_port()
    (folder / "nginx.conf").write_text(
        f"user root;\nworker_processes 1;\ndaemon off;\npid {folder}/nginx.pid;\nerror_log /dev/null;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ access_log off; sendfile on; keepalive_requests 1000000;\n"
        f"server {{ listen 127.0.0.1:{port}; root {root}; }} }}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603  # the other contender
    try:
        _until_it_answers(f"http://127.0.0.1:{port}/face.jpg")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


def nginx_version() -> str:
    """As it says it."""
    told = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr  # noqa: S607
    return told.strip().rpartition("/")[2]


def free_port() -> int:
    """One of this machine's that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _until_it_answers(url: str) -> None:
    for _ in range(200):
        try:
            with urlopen(url, timeout=5):  # noqa: S310  # the nginx that was just started
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("nginx did not start")
