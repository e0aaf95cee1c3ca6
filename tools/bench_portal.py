"""How fast the portal's pages are with 20,000 people, by wrk; beside nginx serving a picture. Writes the figures.

Run by `make bench-portal`, from the repository's root; PEOPLE=2000 for a shorter preparation.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, ".")
from performance_page import measured_here, write_section
from tests.tenant_process import SAMEPIC, tenant_process
from tests.visitor import Visitor

SECONDS, CONNECTIONS = 8, 4
AT_MOST_MS = 100
FIRST_VIEW_BYTES = 200_000
PAGES = (
    ("home", "/"),
    ("my picture", "/my"),
    ("overview", "/admin"),
    ("people", "/admin/people"),
    ("people by name", "/admin/people?q=an"),
    ("people in a state", "/admin/people?state=new"),
    ("runs", "/admin/runs"),
    ("plans", "/admin/plans"),
)
LUA = """
wrk.headers["Cookie"] = os.getenv("PORTAL_COOKIE")
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("FIGURES %f %f %f %d %d\\n", latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency.max / 1000, summary.requests, bad))
end
"""


@dataclass(frozen=True)
class Took:
    """Of one address: milliseconds, and how many answers in a second."""

    what: str
    median: float
    p95: float
    worst: float
    rate: float


def main() -> None:
    """Measure, print, write."""
    people = int(os.environ.get("PEOPLE", "20000"))
    with tempfile.TemporaryDirectory() as name:
        folder, config = Path(name), Path(name, "samepic.toml")
        with tenant_process("--people", str(people), "--write-config", str(config)) as tenant:
            said = tenant.said
            _open_wide(config)
            subprocess.run(  # noqa: S603  # everybody is seen and decided about, the first hundred are written
                [SAMEPIC, "sync", "--limit", "100", "--config", str(config)], check=False, stdout=subprocess.DEVNULL
            )
            with _served(config) as url:
                visitor = Visitor(url)
                visitor.sign_in(said["administrator"]["name"], said["administrator"]["password"])
                cookie = "; ".join(f"{one.name}={one.value}" for one in visitor.jar if "samepic" in one.name)
                first_view, face = _first_view(visitor), _face(visitor)
                found = [_wrk(what, url + path, cookie, folder) for what, path in PAGES]
                style = re.search(r'href="(/static/[^"]*portal\.css)"', visitor.ask("/").text)
                assert style is not None
                found.append(_wrk("a style sheet, 12 kB, by the portal", url + style[1], cookie, folder))
                picture = visitor.ask(face).body
                with _nginx(folder, picture) as at:
                    found.append(_wrk("one's own picture, by the portal", url + face, cookie, folder))
                    found.append(_wrk("the same picture from disk, by nginx", f"{at}/face.jpg", cookie, folder))
    lines = _lines(people, found, first_view)
    write_section("make bench-portal", lines)
    sys.stdout.write("\n".join([*lines, ""]))


def _open_wide(config: Path) -> None:
    """The limits for one person are what they are for: one program asks here for all."""
    text = config.read_text()
    lines = f'listen = "127.0.0.1:{_free_port()}"\nlooks_per_minute = 100000000\n'
    text = text.replace("[portal]\n", f"[portal]\n{lines}").replace("[service]\n", '[service]\nlisten = "off"\n')
    config.write_text(text)


@contextmanager
def _served(config: Path) -> Iterator[str]:
    served = subprocess.Popen(  # noqa: S603  # what is measured
        [SAMEPIC, "serve", "--config", str(config)], stderr=subprocess.PIPE, text=True
    )
    try:
        assert served.stderr is not None
        for line in served.stderr:
            if found := re.search(r"the portal answers at (\S+)", line):
                yield found[1]
                return
        raise SystemExit("the portal did not start")
    finally:
        served.send_signal(signal.SIGTERM)
        served.communicate()


@contextmanager
def _nginx(folder: Path, picture: bytes) -> Iterator[str]:
    """Debian's, with one worker as we have one process, and its log off."""
    root = folder / "www"
    root.mkdir()
    (root / "face.jpg").write_bytes(picture)
    port = _free_port()
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


def _until_it_answers(url: str) -> None:
    for _ in range(200):
        try:
            with urlopen(url, timeout=5):  # noqa: S310  # the nginx that was just started
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("nginx did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wrk(what: str, url: str, cookie: str, folder: Path) -> Took:
    script = folder / "figures.lua"
    script.write_text(LUA)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "10s", "-s", str(script), url]
    environment = {**os.environ, "PORTAL_COOKIE": cookie}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603
    line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES "))
    median, p95, worst, answers, bad = map(float, line.split()[1:])
    if bad:
        raise SystemExit(f"{what}: {bad:.0f} of {answers:.0f} answers were none: {url}")
    return Took(what, median, p95, worst, answers / SECONDS)


def _first_view(visitor: Visitor) -> int:
    """Bytes of the first page with all that it needs, uncompressed."""
    page = visitor.ask("/")
    files = {str(one.get("src") or one.get("href")) for one in page.soup.select("script[src], link[href], img[src]")}
    return len(page.body) + sum(len(visitor.ask(one).body) for one in files)


def _face(visitor: Visitor) -> str:
    """Where the visitor's own picture is served."""
    [route] = {str(one["hx-get"]) for one in visitor.ask("/").soup.select("[hx-get^='/tiles/']")}
    return str(visitor.ask(route).soup.select("img.face")[0]["src"])


def _lines(people: int, found: list[Took], first_view: int) -> list[str]:
    pages = found[: len(PAGES)]
    quick = all(one.p95 <= AT_MOST_MS for one in pages)
    light = first_view <= FIRST_VIEW_BYTES
    rows = [
        f"| {one.what} | {one.median:.1f} ms | {one.p95:.1f} ms | {one.worst:.0f} ms | {one.rate:,.0f} |"
        for one in found
    ]
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr  # noqa: S607
    version = version.strip().rpartition("/")[2]
    return [
        "# How fast the portal is",
        "",
        f"Written by `make bench-portal`: wrk, {CONNECTIONS} connections for {SECONDS} seconds at each address, an",
        f"administrator signed in, {people:,} people in the state. Portal, tenant, wrk and nginx {version} share the",
        "machine. A browser keeps pictures, styles and scripts for good: they are asked for once.",
        "",
        measured_here(),
        "",
        "| what | median | 95 % | worst | answers a second |",
        "|---|---|---|---|---|",
        *rows,
        "",
        f"Every page under {AT_MOST_MS} ms (95 %): {'yes' if quick else 'NO'}. The first view is {first_view:,} bytes",
        f"long; under {FIRST_VIEW_BYTES:,}: {'yes' if light else 'NO'}.",
    ]


if __name__ == "__main__":
    main()
