"""A first load under a budget that binds, beside a loop that knows of none. Writes the figures.

Run by `make bench-budget`, from the repository's root.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, ".")
import aiohttp
from performance_page import measured_here, write_section
from tests.tenant_control import TenantControl
from tests.tenant_process import SAMEPIC, tenant_process

from samepic.config.load import Configuration, load
from samepic.systems.sharepoint_online import csom, wire
from samepic.transport.client import Meter
from samepic.transport.clouds import custom
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientCertificate

PEOPLE, UNITS, SCALE = 700, 1250, 1  # the smallest tenant's own
WINDOW_S = 60 / SCALE
AT_ONCE = 8
FOLDER = "/User Photos/Profile Pictures"
NAME = "sharepoint_app_minute"
UNITS_OF_A_PERSON = 4 * 2
"""What nobody can do without: three files stored and one request that sets the properties, at 2 units each."""


@dataclass(frozen=True)
class Load:
    """One contender's first load.

    share: units used of what the budget allows in all the time; whole: the same in its whole windows. optimum: of the
    people who could have been written in that time if every unit had been spent on what nobody can do without.
    """

    who: str
    written: int
    seconds: float
    units: float
    windows: int
    share: float
    whole: float
    optimum: float
    calls: int
    throttled: int
    too_early: int


def main() -> None:
    """Measure, print, write."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "samepic.toml")
        budget = ("--budget", "all=off", "--budget", f"{NAME}={UNITS}", "--time-scale", str(SCALE))
        with tenant_process("--people", str(PEOPLE), "--write-config", str(config), *budget) as tenant:
            asyncio.run(_empty(load(config), tenant.control))
            rehearsed = _asked("rehearse", config)
            wait_for_a_window(tenant.control)
            ours, took = _samepic(config, tenant.control)
            tenant.control.reset()
            asyncio.run(_empty(load(config), tenant.control))
            shutil.rmtree(Path(folder, "samepic-state"))
            wait_for_a_window(tenant.control)
            naive = _naive(load(config), tenant.control, ours.written)
    lines = _lines([ours, naive], rehearsed["sync"]["seconds"], took)
    write_section("make bench-budget", lines)
    sys.stdout.write("\n".join([*lines, ""]))


def wait_for_a_window(control: TenantControl) -> None:
    """Everybody begins with a budget that nobody has used."""
    control.json("POST", "/clock", {"advance_seconds": 600})
    control.clear_ledger()


def _asked(command: str, config: Path) -> Any:
    done = subprocess.run(  # noqa: S603  # the command that is measured
        [SAMEPIC, command, "--json", "--config", str(config)], check=True, capture_output=True
    )
    return json.loads(done.stdout)


def _samepic(config: Path, control: TenantControl) -> tuple[Load, float]:
    done = _asked("sync", config)
    return _judged("Samepic", control, done["written"], done["seconds"]), done["seconds"]


def _naive(configuration: Configuration, control: TenantControl, people: int) -> Load:
    upns = [person["upn"] for person in control.people("never_visited")] + [
        person["upn"] for person in control.people("plain")
    ]
    began = perf_counter()
    written = asyncio.run(_loop(configuration, upns[:people]))
    return _judged("a loop that repeats what is refused", control, written, perf_counter() - began)


async def _token(configuration: Configuration) -> tuple[str, str]:
    of = configuration.settings.microsoft365
    app = App(of.tenant_id, of.client_id, ClientCertificate.load(configuration.file(of.certificate or Path())))
    url = of.url or ""
    connection = TenantConnection(custom(url), app)
    token = await connection.tokens.bearer(f"{url}/.default", Meter("bench"))
    await connection.http.aclose()
    return url, token


async def _empty(configuration: Configuration, control: TenantControl) -> None:
    """A library in which nobody has a picture yet: what a first load finds. Costs no budget."""
    url, token = await _token(configuration)
    control.json("PATCH", "/budgets", {NAME: "off"})
    headers = {**csom.HEADERS, "Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session:
        for person in [one for case in ("plain", "changed_since_pull") for one in control.people(case)]:
            for size in "sml":
                control.delete_picture(person["id"], f"sharepoint-{size}")
            body = csom.set_properties(person["upn"], [(wire.PICTURE_URL, ""), (wire.PLACEHOLDER, "")])
            async with session.post(url + csom.PATH, data=body, headers=headers) as answer:
                answer.raise_for_status()
    control.json("PATCH", "/budgets", {NAME: UNITS})


async def _loop(configuration: Configuration, upns: list[str]) -> int:
    """Three files and the properties for each person, eight at once; what is refused is sent again, ever later."""
    url, token = await _token(configuration)
    gate, written = asyncio.Semaphore(AT_ONCE), 0

    async def send(session: aiohttp.ClientSession, path: str, body: bytes, kind: str) -> bool:
        pause = 1.0
        for _ in range(12):
            headers = {"Content-Type": kind, "Authorization": f"Bearer {token}", "Accept": "application/json"}
            async with session.post(url + path, data=body, headers=headers) as answer:
                await answer.read()
                if answer.status not in (429, 503):
                    return answer.ok
            await asyncio.sleep(pause)
            pause = min(2 * pause, 8)
        return False

    async def one(session: aiohttp.ClientSession, number: int, upn: str) -> None:
        nonlocal written
        async with gate:
            sent = [
                await send(
                    session, wire.add_file(FOLDER, f"naive{number}_{size}Thumb.jpg", overwrite=True), b"x", "a/b"
                )
                for size in "SML"
            ]
            body = csom.set_properties(upn, [(wire.PICTURE_URL, f"{url}{FOLDER}/naive{number}_MThumb.jpg")])
            sent.append(await send(session, csom.PATH, body, csom.HEADERS["Content-Type"]))
            written += all(sent)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(one(session, number, upn) for number, upn in enumerate(upns)))
    return written


def _judged(who: str, control: TenantControl, written: int, seconds: float) -> Load:
    judgement = control.json("GET", "/judgement")
    callers = [caller for caller in judgement["callers"] if caller["family"].startswith("sharepoint")]
    spans = [span for span in judgement["spans"] if span["budget"] == NAME]
    units = sum(span["used"] for span in spans)
    return Load(
        who,
        written,
        seconds,
        units,
        len(spans),
        units / (UNITS * seconds / WINDOW_S),
        _in_whole_windows(spans),
        written * UNITS_OF_A_PERSON / (UNITS * seconds / WINDOW_S),
        sum(caller["calls"] for caller in callers),
        sum(caller["throttled"] for caller in callers),
        sum(caller["too_early"] for caller in callers),
    )


def _in_whole_windows(spans: list[dict[str, Any]]) -> float:
    """From the first call until the last window begins; the pauses between windows, which begin by a call, count."""
    if len(spans) < 2:
        return 0.0
    first, last = (datetime.fromisoformat(spans[number]["began"]) for number in (0, -1))
    used: float = sum(span["used"] for span in spans[:-1])
    return used / (UNITS * (last - first).total_seconds() / WINDOW_S)


def _lines(loads: list[Load], rehearsed: float, took: float) -> list[str]:
    lines = [
        "# A budget that binds",
        "",
        f"Written by `make bench-budget`: first loads at a local tenant that lets one application have {UNITS}",
        f"units of SharePoint's in {WINDOW_S:g} seconds, and nothing else limits; nobody has a picture in its library.",
        "*Of the budget* is what was used of it in the seconds that the load took, from the process's start to its",
        "end; *in whole windows* the same from the first call until the last window begins. *At 8 units* counts",
        "people: of those who could have been written in that time if all had been spent on the 8 units that",
        "nobody can do without, three files and one request that sets the properties. What *units a person* has",
        "beyond them is for learning who exists and what is there, for looking whether it took, and for those",
        "whose write SharePoint refuses. A vendor whose windows are fixed gives a whole budget at the first call,",
        "so that a load that asks for all at once may be above 100 % until its last window is over. *Too early* is",
        "the tenant's own judgement, of calls sent before the wait was over that an earlier refusal asked for.",
        "",
        measured_here(),
        "",
        "| who | people written | seconds | windows | of the budget | in whole windows | units a person | at 8 units "
        "| calls | throttled | too early |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in loads:
        lines.append(
            f"| {one.who} | {one.written} | {one.seconds:.0f} | {one.windows} | {one.share:.1%} | {one.whole:.1%} "
            f"| {one.units / max(1, one.written):.1f} | {one.optimum:.1%} "
            f"| {one.calls:,} | {one.throttled:,} ({one.throttled / max(1, one.calls):.1%}) "
            f"| {one.too_early:,} |"
        )
    ours = loads[0]
    kept = min(ours.share, ours.whole) >= 0.95 and ours.throttled <= 0.005 * ours.calls and not ours.too_early
    said = "yes" if kept else "NO"
    lines += [
        "",
        f"At least 95 % of the people whom the budget allows at {ours.units / max(1, ours.written):.1f} units each, "
        f"under 0.5 % throttled, none too early: {said}.",
        f"`samepic rehearse` had told {rehearsed:.0f} s; it took {took:.0f} s ({rehearsed / took - 1:+.0%}).",
    ]
    return lines


if __name__ == "__main__":
    main()
