"""How long one person waits: from a new picture in Exchange until SharePoint serves its pixels. Writes the figures.

Run by `make bench-request`, from the repository's root.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

sys.path.insert(0, ".")
from performance_page import measured_here, write_section
from tests.pictures import encoded, mosaic
from tests.tenant_control import TenantControl
from tests.tenant_process import SAMEPIC, tenant_process

from samepic.config.load import load
from samepic.imaging import same_picture
from samepic.model.picture import Picture
from samepic.transport.client import Meter
from samepic.transport.clouds import custom
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientCertificate
from samepic.wiring import assembled

WARM, COLD = 50, 5


def main() -> None:
    """Measure, print, write."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "samepic.toml")
        with tenant_process("--people", "60", "--write-config", str(config)) as tenant:
            upn = next(p["upn"] for p in tenant.control.people("plain"))
            warm = asyncio.run(_warm(config, tenant.control, upn))
            before = _processor_seconds()
            cold = [_cold(config, tenant.control, upn, 1000 + n) for n in range(COLD)]
            busy = (_processor_seconds() - before) / COLD
    rows = [
        ("a request in a running process, warm tokens, until userphoto.aspx serves the new pixels", warm, 0.3),
        (f"`samepic sync PERSON` from a cold shell ({busy:.1f} s of it at work)", cold, 2.0),
    ]
    write_section("make bench-request", lines := _lines(rows))
    sys.stdout.write("\n".join([*lines, ""]))


async def _warm(config: Path, control: TenantControl, upn: str) -> list[float]:
    configuration = load(config)
    [route] = configuration.settings.routes
    of = configuration.settings.microsoft365
    app = App(of.tenant_id, of.client_id, ClientCertificate.load(configuration.file(of.certificate or Path())))
    url = of.url or ""
    connection = TenantConnection(custom(url), app)
    site = connection.sharepoint(Meter("bench"), url, grants=(), at_once=1)
    shown = f"/_layouts/15/userphoto.aspx?size=L&accountname={quote(upn)}"
    took = []
    async with assembled(configuration, route) as assembly:
        for number in range(WARM + 3):
            data = encoded(mosaic(number, 648, 648))
            control.put_picture(upn, "exchange", data)
            began = perf_counter()
            done = await assembly.engine.sync([upn])
            served = await site.send("GET", shown, doing="userphoto.aspx")
            took.append(perf_counter() - began)
            if done.written != 1 or not same_picture(Picture(served.body), Picture(data)):
                raise SystemExit(f"the new picture is not shown: {done}")
    await site.aclose()
    await connection.http.aclose()
    return took[3:]  # the first ones fetch tokens and open connections


def _cold(config: Path, control: TenantControl, upn: str, number: int) -> float:
    control.put_picture(upn, "exchange", encoded(mosaic(number, 648, 648)))
    began = perf_counter()
    subprocess.run(  # noqa: S603  # the command that is measured
        [SAMEPIC, "sync", upn, "--config", str(config)], check=True, capture_output=True
    )
    return perf_counter() - began


def _processor_seconds() -> float:
    """What the processes that have ended used; where a machine is busy, they waited for the rest."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _lines(rows: list[tuple[str, list[float], float]]) -> list[str]:
    lines = [
        "# How long one person waits",
        "",
        "Written by `make bench-request`; the tenant is a process of its own on the same machine.",
        "",
        measured_here(),
        "",
        "| what | times | median | best | worst | at most |",
        "|---|---|---|---|---|---|",
    ]
    for what, took, limit in rows:
        figures = (statistics.median(took), min(took), max(took), limit)
        lines.append(f"| {what} | {len(took)} | " + " | ".join(f"{1000 * one:,.0f} ms" for one in figures) + " |")
    return lines


if __name__ == "__main__":
    main()
