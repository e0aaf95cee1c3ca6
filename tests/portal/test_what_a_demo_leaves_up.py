"""`samepic demo --stay`: the portal before the demo's tenant, for somebody and for an administrator."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest
from tests.visitor import Visitor

from samepic.cli.demo.staying import stayed
from samepic.cli.demo.world import started
from samepic.cli.reader import Screen


async def test_both_may_sign_in_and_it_ends_with_the_tenant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = io.StringIO()
    with started(tmp_path, people=20, seed=1, port=0) as world:
        staying = asyncio.create_task(stayed(world, tmp_path, Screen(file=words, soft_wrap=True), as_json=True))
        said: dict[str, str] = {}
        while not said:
            await asyncio.sleep(0.05)
            assert not staying.done(), await staying
            if out := capsys.readouterr().out:
                said = json.loads(out)
        administrator = said["administrator"]
        assert isinstance(administrator, dict)

        def sign_in(name: str, password: str) -> tuple[int, str]:
            seen = Visitor(said["portal"]).sign_in(name, password)
            return seen.status, seen.url

        for name, password in ((said["name"], said["password"]), (administrator["name"], administrator["password"])):
            assert await asyncio.to_thread(sign_in, name, password) == (200, f"{said['portal']}/")
            assert name in words.getvalue() and password in words.getvalue()
        world.process.terminate()
        await asyncio.wait_for(staying, 30)
