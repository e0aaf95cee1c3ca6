"""`samepic sign-in`: an administrator signs in by a short code, for tenants that deny an app what it needs."""

from __future__ import annotations

import asyncio

from samepic.cli import session
from samepic.cli.options import Config, Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import Screen
from samepic.config.load import Configuration
from samepic.ports.errors import AccessDenied, SystemFault
from samepic.transport.credentials import UnusableCertificate
from samepic.transport.device_code import DeviceCode
from samepic.transport.tokens import SIGN_IN
from samepic.wiring import SignIn, signing_in


def sign_in(config: Config = None, as_json: Json = False, log_format: Log = LogFormat.TEXT) -> None:
    """Let an administrator sign in, where an app alone may not write.

    Some tenants deny profile writes in SharePoint to an app by itself; `samepic check` says whether yours does. Prints
    an address and a code to use on any device, waits, tries whether they may change profiles, and keeps a refresh
    token in the state folder. With --json: one object with the code, and one when it is done.
    """
    settings = session.configuration(config, log_format)
    try:
        asyncio.run(_wait(settings, as_json=as_json))
    except AccessDenied as denied:
        raise session.fail("\n".join([str(denied), *session.granting(denied)])) from None
    except (SystemFault, UnusableCertificate, OSError) as fault:
        raise session.fail(str(fault)) from None
    if as_json:
        print_json({"signed_in": True})
    else:
        _console().print("Signed in. The refresh token is in the state folder, readable by you only.")


async def _wait(settings: Configuration, *, as_json: bool) -> None:
    async with signing_in(settings) as begun:
        code = await begun.by_code.begin()
        _show(code, as_json=as_json)
        await begun.by_code.finish(code, begun.token)
        await _keep(begun)


async def _keep(begun: SignIn) -> None:
    """Only what serves is kept: one who is no administrator does not take the place of one who is."""
    sharepoint = begun.sharepoint()
    try:
        tried = await sharepoint.probe()
    finally:
        await sharepoint.aclose()
    if tried.can_write is False:
        raise AccessDenied("sign-in", "SharePoint", tried.words, (SIGN_IN,))
    token = begun.token.load()
    assert token is not None  # `finish` has saved one
    begun.kept.save(token)


def _show(code: DeviceCode, *, as_json: bool) -> None:
    if as_json:
        seconds = round(code.expires_in.total_seconds())
        print_json({"verification_uri": code.verification_uri, "user_code": code.user_code, "expires_in": seconds})
        return
    minutes = round(code.expires_in.total_seconds() / 60)
    _console().print(
        f"Open {code.verification_uri} on any device and type the code {code.user_code}.\n"
        f"Sign in as a SharePoint administrator. The code is good for {minutes} minutes.",
        markup=False,
    )


def _console() -> Screen:
    return Screen(soft_wrap=True, highlight=False)
