"""The steps that Microsoft gives a person whose picture is missing, done over HTTP in a fresh session.

A private window, Office home, sign in with the work account, the SharePoint tile. The page behind the tile shows
the person's own large picture: that request is what makes SharePoint fetch it from Exchange.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import quote, urljoin

import aiohttp

from samepic.cli.demo.pages import Page
from samepic.cli.demo.world import DemoFailed, World

ENGLISH = {"Accept-Language": "en"}


@dataclass(frozen=True, slots=True)
class Visit:
    """What the person saw: SharePoint's picture before and after, and how long the steps took.

    seconds_to_picture: from the tile until SharePoint answered with the new picture.
    """

    name: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    seconds_signing_in: float
    seconds_to_picture: float


async def visit(world: World) -> Visit:
    """Do the steps. Raises DemoFailed where a page is not as it should be."""
    jar = aiohttp.CookieJar(unsafe=True)  # the tenant's host is an address, not a name
    async with aiohttp.ClientSession(cookie_jar=jar, headers=ENGLISH) as session:
        begin = perf_counter()
        home = await _signed_in(session, world)
        signed_in = perf_counter()
        tile = home.link_named("SharePoint")
        if tile is None:
            raise DemoFailed("Office home shows no SharePoint tile")
        before = await _picture(session, world, "before")
        start = perf_counter()
        address, page = await _page(session, urljoin(world.url, tile))
        large = next((src for src in page.pictures if "userphoto" in src.casefold() and "size=L" in src), None)
        if large is None:
            raise DemoFailed("SharePoint's page does not show the person's own large picture")
        await _bytes(session, urljoin(address, large))
        after = await _picture(session, world, "after")
        return Visit(world.name, before, after, signed_in - begin, perf_counter() - start)


async def _signed_in(session: aiohttp.ClientSession, world: World) -> Page:
    """Office home, by way of the sign-in page."""
    address, page = await _page(session, world.url + "/")
    form = next((f for f in page.forms if any("pass" in name for name in f.fields)), None)
    if form is None:
        link = page.link_named("Sign in")
        if link is None:
            raise DemoFailed("Office home offers no way to sign in")
        address, page = await _page(session, urljoin(address, link))
        form = next((f for f in page.forms if any("pass" in name for name in f.fields)), None)
    if form is None:
        raise DemoFailed("the sign-in page has no form")
    fields = dict(form.fields)
    fields[next(name for name in fields if "pass" in name)] = world.password
    fields[next(name for name in fields if name in ("login", "username", "loginfmt", "name", "user"))] = world.name
    async with session.post(urljoin(address, form.action), data=fields) as answer:
        html = await answer.text()
        if answer.status != 200:
            raise DemoFailed(f"signing in was answered with {answer.status}")
    return Page(html)


async def _page(session: aiohttp.ClientSession, url: str) -> tuple[str, Page]:
    async with session.get(url) as answer:
        if answer.status != 200:
            raise DemoFailed(f"{answer.url.path} was answered with {answer.status}")
        return str(answer.url), Page(await answer.text())


async def _picture(session: aiohttp.ClientSession, world: World, when: str) -> bytes:
    """The small picture, as a colleague's page shows it: asking for it pulls nothing."""
    url = f"{world.url}/_layouts/15/userphoto.aspx?size=M&accountname={quote(world.name)}&t={when}"
    return await _bytes(session, url)


async def _bytes(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url) as answer:
        if answer.status != 200:
            raise DemoFailed(f"{answer.url.path} was answered with {answer.status}")
        return await answer.read()
