"""Marked secrets, commands that fail in every way against a host that repeats all it hears, and nothing of it anywhere.

What is looked through: standard output and error, every log record at every level, and every file that a command
left, the state's pages, the journal and the report among them.
"""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from tests.command_line import Ended, Office, samepic
from tests.conftest import RunningTenant
from tests.parrot import ACCESS, COOKIE, DEVICE, JWT, REFRESH, Parrot, parrot
from tests.pictures import encoded, mosaic

from samepic import wiring
from samepic.cli import logging as cli_logging
from samepic.config.certificate import make_certificate
from samepic.config.load import load
from samepic.config.secrets import SecretSource
from samepic.config.template import Found, render
from samepic.ports.errors import SystemFault
from samepic.transport import unspoken
from samepic.transport.client import HttpOptions, Meter, Patience

SECRET = "app-secret~Canary/1+2=3&4"
PASSWORD = "proxy-Canary p@ss/word"
GIVEN = (SECRET, PASSWORD, ACCESS, REFRESH, COOKIE, DEVICE, JWT)
COMMANDS = (
    ("check",),
    ("check", "--json"),
    ("status", "--json"),
    ("plan", "--report", "report.html"),
    ("sync", "--json"),
    ("sync", "ola@contoso.example"),
    ("explain", "ola@contoso.example", "--json"),
    ("runs", "--json"),
    ("sign-in",),
)


def marks(secret: str) -> set[bytes]:
    """What would show that a secret was told: itself or a half of it, plain, quoted, or in base64 at any offset."""
    half = secret[: max(12, min(24, len(secret) // 2))]
    found = {secret, half, quote(half, safe=""), quote_plus(half)}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + half.encode()).decode()
        found.add(coded[4:-4] if shift else coded[:-4])
    return {text.encode() for text in found if len(text) >= 10}


class Place:
    """An administrator's folder that points at the parrot, and all that is written while commands run in it."""

    def __init__(self, folder: Path, bird: Parrot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.bird = folder, bird
        self.config = folder / "samepic.toml"
        self.by_secret = True
        self.records: list[str] = []
        self.secrets = set(GIVEN)
        make_certificate(folder / "samepic.pem", folder / "samepic.cer", "Canary")
        monkeypatch.setenv("SAMEPIC_CLIENT_SECRET", SECRET)
        monkeypatch.chdir(folder)

    def write(self, **more: str) -> None:
        found = Found(
            "0f0f0f0f-0000-4000-8000-000000000000", "client", "custom", self.bird.url,
            None if self.by_secret else Path("samepic.pem"), "SAMEPIC_CLIENT_SECRET" if self.by_secret else None,
        )  # fmt: skip
        lines = "".join(f'{name} = "{value}"\n' for name, value in more.items())
        self.config.write_text(render(found).replace("[microsoft365]\n", f"[microsoft365]\n{lines}"))

    def run(self, *arguments: str) -> Ended:
        return samepic(*arguments, "--config", str(self.config), "--log-format", "json")

    def look_through(self, ended: Ended, case: str) -> None:
        """Fails with the case and where a secret is."""
        written = {"standard output": ended.out.encode(), "standard error": ended.err.encode()}
        written["log"] = "\n".join(self.records).encode()
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name not in ("administrator.token", "samepic.pem", "samepic.toml"):
                written[path.name] = path.read_bytes()
        secrets = self.secrets | {word for said in self.bird.heard for word in _assertions(said)}
        for where, data in written.items():
            for secret in secrets:
                told = [mark for mark in marks(secret) if mark in data]
                assert not told, f"{case}: {where} has {told[0]!r} of {secret!r}"
        self.records.clear()


def _assertions(said: str) -> set[str]:
    return {part.partition("&")[0] for part in said.split("client_assertion=")[1:]}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(unspoken, "_UNSPOKEN", unspoken._Unspoken())  # as in a new process
    options = HttpOptions(patience=Patience(attempts=2, first=timedelta(0), longest=timedelta(0)))

    def quick(configuration: object) -> HttpOptions:
        proxy = load(tmp_path / "samepic.toml").settings.microsoft365.proxy
        return HttpOptions(patience=options.patience, proxy=proxy)

    monkeypatch.setattr(wiring, "http_options", quick)
    start = cli_logging.start
    with parrot() as bird:
        place = Place(tmp_path, bird, monkeypatch)

        class Keep(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                place.records.append(self.format(record) + repr(record.args))

        def at_every_level(log_format: object, level: int = 0) -> None:
            start(log_format, logging.DEBUG)  # type: ignore[arg-type]  # as it was given
            logging.getLogger("samepic").addHandler(keep)

        keep = Keep()
        monkeypatch.setattr(cli_logging, "start", at_every_level)
        root = logging.getLogger()
        root.addHandler(keep)
        level = root.level
        root.setLevel(logging.DEBUG)
        yield place
        root.removeHandler(keep)
        root.setLevel(level)
        logging.getLogger("samepic").removeHandler(keep)


MODES = ("401", "403", "403cut", "404", "500", "500cut", "400", "page", "shape", "moved", "moved_in_circles")


def test_whatever_a_host_repeats_is_repeated_to_nobody(place: Place) -> None:
    place.write()
    with parrot() as thief:
        place.bird.elsewhere = thief.url
        for number, mode in enumerate(MODES):
            place.bird.mode, place.bird.token = mode, JWT if number % 2 else ACCESS
            for command in (COMMANDS * 3)[2 * number : 2 * number + 2]:
                place.look_through(place.run(*command), f"{mode} {command}")
        assert thief.heard == [], "a redirect was followed"
    assert any("Authorization: Bearer" in said for said in place.bird.heard), "tokens were sent at all"
    assert not any("Cookie:" in said for said in place.bird.heard), "a cookie was taken"


@pytest.mark.parametrize("by_secret", [True, False], ids=["secret", "certificate"])
def test_what_an_authority_repeats_is_repeated_to_nobody(place: Place, by_secret: bool) -> None:
    place.by_secret = by_secret
    place.write()
    with parrot() as thief:
        place.bird.elsewhere = thief.url
        for number, door in enumerate(("401", "400", "403cut", "500", "page", "shape", "moved")):
            place.bird.door = door
            for command in (("check",), ("sync", "--json"), ("sign-in",))[number % 3 :][:1]:
                place.look_through(place.run(*command), f"the door {door} {command}")
        assert thief.heard == [], "a redirect was followed"


def test_an_administrators_tokens_are_repeated_to_nobody(place: Place) -> None:
    place.by_secret = False
    place.write()
    configuration = load(place.config)
    kept = wiring.refresh_tokens(configuration)
    kept.save(REFRESH)
    place.look_through(place.run("check"), "an administrator has signed in")
    for door in ("400", "401", "500", "403cut", "page", "shape"):
        place.bird.door = door
        delegated = wiring._connection(configuration, kept).delegated
        assert delegated is not None
        with pytest.raises(SystemFault) as caught:
            asyncio.run(delegated.bearer("scope", Meter("sharepoint_online")))
        place.look_through(Ended(1, "", f"{caught.value} {caught.value!r}"), f"the door {door}")
    assert any("grant_type=refresh_token" in said for said in place.bird.heard)


def test_a_proxys_password_and_its_own_page_are_repeated_to_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://somebody:{quote(PASSWORD, safe='')}@{place.bird.url.removeprefix('http://')}"
    place.write(proxy=address)
    place.bird.door = "407"
    place.look_through(place.run("check"), "the proxy refuses")
    assert any("Proxy-Authorization" in said for said in place.bird.heard)
    place.write(proxy=address.replace(place.bird.url.rpartition(":")[2], "9"))
    place.look_through(place.run("check", "--json"), "the proxy is not there")
    place.write()
    monkeypatch.setenv("HTTP_PROXY", address)
    monkeypatch.setenv("http_proxy", address)
    place.look_through(place.run("check"), "the proxy of the environment refuses")


def test_a_file_with_secrets_in_it_is_refused_without_them(place: Place) -> None:
    place.write(secret=SECRET, proxy=f"socks5://somebody:{quote(PASSWORD, safe='')}@x", client_secret=SECRET)
    place.look_through(place.run("check"), "secrets in the file")
    place.config.write_text(place.config.read_text() + f'\nx = "{SECRET}" "')
    place.look_through(place.run("check"), "no TOML")


def test_a_command_or_a_file_that_fails_does_not_tell_what_it_said(place: Place) -> None:
    place.write()
    text = place.config.read_text()
    secret = place.folder.parent / "secret-outside"
    secret.write_bytes(SECRET.encode() + b"\xff")
    for source in (f"command = \"sh -c 'echo {SECRET}; echo {SECRET} >&2; exit 3'\"", f'file = "{secret}"'):
        place.config.write_text(text.replace('env = "SAMEPIC_CLIENT_SECRET"', source))
        ended = place.run("check")
        assert ended.code == 1
        assert not [mark for mark in marks(SECRET) if mark in (ended.out + ended.err).encode()]


def test_what_holds_secrets_does_not_show_them(place: Place) -> None:
    place.write(proxy=f"http://somebody:{quote(PASSWORD, safe='')}@proxy.example:3128")
    configuration = load(place.config)
    connection = wiring._connection(configuration, wiring.refresh_tokens(configuration))
    source = SecretSource(env="SAMEPIC_CLIENT_SECRET")
    held = (
        configuration, configuration.settings, configuration.settings.microsoft365, connection, connection.app,
        connection.app.credential, connection.http, connection.http.options, connection.tokens, connection.delegated,
        source, unspoken._UNSPOKEN,
    )  # fmt: skip
    shown = "".join(f"{one!r} {one!s}" for one in held).encode()
    assert not [mark for secret in (SECRET, PASSWORD) for mark in marks(secret) if mark in shown]


def test_what_init_and_the_state_leave_is_for_its_owner(place: Place, tmp_path: Path) -> None:
    before = os.umask(0)  # the most careless of all
    try:
        shutil.rmtree(place.folder / "samepic-state", ignore_errors=True)
        (place.folder / "samepic.pem").unlink()
        ended = samepic(
            "init", "--tenant", "contoso.example", "--url", "http://127.0.0.1:9", "--client-id", "x",
            "--config", str(place.folder / "made.toml"),
        )  # fmt: skip
        assert ended.code == 0, ended.err
        place.write()
        place.bird.mode = "403"
        place.run("sync")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.folder.rglob("*")}
    assert modes["samepic.pem"] == 0o600 and modes["samepic-state"] == 0o700 and modes["state.sqlite"] == 0o600
    assert b"PRIVATE" not in (place.folder / "made.toml").read_bytes() + ended.out.encode() + ended.err.encode()


def test_a_run_that_goes_well_tells_no_token_and_no_picture(tmp_path: Path, tenant: RunningTenant) -> None:
    """Every record of every library, at every level, while pictures are carried over."""
    marked = "picture-Canary-1234567"
    office = Office(tmp_path, tenant)
    upn = next(str(one["upn"]) for one in tenant.control.people("never_visited"))
    jpeg = encoded(mosaic(7, 300, 300), comment=marked.encode())
    tenant.control.put_picture(upn, "exchange", jpeg)
    root = logging.getLogger()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        ended = office.run("sync", upn, "--json", "--report", str(tmp_path / "report.html"))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert ended.code == 0 and '"written": 1' in ended.out, ended.err
    written = {"out": ended.out, "err": ended.err, "log": stream.getvalue()}
    written |= {path.name: path.read_text() for path in tmp_path.rglob("report.html")}
    database = b"".join(path.read_bytes() for path in tmp_path.rglob("state.sqlite*") if path.is_file())
    for where, text in (*written.items(), ("state", database.decode("latin-1"))):
        for mark in (*marks(marked), b"eyJ"):
            assert mark not in text.encode("latin-1", "replace"), (where, mark)
