"""`samepic init`: a commented samepic.toml, and a certificate, from as little as a domain's name."""

from __future__ import annotations

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from samepic.cli import logging
from samepic.cli.options import Config, Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import Screen
from samepic.cli.session import fail
from samepic.config.certificate import make_certificate, public_part
from samepic.config.load import DEFAULT_FILE
from samepic.config.owned_file import OTHERS_MAY_READ, write_owned
from samepic.config.settings import OPEN_CLIENT_ID
from samepic.config.template import Found, render
from samepic.ports.errors import SystemFault


class CloudName(StrEnum):
    """Where the tenant is."""

    GLOBAL = "global"
    US_GOVERNMENT = "us_government"
    US_DOD = "us_dod"
    CHINA = "china"
    CUSTOM = "custom"


def init(
    tenant: Annotated[str | None, typer.Option(metavar="DOMAIN", help="A domain of the tenant, or its id.")] = None,
    client_id: Annotated[
        str | None, typer.Option(metavar="ID", help="The application's id, where it is registered.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A PEM file with certificate and key; made when left out.")
    ] = None,
    secret_env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment variable that holds a client secret (Graph only)."),
    ] = None,
    cloud: Annotated[CloudName, typer.Option(help="Which of Microsoft's clouds.")] = CloudName.GLOBAL,
    url: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The address of a local tenant, with --cloud custom.")
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(metavar="FILE", help="A private certificate authority.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a samepic.toml that is there.")] = False,
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Write a commented samepic.toml. Asks for the tenant's domain and finds out the rest.

    With --json: the file, the tenant's id, the certificate, and what is left to do.
    """
    logging.start(log_format)
    file = config or Path(DEFAULT_FILE)
    console = Screen(soft_wrap=True, quiet=as_json)
    if file.exists() and not force:
        raise fail(f"{file} is there already; --force replaces it, --config names another")
    if url is not None and cloud is CloudName.GLOBAL:
        cloud = CloudName.CUSTOM
    if (url is None) == (cloud is CloudName.CUSTOM):
        raise fail("--url goes with --cloud custom, and only with it")
    if url is not None and not url.startswith(("http://", "https://")):
        raise fail(f"--url is an address such as http://127.0.0.1:8365, not {url!r}")
    tenant = tenant or _asked("A domain of your tenant, such as contoso.com")
    found_id = _tenant_id(tenant, cloud, url, ca_file, console)
    made = certificate is None and secret_env is None
    if made:
        certificate = _certificate(file.parent, tenant, console)
    found = Found(
        tenant_id=found_id,
        client_id=client_id or OPEN_CLIENT_ID,
        cloud=cloud.value,
        url=url,
        certificate=_beside(file, certificate),
        secret_env=secret_env,
        ca_file=_beside(file, ca_file),
    )
    write_owned(file, render(found).encode())
    left = _left(client_id, made, file)
    if as_json:
        key_file = None if certificate is None else str(certificate)
        print_json({"file": str(file), "tenant_id": found_id, "certificate": key_file, "left": left})
    console.print(f"Wrote {file}.", highlight=False, markup=False)
    for number, step in enumerate(left, start=1):
        console.print(f"{number}. {step}", highlight=False, markup=False)


def _asked(question: str) -> str:
    if not sys.stdin.isatty():
        raise fail("--tenant is needed: a domain of the tenant, such as contoso.com, or its id")
    return str(typer.prompt(question))


def _tenant_id(tenant: str, cloud: CloudName, url: str | None, ca_file: Path | None, console: Screen) -> str:
    """The id behind a domain; the domain itself where nobody can be asked, which works as well."""
    from samepic.transport import clouds
    from samepic.transport.discovery import tenant_id_of

    where = clouds.custom(url) if url else clouds.CLOUDS[cloud.value]
    try:
        found = asyncio.run(tenant_id_of(where, tenant, ca_file))
    except SystemFault as fault:
        console.print(
            f"The tenant's id could not be found out ({fault.saw}); the domain stands in for it.", markup=False
        )
        return tenant
    if found is None:
        raise fail(f"{where.authority} knows no tenant {tenant!r}; check the domain, and --cloud")
    if found != tenant:
        console.print(f"{tenant} is tenant {found}.", highlight=False, markup=False)
    return found


def _certificate(folder: Path, tenant: str, console: Screen) -> Path:
    key_file, public_file = folder / "samepic.pem", folder / "samepic.cer"
    if key_file.exists():
        try:
            public = public_part(key_file)
        except ValueError:
            words = f"{key_file} holds no certificate; move it away and one is made, or name yours with --certificate"
            raise fail(words) from None
        console.print(f"Using {key_file}, which is there already.", highlight=False, markup=False)
        if not public_file.exists():
            write_owned(public_file, public, OTHERS_MAY_READ)
        return key_file
    make_certificate(key_file, public_file, name=f"Samepic for {tenant}")
    console.print(
        f"Made {key_file} (certificate and private key, readable by you only) and {public_file}.",
        highlight=False,
        markup=False,
    )
    return key_file


def _beside(file: Path, path: Path | None) -> Path | None:
    """A path as the configuration shall name it: relative to its folder where it lies below."""
    if path is None:
        return None
    whole, folder = path.resolve(), file.parent.resolve()
    return whole.relative_to(folder) if whole.is_relative_to(folder) else whole


def _left(client_id: str | None, made: bool, file: Path) -> list[str]:
    """What a person still has to do, in this order."""
    steps = []
    if client_id is None:
        steps.append(f"Register an application in the tenant and put its id into client_id in {file}.")
    if made:
        steps.append("Upload samepic.cer to the application: Certificates & secrets, Certificates.")
    if steps:
        steps.append("Grant its permissions: docs/how-to/connect-microsoft-365.md has the table.")
    steps.append("Run samepic check.")
    return steps
