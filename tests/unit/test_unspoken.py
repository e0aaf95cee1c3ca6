"""What is taken out of words because the process has proved itself with it, and what is left as it is."""

from __future__ import annotations

import json
import logging
from base64 import b64encode, urlsafe_b64encode
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from tests.hostile import TEXT

from samepic.cli.logging import _Json, _Text
from samepic.transport import unspoken
from samepic.transport.answer import Answer, shortened
from samepic.transport.unspoken import INSTEAD, without_secrets

SECRET = 'a "secret" of the app~/+='


@pytest.fixture(autouse=True)
def _as_in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unspoken, "_UNSPOKEN", unspoken._Unspoken())


@pytest.mark.parametrize(
    "shown",
    [
        SECRET, quote(SECRET, safe=""), quote_plus(SECRET), json.dumps(SECRET)[1:-1], escape(SECRET), SECRET[:17],
        *(b64encode(b"x" * shift + SECRET.encode()).decode() for shift in range(3)),
        urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)  # fmt: skip
def test_every_form_is_taken_out_and_the_words_around_it_stay(shown: str) -> None:
    unspoken.unspoken(SECRET)
    told = without_secrets(f"before {shown} after")
    assert INSTEAD in told and told.startswith("before ") and told.endswith(" after")
    assert SECRET[2:12] not in told and quote(SECRET[:10], safe="") not in told


def test_what_is_no_secret_of_ours_stays() -> None:
    unspoken.unspoken(SECRET)
    unspoken.unspoken("short")
    unspoken.unspoken("")
    assert without_secrets("a short secret of somebody's") == "a short secret of somebody's"


@given(TEXT, TEXT)
@settings(deadline=None)
def test_a_log_line_stays_what_it_is_whatever_stands_beside_the_secret(before: str, after: str) -> None:
    token = "opaque-token-of-some-length-0123456789"
    unspoken.unspoken(token)
    record = logging.LogRecord("samepic", logging.INFO, "", 1, "%s", (f'{before}"{token}"{after}',), None)
    line = _Json().format(record)
    assert set(json.loads(line)) == {"timestamp", "level", "logger", "event"}
    assert token[:16] not in line and token[:16] not in _Text().format(record)


def test_only_the_newest_tokens_are_remembered_and_never_in_the_stead_of_what_lasts() -> None:
    """A portal has more sign-ins in a morning than are remembered; its own secret is not pushed out by them."""
    unspoken.unspoken(SECRET)
    unspoken.unspoken("refresh-token-in-use", passing=True)
    for number in range(1200):
        unspoken.unspoken(f"access-token-number-{number:06d}", passing=True)
        unspoken.unspoken("refresh-token-in-use", passing=True)
    assert len(unspoken._UNSPOKEN._passing) == 500
    assert without_secrets("access-token-number-001199") == without_secrets("refresh-token-in-use") == INSTEAD
    assert without_secrets(SECRET).startswith(INSTEAD)


def test_a_token_that_is_over_is_kept_nowhere() -> None:
    unspoken.unspoken("token-of-somebody-who-leaves", passing=True)
    unspoken.forgotten("token-of-somebody-who-leaves")
    unspoken.forgotten("a token that nobody ever had")
    assert "somebody" not in str([unspoken._UNSPOKEN._passing, unspoken._UNSPOKEN._lasting])


def test_a_page_without_end_is_looked_at_as_far_as_it_is_shown() -> None:
    unspoken.unspoken(SECRET)
    body = json.dumps({"error": {"code": "x", "message": f"{SECRET} " * 300_000}}).encode()
    assert SECRET[:10] not in Answer(403, {}, body).words
    assert len(shortened("x" * 10_000_000)) == 300
