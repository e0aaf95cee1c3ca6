"""Whatever the umask is, what Samepic and the local tenant write is for its owner alone; what is public, to read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.command_line import samepic
from tests.conftest import tenant_of
from tests.pictures import encoded, mosaic

from localtenant.founding import Options
from samepic.cli.tenant import _write
from samepic.state.token_file import TokenFile

PUBLIC = {".cer"}  # a certificate without its key, to be uploaded


@pytest.fixture(params=[0o000, 0o077], ids=["umask 000", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_under_an_open_and_under_a_closed_umask(umask: int, tmp_path: Path) -> None:
    state, config, report = tmp_path / "tenant", tmp_path / "office" / "samepic.toml", tmp_path / "new" / "report.html"
    state.mkdir(mode=0o755)
    state.chmod(0o755)  # somebody's own folder, made before
    (state / "tenant.sqlite").touch(mode=0o644)  # by an older version
    with tenant_of(people=30, state=state) as tenant:
        plain = tenant.control.people("plain")
        for number, person in enumerate(plain[:2]):
            tenant.control.put_picture(person["id"], "exchange", encoded(mosaic(number, 300, 300)))
        _write(config, tenant.said, Options())
        synced = samepic("sync", "--limit", "3", "--report", str(report), "--config", str(config))
        assert synced.code == 0, synced.err
        made = ["--tenant", tenant.said.domain, "--url", tenant.url]
        assert samepic("init", "--config", str(tmp_path / "mine" / "samepic.toml"), *made).code == 0
        TokenFile(tmp_path / "office" / "samepic-state" / "administrator.token").save("secret")

        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        names = {path.relative_to(tmp_path).as_posix() for path in files}
        assert names >= {
            "tenant/tenant.sqlite", "tenant/tenant.sqlite-wal", "tenant/lock", "office/samepic.toml",
            "office/samepic-state/state.sqlite",
            "office/samepic-state/routes.json", "office/samepic-state/administrator.token", "new/report.html",
            "new/report.png", "mine/samepic.toml", "mine/samepic.pem", "mine/samepic.cer",
        }  # fmt: skip
        for kind in ("tenant/pictures/", "office/samepic-state/vault/", "office/samepic-state/state.sqlite.locks/"):
            assert any(name.startswith(kind) for name in names), kind
        allowed = {path: 0o644 & ~umask if path.suffix in PUBLIC else 0o600 for path in files}
        assert {path: oct(mode(path)) for path in files if mode(path) != allowed[path]} == {}
        folders = [path for path in tmp_path.rglob("*") if path.is_dir() and path != state]
        assert {path: oct(mode(path)) for path in folders if mode(path) != 0o700} == {}
