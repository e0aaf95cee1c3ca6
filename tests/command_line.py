"""The command line as people use it, in the test's own process: what it prints and the code it ends with."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from tests.conftest import RunningTenant
from tests.databases import put_empty_state

from samepic.cli.main import main
from samepic.config.template import Found, render

ROUTE = 'target = "sharepoint_online"\n'


@dataclass(frozen=True)
class Ended:
    """One command's end."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def samepic(*arguments: str) -> Ended:
    """`samepic` with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["samepic", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Ended(int(str(code or 0)), out.getvalue(), err.getvalue())


class Office:
    """An administrator's folder: a samepic.toml that points at a tenant, and a state that remembers nothing."""

    def __init__(self, folder: Path, tenant: RunningTenant, route: str = "", instead: Mapping[str, str] | None = None):
        """route: lines for the route's table. instead: what to write in the file for what."""
        self.folder = folder
        self.tenant = tenant
        self.config = folder / "samepic.toml"
        said = tenant.said
        found = Found(said.tenant_id, said.client_id, "custom", said.url, Path(said.client_certificate))
        text = render(found).replace(ROUTE, ROUTE + route)
        for old, new in (instead or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, encoding="utf-8")
        if not self.state_file.exists():
            put_empty_state(self.state_file)

    @property
    def state_file(self) -> Path:
        return self.folder / "samepic-state" / "state.sqlite"

    def forget(self) -> None:
        """Lose the state file; a new one is there."""
        for file in self.state_file.parent.glob("state.sqlite*"):
            if file.is_file():
                file.unlink()
        put_empty_state(self.state_file)

    def run(self, *arguments: str) -> Ended:
        """A command on this configuration."""
        return samepic(*arguments, "--config", str(self.config))

    def ask(self, *arguments: str, ends_with: int = 0) -> Any:
        """The same with `--json`, which has to end so: what it printed."""
        ended = self.run(*arguments, "--json")
        assert ended.code == ends_with, (ended.code, ended.out, ended.err)
        return ended.json

    def counted(self, *arguments: str, ends_with: int = 0) -> tuple[Any, int]:
        """The same, with how many outer requests it cost; the tenant's ledger then has them alone."""
        self.tenant.control.clear_ledger()
        told = self.ask(*arguments, ends_with=ends_with)
        return told, self.tenant.control.count(batched=False)
