"""`samepic sign-in`: an administrator signs in by a short code, for tenants that deny an app what it needs."""

from __future__ import annotations

import asyncio

from rich.console import Console

from samepic.cli import session
from samepic.cli.options import Config, Log, LogFormat
from samepic.ports.errors import SystemFault
from samepic.transport.client import HttpClient
from samepic.transport.device_code import DeviceCodeSignIn
from samepic.wiring import delegated_scope, http_options, refresh_tokens, where


def sign_in(config: Config = None, log_format: Log = LogFormat.TEXT) -> None:
    """Let a SharePoint administrator sign in, for tenants that deny profile writes to an app alone.

    Prints an address and a code to use on any device, waits, and keeps a refresh token in the state folder.
    `samepic check` says whether this is needed.
    """
    settings = session.configuration(config, log_format)
    console = Console(soft_wrap=True)
    store = refresh_tokens(settings)

    async def wait() -> None:
        cloud, http = where(settings), HttpClient(http_options(settings))
        app = settings.settings.microsoft365
        signing_in = DeviceCodeSignIn(
            http, cloud.authority, app.tenant_id, app.client_id, await delegated_scope(settings)
        )
        try:
            code = await signing_in.begin()
            console.print(
                f"Open {code.verification_uri} on any device and type the code {code.user_code}.\n"
                f"Sign in as a SharePoint administrator. The code is good for {code.expires_in.seconds // 60} minutes.",
                highlight=False,
                markup=False,
            )
            await signing_in.finish(code, store)
        finally:
            await http.aclose()

    try:
        asyncio.run(wait())
    except SystemFault as fault:
        raise session.fail(str(fault)) from None
    console.print("Signed in. The refresh token is in the state folder, readable by you only.", highlight=False)
