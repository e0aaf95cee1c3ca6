"""The floor: plain aiohttp sends Samepic's own requests again, in their order, and draws each picture once. No logic.

Samepic's drawing is the one that is called, in as many processes as it uses: what a run takes beyond is what its
thinking costs.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

sys.path.insert(0, "tools")
from peers.sign_in import Order, graph_token, order, sharepoint_token

from samepic.imaging import Workers
from samepic.model.picture import PictureFormat
from samepic.model.system import Rendition

AT_ONCE = 32
RENDITIONS = tuple(Rendition(size, edge, PictureFormat.JPEG) for size, edge in (("S", 48), ("M", 72), ("L", 300)))


async def main() -> None:
    """Send, and draw beside it where there is anything to draw."""
    told, recorded = order(), Path(sys.argv[5])
    draws = "--draw" in sys.argv
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        group.create_task(_send_all(session, told, recorded))
        if draws:
            group.create_task(_draw_all(told))


async def _send_all(session: aiohttp.ClientSession, told: Order, recorded: Path) -> None:
    tokens = {True: graph_token(told.said)["access_token"], False: sharepoint_token(told.said)["access_token"]}
    with recorded.open(encoding="utf-8") as lines:
        left = iter(lines)

        async def lane() -> None:
            for line in left:
                await _send(session, told.url, json.loads(line), tokens)

        await asyncio.gather(*(lane() for _ in range(AT_ONCE)))


async def _send(session: aiohttp.ClientSession, url: str, request: dict[str, Any], tokens: dict[bool, str]) -> None:
    path = request["path"]
    if "/oauth2/" in path:
        return
    headers = request["headers"] | {"Authorization": "Bearer " + tokens[path.startswith(("/v1.0", "/beta"))]}
    body = base64.b64decode(request["body"]) if request["body"] else None
    address = URL(url + path, encoded=True)
    async with session.request(request["method"], address, headers=headers, data=body) as answer:
        await answer.read()
        if answer.status >= 400 and answer.status != 404:
            raise SystemExit(f"{request['method']} {path}: {answer.status}")


async def _draw_all(told: Order) -> None:
    workers = Workers()
    left = iter(told.people)

    async def lane() -> None:
        for person in left:
            data = (told.pictures / person["picture"]).read_bytes()
            await asyncio.to_thread(workers.draw, data, RENDITIONS)

    await asyncio.gather(*(lane() for _ in range(workers.most)))
    workers.close()


if __name__ == "__main__":
    asyncio.run(main())
