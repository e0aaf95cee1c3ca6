"""Two hundred people sign in within a minute: how long the portal takes of it, redirect by redirect."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from time import perf_counter
from urllib.parse import urljoin, urlsplit

import aiohttp

PEOPLE, WITHIN_S = 200, 60.0
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(slots=True)
class Rush:
    """Seconds, by what was asked of the portal; whole: a person's, the provider's part with it."""

    took: dict[str, list[float]] = field(default_factory=dict)
    whole: list[float] = field(default_factory=list)


async def rush(url: str, accounts: Sequence[tuple[str, str]], within_s: float = WITHIN_S) -> Rush:
    """Each comes at a moment of their own, in a browser that nobody has used. Raises AssertionError if any fails."""
    found, by_chance = Rush(), random.Random(1)  # moments, no secrets
    moments = sorted(by_chance.uniform(0, within_s) for _ in accounts)
    began = perf_counter()

    async def one(at: float, account: tuple[str, str]) -> None:
        await asyncio.sleep(max(0.0, began + at - perf_counter()))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            await _sign_in(browser, url, account, found)

    await asyncio.gather(*(one(at, account) for at, account in zip(moments, accounts, strict=True)))
    return found


async def _sign_in(browser: aiohttp.ClientSession, url: str, account: tuple[str, str], found: Rush) -> None:
    began = perf_counter()
    at, status, text = await _led(browser, url + "/", None, url, found)
    fields = [dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(text)]
    form = {one["name"]: unescape(one.get("value", "")) for one in fields if "name" in one}
    action = re.search(r'<form\b[^>]*action="([^"]*)"', text)
    form |= {"name": account[0], "password": account[1]}
    at, status, text = await _led(browser, urljoin(at, unescape(action[1]) if action else at), form, url, found)
    if (at, status) != (f"{url}/", 200):
        raise AssertionError(f"nobody was signed in: {status} at {urlsplit(at).path}")
    found.whole.append(perf_counter() - began)


async def _led(
    browser: aiohttp.ClientSession, at: str, form: dict[str, str] | None, url: str, found: Rush
) -> tuple[str, int, str]:
    """Where redirects lead: the address, how it answered, and the page."""
    while True:
        began = perf_counter()
        method = "GET" if form is None else "POST"
        async with browser.request(method, at, data=form, allow_redirects=False) as answer:
            text = await answer.text()
        if at.startswith(url):
            found.took.setdefault(urlsplit(at).path, []).append(perf_counter() - began)
        if answer.status not in (301, 302, 303, 307):
            return at, answer.status, text
        at, form = urljoin(at, answer.headers["location"]), None
