"""The control socket: its owner's alone, and unmoved by whatever comes in."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from samepic.service.address import MOST_BYTES, NotOurs, address, listening
from samepic.service.control import Control, tell


def obey(order: dict[str, Any]) -> dict[str, Any]:
    if order.get("do") != "status":
        raise ValueError("no such order")
    return {"well": True}


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b'{"do": "status"}\n', {"well": True}),
        (b'{"do": "dance"}\n', {"error": "no such order"}),
        (b"[]\n", {"error": "an order is an object"}),
        (b"\xff\xfe\n", None),
        (b"{" * 5000 + b"\n", None),
        (b"x" * 100_000, None),
        (b"", None),
    ],
)
async def test_whatever_is_sent_the_next_order_is_obeyed(tmp_path: Path, sent: bytes, answer: object) -> None:
    path = address(tmp_path)
    control = Control(path, obey)
    await control.start()
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(sent)
    writer.write_eof()
    line = await reader.read()
    writer.close()
    if answer is not None:
        assert json.loads(line) == answer
    assert await tell(path, {"do": "status"}) == {"well": True}
    await control.aclose()
    assert await tell(path, {"do": "status"}) is None
    assert not path.exists()


def test_its_socket_is_its_owners_alone(tmp_path: Path) -> None:
    path = address(tmp_path)
    before = os.umask(0)
    try:
        listening(path).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    listening(path).close()  # a dead one's is in nobody's way


def test_a_long_path_has_its_socket_elsewhere_and_always_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep = tmp_path / ("folder" * 20)
    path = address(deep)
    assert path == address(deep) != address(deep / "another")
    assert len(os.fsencode(path)) <= MOST_BYTES + len(os.fsencode(tmp_path))
    assert path.parent == tmp_path / f"samepic-{os.getuid()}"


def test_a_folder_that_others_may_write_in_has_no_socket(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(NotOurs, match="others may write"):
        listening(address(tmp_path))
