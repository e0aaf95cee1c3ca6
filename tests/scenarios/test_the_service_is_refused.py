"""What `samepic run` cannot begin with is told in a line, before anything is swept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.command_line import Office
from tests.conftest import RunningTenant

HOOK = """
[service.webhook]
url = "https://chat.example/hook"
secret = { env = "SAMEPIC_TEST_WEBHOOK" }

[microsoft365]
"""


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "[service.webhook] secret: the environment variable SAMEPIC_TEST_WEBHOOK is empty or not set"),
        ("whsec_hunter2!", "[service.webhook] secret: what follows whsec_ is no base64"),
    ],
)
def test_a_secret_that_is_missing_or_broken_keeps_it_from_starting_and_no_other_command(
    tmp_path: Path, shared_tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, secret: str, words: str
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_WEBHOOK", secret)
    office = Office(tmp_path, shared_tenant, instead={"\n[microsoft365]\n": HOOK})
    ended = office.run("run")
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err
    assert "hunter2" not in ended.err
    assert office.run("status").code == 0
