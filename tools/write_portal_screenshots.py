"""Write docs/start/portal/*.png: the portal's pages as Debian's Chromium shows them. `make screenshots` runs it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, ".")
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from tests.pictures import encoded, mosaic
from tests.tenant_control import TenantControl
from write_screenshots import SAMEPIC, WIDE, sign_in

FOLDER = Path("docs/start/portal")
ROUTE = "exchange-to-sharepoint"
MIXED_UP = 16


def main() -> None:
    """One organisation: first somebody's own pages, then everybody's, then what a held plan looks like."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, portal() as (url, said, samepic):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for_a_person(browser, url, said["sign_in"])
        keep(entered(browser, url, said["sign_in"], locale="lv-LV"), url, "/my/why", "why-lv")
        control = TenantControl(said["url"], said["control_token"])
        mix_up(control)
        samepic("sync")  # the first one: what differs would be written over, and that is held
        for_an_administrator(browser, url, said["administrator"], control)
        browser.close()


def for_a_person(browser: Browser, url: str, who: dict[str, str]) -> None:
    """From what nobody sees yet to the same picture everywhere."""
    page = entered(browser, url, who)
    page.wait_for_selector(".pair")
    keep(page, url, "/", "home-before")
    page.click(".tile button")
    page.wait_for_selector(".good")
    keep(page, url, None, "home")
    keep(page, url, "/my", "my-picture")
    file = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": portrait(page, url)}
    page.goto(f"{url}/my/upload")
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]  # a plain dict serves
    page.wait_for_timeout(1_500)
    keep(page, url, None, "upload")


def for_an_administrator(browser: Browser, url: str, who: dict[str, str], control: TenantControl) -> None:
    """What needs attention, why, and who it is about."""
    page = entered(browser, url, who)
    keep(page, url, "/admin", "overview")
    page.click("a[href*='/plans/']")
    page.wait_for_timeout(2_000)
    keep(page, url, None, "held-plan")
    keep(page, url, "/admin/people", "people")
    person = control.people("plain")[3]["id"]
    page.goto(f"{url}/admin/people/{person}")
    page.wait_for_timeout(3_000)
    keep(page, url, None, "person")
    keep(page, url, "/admin/audit", "audit-log")


def mix_up(control: TenantControl) -> None:
    """Somebody's script gives people pictures of nobody."""
    shown = [one["id"] for one in control.people() if control.picture(one["id"], "sharepoint-l") is not None]
    for number, person in enumerate(shown[:MIXED_UP]):
        for size in "sml":
            control.put_picture(person, f"sharepoint-{size}", encoded(mosaic(number)))


def portrait(page: Page, url: str) -> bytes:
    """The picture that the person has already, as a file."""
    page.goto(f"{url}/my")
    page.wait_for_selector("img.face")
    address = page.locator("img.face").first.get_attribute("src")
    return bytes(page.request.get(f"{url}{address}").body())


@contextlib.contextmanager
def portal() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """A tenant and the portal before it: its address, what the tenant said, and what runs a command on both."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        config = Path(folder, "samepic.toml")
        command = ["tenant", "serve", "--people", "120", "--port", "0", "--budget", "all=off"]
        tenant = started(stack, *command, "--write-config", str(config), stdout=subprocess.PIPE)
        said = json.loads(tenant.stdout.readline())
        text = config.read_text().replace("[portal]\n", '[portal]\nlisten = "127.0.0.1:0"\n')
        config.write_text(text.replace("[service]\n", '[service]\nlisten = "off"\n'))
        serving = started(stack, "serve", "--config", str(config), stderr=subprocess.PIPE)
        url = next(found[1] for line in serving.stderr if (found := re.search(r"portal answers at (\S+)", line)))

        def samepic(command: str) -> None:
            done = [*SAMEPIC, command, "--config", str(config)]
            subprocess.run(done, check=False, capture_output=True)  # noqa: S603  # a held plan is no failure here

        yield url, said, samepic


def started(stack: contextlib.ExitStack, *arguments: str, **where: Any) -> Any:
    """A command of ours, ended with the stack."""
    process = subprocess.Popen([*SAMEPIC, *arguments], text=True, **where)  # noqa: S603
    stack.callback(process.wait, 20)
    stack.callback(process.send_signal, signal.SIGTERM)
    return process


def entered(browser: Browser, url: str, who: dict[str, str], **options: Any) -> Page:
    """A private window, signed in."""
    context = browser.new_context(**({"locale": "en-GB", "viewport": WIDE} | options))
    page = context.new_page()
    page.goto(url)
    sign_in(page, url, who)
    return page


def keep(page: Page, url: str, path: str | None, name: str) -> None:
    """One picture of the window, of an address or as it stands; when all that comes later has come."""
    if path is not None:
        page.goto(url + path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = shot.quantize(256, kmeans=3, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
