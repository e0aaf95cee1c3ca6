"""How fast each page of the portal is with 20,000 people, by wrk; beside nginx serving a picture. Writes the figures.

Run by `make bench-portal`, from the repository's root, within six minutes; PEOPLE=2000 for a shorter preparation.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any
from urllib.parse import quote

sys.path.insert(0, ".")
from beside_nginx import free_port, nginx, nginx_version
from mosaic_tenant import MOSAICS
from performance_page import measured_here, write_section
from portal_pages import Kind, Looked, looked_at
from processor import resident_mb
from sign_in_rush import PEOPLE as OF_THE_RUSH
from sign_in_rush import WITHIN_S, Rush, rush
from tests.pictures import encoded, mosaic
from tests.portal.first_view import FirstView, first_view
from tests.portal.populated import ROUTE, Extent, Populated, Somebody, populate
from tests.tenant_process import SAMEPIC, TenantProcess, tenant_process
from tests.visitor import Visitor

from samepic.config.load import load
from samepic.model.api_token import TokenRole
from samepic.portal.roles import Role
from samepic.state.store import open_state
from samepic.state.vault import FileVault
from samepic.wiring import WallClock, assembled, state_at

CONFIG = "samepic.toml"
SECONDS, CONNECTIONS, DOWNLOADS = 2, 4, 3
AT_MOST_MS = 100
FIRST_VIEW_BYTES = 200_000
KEPT_PICTURES = 400
LUA = """
wrk.headers["Cookie"] = os.getenv("PORTAL_COOKIE")
wrk.headers["Authorization"] = os.getenv("PORTAL_TOKEN")
wrk.headers["Accept-Encoding"] = "gzip, br"
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("FIGURES %f %f %f %f %d %d\\n", latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000, summary.requests, bad))
end
"""


@dataclass(frozen=True)
class Took:
    """Of one address: milliseconds, and how many answers in a second."""

    what: str
    kind: Kind | None
    median: float
    p95: float
    p99: float
    worst: float
    rate: float


@dataclass
class Bench:
    """One portal at work. visitors: one of each role, signed in. values: what gaps of addresses stand for."""

    url: str
    folder: Path
    visitors: dict[Role, Visitor]
    token: str
    values: dict[str, str]

    def pages(self) -> Iterator[Took]:
        """Each address for each role that is shown another page."""
        for one in looked_at():
            for role in one.seen_by:
                for address in one.filled(self.values):
                    yield self._took(one, role, address)

    def wrk(self, what: str, kind: Kind | None, address: str, role: Role = Role.ADMINISTRATOR) -> Took:
        """One address, asked for as fast as it answers."""
        script = self.folder / "figures.lua"
        script.write_text(LUA)
        url = address if "://" in address else self.url + address
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "10s", "-s", str(script), url]
        cookie = "; ".join(f"{one.name}={one.value}" for one in self.visitors[role].jar if "samepic" in one.name)
        told = {**os.environ, "PORTAL_COOKIE": cookie, "PORTAL_TOKEN": f"Bearer {self.token}"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=told)  # noqa: S603  # as above
        line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES "))
        median, p95, p99, worst, answers, bad = map(float, line.split()[1:])
        if bad:
            raise SystemExit(f"{what}: {bad:.0f} of {answers:.0f} answers were none: {url}")
        return _said(Took(what, kind, median, p95, p99, worst, answers / SECONDS))

    def _took(self, one: Looked, role: Role, address: str) -> Took:
        headers = {"Authorization": f"Bearer {self.token}"} if address.startswith("/api/") else {}
        seen = self.visitors[role].ask(address, **headers)
        if seen.status != (302 if one.path == "/my/going-on" else 200):
            raise SystemExit(f"{address}: {seen.status}")
        query = address.partition("?")[2].partition("&name=")[0]
        shown = one.path.replace(":str", "").replace(":int", "") + (f"?{query}" if query else "")
        what = f"`{shown}`, {'a person' if role is Role.PERSON else role.name.lower()}"
        if one.kind is Kind.DOWNLOAD:  # one after another, as people take them
            return self._told(what, one.kind, [self._once(address, role, headers) for _ in range(DOWNLOADS)])
        return self.wrk(what, one.kind, address, role)

    def _once(self, address: str, role: Role, headers: dict[str, str]) -> float:
        began = perf_counter()
        self.visitors[role].ask(address, **headers)
        return 1000 * (perf_counter() - began)

    def _told(self, what: str, kind: Kind | None, took: list[float]) -> Took:
        worst = max(took)
        return _said(Took(what, kind, statistics.median(took), worst, worst, worst, 1000 * len(took) / sum(took)))


def _said(took: Took) -> Took:
    sys.stdout.write(f"{took}\n")
    sys.stdout.flush()
    return took


def main() -> None:
    """Measure, print, write."""
    people, began = int(os.environ.get("PEOPLE", "20000")), perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder, config = Path(name), Path(name, CONFIG)
        with tenant_process("--people", str(people), "--write-config", str(config), command=MOSAICS) as tenant:
            _open_wide(config)
            told, token = _filled(config, tenant)
            with _served(config) as (url, process):
                bench = _bench(url, folder, tenant, told, token)
                before_mb = resident_mb(process)
                views = {at: first_view(bench.visitors[Role.ADMINISTRATOR], at) for at in ("/", "/my", "/admin")}
                found = list(bench.pages())
                beside = _beside_nginx(bench)
                rushed = asyncio.run(rush(url, _accounts(tenant)))
                memory = (before_mb, resident_mb(process))
    lines = _lines(people, found, beside, views, rushed, memory, perf_counter() - began)
    write_section("make bench-portal", lines)
    sys.stdout.write("\n".join([*lines, ""]))


def _open_wide(config: Path) -> None:
    """The limits for one person are what they are for: one program asks here for all."""
    text = config.read_text()
    lines = f'listen = "127.0.0.1:{free_port()}"\nlooks_per_minute = 100000000\n'
    text = text.replace("[portal]\n", f"[portal]\n{lines}").replace("[service]\n", '[service]\nlisten = "off"\n')
    config.write_text(text)


def _filled(config: Path, tenant: TenantProcess) -> tuple[Populated, str]:
    """What months would have left, entered at once; and a token for a program."""
    settings = load(config)
    settings.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    vault = FileVault(settings.state_folder / "vault")
    pictures = [vault.keep(encoded(mosaic(number, 648, 648))) for number in range(KEPT_PICTURES)]
    everybody = [Somebody(one["id"], one["upn"], one["display_name"]) for one in tenant.control.people()]
    state = open_state(state_at(settings))
    told = populate(state, everybody, pictures, Extent(former=3))
    now = WallClock().now()
    _, token = state.api_tokens.make("bench", TokenRole.ADMINISTRATOR, now, timedelta(days=1))
    state.close()
    return told, token


@contextmanager
def _served(config: Path) -> Iterator[tuple[str, int]]:
    """Its address, and its process."""
    served = subprocess.Popen(  # noqa: S603  # what is measured
        [SAMEPIC, "serve", "--config", str(config)], stderr=subprocess.PIPE, text=True
    )
    try:
        assert served.stderr is not None
        for line in served.stderr:
            if found := re.search(r"the portal answers at (\S+)", line):
                # whoever says more than a pipe holds waits until somebody reads it
                Thread(target=deque, args=(served.stderr, 0), daemon=True).start()
                yield found[1], served.pid
                return
        raise SystemExit("the portal did not start")
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait()


def _bench(url: str, folder: Path, tenant: TenantProcess, told: Populated, token: str) -> Bench:
    somebody = tenant.control.people("plain")[0]["id"]
    accounts = {
        Role.PERSON: _account(tenant, somebody),
        Role.HELPDESK: _account(tenant, asyncio.run(_somebody_of_the_helpdesk(folder / CONFIG))),
        Role.ADMINISTRATOR: (tenant.said["administrator"]["name"], tenant.said["administrator"]["password"]),
    }
    visitors = {}
    for role, account in accounts.items():
        visitors[role] = Visitor(url)
        seen = visitors[role].sign_in(*account)
        if seen.status != 200:
            raise SystemExit(f"the {role.name.lower()} is not let in: {seen.status}")
    return Bench(url, folder, visitors, token, _values(visitors, told, somebody))


async def _somebody_of_the_helpdesk(config: Path) -> str:
    settings = load(config)
    async with assembled(settings, settings.settings.routes[0]) as assembly:
        async for person in assembly.route.census.members(settings.settings.portal.helpdesk[0]):
            return person
    raise SystemExit("nobody is at the helpdesk")


def _account(tenant: TenantProcess, person: str) -> tuple[str, str]:
    found: dict[str, Any] = tenant.control.json("GET", f"/people/{quote(person)}/sign-in")
    return found["name"], found["password"]


def _accounts(tenant: TenantProcess) -> list[tuple[str, str]]:
    return [_account(tenant, one["id"]) for one in tenant.control.people("plain")[1 : OF_THE_RUSH + 1]]


def _values(visitors: dict[Role, Visitor], told: Populated, somebody: str) -> dict[str, str]:
    """The newest sweep, a held plan; and whoever is signed in, with their pictures, for the helpdesk to look at too."""
    person, helpdesk = visitors[Role.PERSON], visitors[Role.HELPDESK]
    tile = str(person.ask(f"/tiles/{ROUTE}").soup.select("img.face")[0]["src"]).split("/")
    past = [str(one["src"]).rpartition("/")[2] for one in person.ask("/my/past").soup.select("img.face")]
    after = helpdesk.ask("/admin/people").soup.select('a[href^="/admin/people?"][href*="name="]')
    return {
        "{route:str}": ROUTE, "{side:str}": tile[-2], "{version:str}": tile[-1], "{number:int}": "0",
        "{name:str}": past[0], "{picture:str}": past[0], "{key:str}": somebody, "{person:str}": somebody,
        "{run:str}": told.sweep, "{plan:str}": told.plan, "{after}": "?" + str(after[0]["href"]).partition("?")[2],
    }  # fmt: skip


def _beside_nginx(bench: Bench) -> list[Took]:
    face = f"/admin/people/{quote(bench.values['{key:str}'])}/face"
    page = bench.visitors[Role.ADMINISTRATOR].ask("/")
    style = next(str(one["href"]) for one in page.soup.select("link[rel=stylesheet]") if "portal" in one["href"])
    picture = bench.visitors[Role.ADMINISTRATOR].ask(face)
    with nginx(bench.folder, picture.body) as at:
        return [
            bench.wrk(f"a face of a list, {len(picture.body):,} bytes, by the portal", None, face),
            bench.wrk("the same picture from disk, by nginx", None, f"{at}/face.jpg"),
            bench.wrk("a style sheet, by the portal", None, style),
        ]


def _lines(
    people: int,
    found: list[Took],
    beside: list[Took],
    views: dict[str, FirstView],
    rushed: Rush,
    memory: tuple[float, float],
    seconds: float,
) -> list[str]:
    pages = [one for one in found if one.kind is Kind.PAGE]
    slow = [one.what for one in pages if one.p95 > AT_MOST_MS]
    heavy = [at for at, view in views.items() if view.bytes >= FIRST_VIEW_BYTES]
    others = [one for one in found if one.kind is not Kind.PAGE]
    return [
        "# How fast the portal is",
        "",
        f"Written by `make bench-portal`: wrk, {CONNECTIONS} connections for {SECONDS} seconds at each address, as",
        f"each role that is shown another page; {people:,} people in the state, a sweep a day for two months,",
        "as many requests as people, sixty held plans, 50,000 entries in the audit log. Portal, tenant, wrk and nginx",
        f"{nginx_version()} share the machine. Pages are judged; parts come after their page, which does not wait for",
        "them: the systems are asked there, here a tenant in Python on the same processors.",
        "",
        f"{measured_here()} It took {seconds / 60:.0f} minutes.",
        "",
        *_table(pages),
        "",
        f"Every page within {AT_MOST_MS} ms (95 %): {_judged(slow)}.",
        "",
        *_table([*others, *beside]),
        "",
        "| first view | the page with its styles, scripts and marks | what comes by itself, with pictures | together |",
        "|---|---|---|---|",
        *(
            f"| `{at}` | {sum(view.now.values()):,} bytes | {sum(view.later.values()):,} bytes | {view.bytes:,} bytes |"
            for at, view in views.items()
        ),
        "",
        f"Every first view under {FIRST_VIEW_BYTES:,} bytes: {_judged(heavy)}.",
        "",
        *_of_the_rush(rushed),
        "",
        f"The serving process had {memory[0]:.0f} MB before all that, and {memory[1]:.0f} MB after it.",
    ]


def _table(found: list[Took]) -> list[str]:
    rows = [
        f"| {one.what} | {one.median:.1f} ms | {one.p95:.1f} ms | {one.p99:.1f} ms | {one.worst:.0f} ms "
        f"| {one.rate:,.0f} |"
        for one in found
    ]
    return ["| what | median | 95 % | 99 % | worst | answers a second |", "|---|---|---|---|---|---|", *rows]


def _judged(broken_by: list[str]) -> str:
    return "holds" if not broken_by else f"does not hold for {', '.join(broken_by)}"


def _of_the_rush(rushed: Rush) -> list[str]:
    rows = {f"`{path}`": took for path, took in rushed.took.items()} | {"all of it, with the provider": rushed.whole}
    return [
        f"{len(rushed.whole)} people sign in within {WITHIN_S:.0f} seconds, each in a new browser:",
        "",
        "| what | times | median | 95 % | worst |",
        "|---|---|---|---|---|",
        *(
            f"| {what} | {len(took)} | {1000 * statistics.median(took):,.0f} ms | "
            f"{1000 * statistics.quantiles(took, n=20)[-1]:,.0f} ms | {1000 * max(took):,.0f} ms |"
            for what, took in rows.items()
        ),
    ]


if __name__ == "__main__":
    main()
