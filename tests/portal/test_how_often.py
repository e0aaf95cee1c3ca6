"""Who asks too often waits, by person and by address; nobody else waits for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.connection import ASGIConnection
from tests.conftest import tenant_of
from tests.portal.running import Portal, portal_of

from samepic.config.portal import PortalSettings
from samepic.portal import often
from samepic.portal.often import STRANGERS, WINDOW, Turnstile
from samepic.portal.sign_in.pending import LASTS, Pending
from samepic.portal.whence import address_of


class Clock:
    at = datetime(2026, 11, 22, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_a_window_ends_and_begins() -> None:
    clock = Clock()
    turnstile = Turnstile(clock)
    assert [turnstile.passes("looks", "anna", 2) for _ in range(3)] == [None, None, WINDOW]
    assert turnstile.passes("looks", "ola", 2) is None and turnstile.passes("changes", "anna", 2) is None
    clock.at += timedelta(seconds=61)
    assert turnstile.passes("looks", "anna", 2) is None


def test_a_clock_that_is_set_back_keeps_nobody_out() -> None:
    clock = Clock()
    turnstile = Turnstile(clock)
    turnstile.passes("looks", "anna", 1)
    clock.at -= timedelta(days=1)
    assert turnstile.passes("looks", "anna", 1) is None


def test_an_office_behind_one_address_signs_in_within_a_minute() -> None:
    turnstile = Turnstile(Clock())
    of_each = ["/", "/sign-in", "/sign-in/done"]
    assert {turnstile.passes("strangers", "an office", STRANGERS) for _ in range(400) for _ in of_each} == {None}
    assert turnstile.passes("strangers", "an office", STRANGERS) == WINDOW, "it has an end"


def test_one_address_that_begins_sign_ins_as_fast_as_it_may_pushes_nobody_elses_out() -> None:
    clock = Clock()
    pending, turnstile = Pending(clock), Turnstile(clock)
    began, until = pending.begin("/my"), clock.at + LASTS
    while clock.at <= until:
        while turnstile.passes("strangers", "another", STRANGERS) is None:
            pending.begin("/")
        clock.at += WINDOW
    clock.at = until
    assert pending.take(began.state, began.browser) == began


def test_a_person_who_changes_too_often_waits_and_others_do_not(tmp_path: Path) -> None:
    with tenant_of(20) as tenant, portal_of(tenant, tmp_path, "changes_per_minute = 6") as portal:
        _wait(portal)


def _wait(portal: Portal) -> None:
    anna, ola = (portal.visit(portal.somebody(number=number)) for number in (0, 1))
    word, other = anna.word(), ola.word()
    tile = "/tiles/exchange-to-sharepoint"
    seen = [anna.ask(tile, {"form_word": word}) for _ in range(7)]
    assert [one.status for one in seen] == [200] * 6 + [429]
    assert 1 <= int(seen[-1].headers["retry-after"]) <= 61 and "Too much at once" in seen[-1].text
    assert ola.ask(tile, {"form_word": other}).status == 200
    assert anna.ask("/").status == 200, "looking is counted apart"


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        ("192.0.2.1", ["203.0.113.7"], ["127.0.0.1"], "192.0.2.1"),
        ("127.0.0.1", ["203.0.113.7"], ["127.0.0.1"], "203.0.113.7"),
        ("::ffff:127.0.0.1", ["203.0.113.7"], ["127.0.0.1"], "203.0.113.7"),
        ("10.0.0.9", ["203.0.113.7"], ["10.0.0.0/24"], "203.0.113.7"),
        ("10.0.0.9", ["203.0.113.7, 10.0.0.8"], ["10.0.0.0/24"], "203.0.113.7"),
        ("10.0.1.9", ["203.0.113.7"], ["10.0.0.0/24"], "10.0.1.9"),
        ("127.0.0.1", ["198.51.100.1, evil, 203.0.113.7"], ["127.0.0.1"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.7"], ["127.0.0.1"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7\r\nx: y"], ["127.0.0.1"], "127.0.0.1"),
        ("127.0.0.1", [""], ["127.0.0.1"], "127.0.0.1"),
        ("::1", ["[2001:db8::1]"], ["::1"], "2001:db8::1"),
        ("10.0.0.1", ["203.0.113.7"], ["::ffff:10.0.0.1"], "203.0.113.7"),
        ("::ffff:10.0.0.9", ["203.0.113.7"], ["::ffff:10.0.0.0/120"], "203.0.113.7"),
        ("10.0.1.9", ["203.0.113.7"], ["::ffff:10.0.0.0/120"], "10.0.1.9"),
        ("2001:db8::1", ["203.0.113.7"], ["::/0"], "203.0.113.7"),
    ],
)
def test_only_our_proxies_say_from_where(peer: str, forwarded: list[str], proxies: list[str], found: str) -> None:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    scope: Any = {"type": "http", "client": (peer, 1), "headers": headers}
    asked: Any = ASGIConnection(scope)
    assert address_of(asked, proxies) == found


def test_a_proxy_that_is_no_address_is_refused_in_words() -> None:
    for wrong in ("proxy.example.com", "10.0.0.7/24", "10.0.0.300"):
        with pytest.raises(ValueError, match="no address and no network"):
            PortalSettings(proxies=(wrong,))


def test_strangers_are_counted_by_address_behind_our_proxy(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(often, "STRANGERS", 3)
    monkeypatch.setattr(often, "WINDOW", timedelta(microseconds=1))  # a window of its own for this test
    stranger = portal.visit(None)
    stranger.ask("/signed-out")
    monkeypatch.setattr(often, "WINDOW", timedelta(minutes=1))
    statuses = [stranger.ask("/signed-out", X_Forwarded_For="203.0.113.7").status for _ in range(5)]
    assert statuses[-1] == 429 and 200 in statuses
    assert stranger.ask("/signed-out", X_Forwarded_For="203.0.113.8").status == 200
    named = "203.0.113.9, 203.0.113.7"
    assert stranger.ask("/signed-out", X_Forwarded_For=named).status == 429, "what they sent themselves counts nothing"
    mapped = stranger.ask("/signed-out", X_Forwarded_For="::ffff:203.0.113.7")
    assert mapped.status == 429, "the same address, as a socket for both kinds shows it"
    line = [stranger.ask("/signed-out", X_Forwarded_For=f"2001:db8:0:7::{number:x}").status for number in range(5)]
    assert line[-1] == 429, "one line has 2^64 addresses"
    assert stranger.ask("/signed-out", X_Forwarded_For="2001:db8:0:8::1").status == 200
    assert stranger.ask("/static/x/portal.css", X_Forwarded_For="203.0.113.7").status == 404
