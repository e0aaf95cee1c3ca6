"""What this process has proved itself with, so that an answer which sends it back is not repeated to anybody.

A gateway's error page may show the request that it refuses, and a token need not look like one. What was given or
sent is therefore known by its value, for as long as the process runs, in the forms in which pages and logs show it.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from urllib.parse import quote, quote_plus

INSTEAD = "[secret]"

_SHORTEST = 6
"""A shorter one would take ordinary words out of every sentence."""
_TOLD_BY = 16
"""So much of the beginning tells a longer one: pages cut what they show."""
_MOST = 500
"""Of those that pass, the newest: tokens last an hour, and a process may run for months. A portal has more sign-ins in
a morning than that, so that what the process itself proves itself with is counted apart: it is never pushed out."""


class _Unspoken:
    """Shows nothing of itself, as no secret's holder does."""

    def __init__(self) -> None:
        self._lasting: dict[str, re.Pattern[str]] = {}
        self._passing: dict[str, re.Pattern[str]] = {}

    def keep(self, secret: str, *, passing: bool) -> None:
        known = self._passing if passing else self._lasting
        if len(secret) < _SHORTEST or secret in self._lasting:
            return
        pattern = self._passing.pop(secret, None)  # used again: the newest
        if passing and len(known) >= _MOST:
            del known[next(iter(known))]
        known[secret] = pattern or re.compile("|".join(map(_found_by, sorted(_forms(secret), key=len, reverse=True))))

    def forget(self, secret: str) -> None:
        self._passing.pop(secret, None)

    def without(self, text: str) -> str:
        for pattern in (*self._lasting.values(), *self._passing.values()):
            text = pattern.sub(INSTEAD, text)
        return text


_UNSPOKEN = _Unspoken()


def unspoken(secret: str, *, passing: bool = False) -> str:
    """The secret itself, from now on taken out of whatever is told. passing: a token, of which there are many."""
    _UNSPOKEN.keep(secret, passing=passing)
    return secret


def forgotten(secret: str) -> None:
    """A token that is over, of somebody who signed out, say: it is not kept here either."""
    _UNSPOKEN.forget(secret)


def without_secrets(text: str) -> str:
    """Words for a reader or a log."""
    return _UNSPOKEN.without(text)


def _forms(secret: str) -> set[str]:
    """As it is, as a form's field, a link, JSON, a page and base64 show it; the last wherever it begins in a group."""
    data = secret.encode(errors="replace")
    shifted = {
        b64encode(b"\0" * shift + data).decode()[(0, 2, 3)[shift] : -4 if (shift + len(data)) % 3 else None]
        for shift in range(3)
    }
    url_safe = {form.replace("+", "-").replace("/", "_") for form in shifted}
    written = {quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], html.escape(secret)}
    return {form for form in {secret} | written | shifted | url_safe if len(form) >= _SHORTEST}


def _found_by(form: str) -> str:
    if len(form) <= _TOLD_BY:
        return re.escape(form)
    return re.escape(form[:_TOLD_BY]) + r"[^\s\"'<>&,;\\]*"
