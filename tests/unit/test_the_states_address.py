"""[state] url: an address without its password, which is told to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from samepic.config.load import BadConfiguration, load
from samepic.state.postgresql import url_of

GOOD = """\
[microsoft365]
tenant_id = "contoso.onmicrosoft.com"
client_id = "app"
secret = { env = "SAMEPIC_TEST_SECRET" }

[[routes]]
name = "main"
source = "exchange_online"
target = "sharepoint_online"
"""


def with_state(folder: Path, lines: str) -> Path:
    path = folder / "samepic.toml"
    path.write_text(f"{GOOD}\n[state]\n{lines}\n", encoding="utf-8")
    return path


def test_the_state_may_lie_in_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "secret")
    monkeypatch.setenv("P", "p/w@rd:")
    for lines, url in (
        ("", None),
        ('url = "postgresql://db.example/samepic"', "postgresql://db.example/samepic"),
        ('url = "postgres://u@db/s?sslmode=require"', "postgres://u@db/s?sslmode=require"),
        (
            'url = "postgresql://u@db:5433/s"\npassword = { env = "P" }',
            "postgresql://u:p%2Fw%40rd%3A@db:5433/s",
        ),
    ):
        assert load(with_state(tmp_path, lines)).state_url == url
    monkeypatch.setenv("SAMEPIC_STATE_URL", "postgresql://u:hidden@db/other")
    loaded = load(with_state(tmp_path, ""))
    assert loaded.state_url == "postgresql://u:hidden@db/other"
    assert "hidden" not in repr(loaded) + repr(loaded.settings)
    assert url_of(loaded.state_url).database == "other" and "hidden" not in repr(url_of(loaded.state_url))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:hidden@db/s", "a secret is not written in this file"),
        ("postgresql://db/s?password=hidden", "a secret is not written in this file"),
        ("mysql://hidden@db/s", "an address is postgresql://"),
        ("postgresql://db", "an address is postgresql://"),
        ("postgresql://u:hid/den@db/s", "an address is postgresql://"),
        ("postgresql://u:hid@den@db/s", "an address is postgresql://"),
        ("postgresql://[hidden/s", "an address is postgresql://"),
        ("hidden", "an address is postgresql://"),
    ],
)
def test_an_address_that_is_none_or_holds_a_password_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "secret")
    with pytest.raises(BadConfiguration, match=words) as caught:
        load(with_state(tmp_path, f'url = "{url}"'))
    assert "hid" not in str(caught.value) and "den@" not in str(caught.value)
    if "an address" in words:
        monkeypatch.setenv("SAMEPIC_STATE_URL", url)
        with pytest.raises(BadConfiguration, match=f"SAMEPIC_STATE_URL: {words}") as caught:
            load(with_state(tmp_path, ""))
        assert "hid" not in str(caught.value) and "den@" not in str(caught.value)


def test_a_password_of_the_state_that_is_not_there_or_belongs_to_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "secret")
    with pytest.raises(
        BadConfiguration, match=r"state\.password: the environment variable NOWHERE is empty or not set"
    ):
        load(with_state(tmp_path, 'url = "postgresql://u@db/s"\npassword = { env = "NOWHERE" }'))
    with pytest.raises(BadConfiguration, match="password goes with url"):
        load(with_state(tmp_path, 'password = { env = "SAMEPIC_TEST_SECRET" }'))
