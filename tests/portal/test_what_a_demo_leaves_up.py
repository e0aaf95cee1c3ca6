"""`samepic demo --stay`: the portal before the demo's tenant, for somebody, the helpdesk and an administrator."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.visitor import Visitor

from samepic.cli.demo.staying import stayed
from samepic.cli.demo.world import started
from samepic.cli.reader import Screen


async def test_each_may_sign_in_as_what_they_are_and_it_ends_with_the_tenant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = io.StringIO()
    with started(tmp_path, people=20, seed=1, port=0) as world:
        staying = asyncio.create_task(stayed(world, tmp_path, Screen(file=words, soft_wrap=True), as_json=True))
        said: dict[str, Any] = {}
        while not said:
            await asyncio.sleep(0.05)
            assert not staying.done(), await staying
            if out := capsys.readouterr().out:
                said = json.loads(out)

        def visited(who: Mapping[str, str]) -> tuple[int, str, list[int]]:
            visitor = Visitor(said["portal"])
            seen = visitor.sign_in(who["name"], who["password"])
            return seen.status, seen.url, [visitor.ask(one).status for one in ("/admin/people", "/admin/audit")]

        for who, may in ((said, [403, 403]), (said["at_helpdesk"], [200, 403]), (said["administrator"], [200, 200])):
            assert await asyncio.to_thread(visited, who) == (200, f"{said['portal']}/", may)
            assert who["name"] in words.getvalue() and who["password"] in words.getvalue()
        world.process.terminate()
        await asyncio.wait_for(staying, 30)
