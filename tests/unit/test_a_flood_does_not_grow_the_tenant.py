"""Whatever strangers ask for again and again, what the tenant keeps of it has a most; who waits goes on if he may."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from tests.conftest import RunningTenant
from tests.visitor import Visitor

from localtenant.authority import grants, sessions, throttle
from localtenant.authority.grants import Consent, Grants
from localtenant.authority.keeping import Keeping
from localtenant.authority.registered import public_app
from localtenant.authority.sessions import SIGN_IN, Sessions
from localtenant.authority.throttle import PER_ACCOUNT, Throttle
from localtenant.ledger import LONGEST_PATH

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=365)
MOST = 50


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "MOST_KEPT", MOST)
    monkeypatch.setattr(sessions, "MOST_SESSIONS", MOST)
    monkeypatch.setattr(throttle, "MOST_NAMES", MOST)


def test_device_codes_over_the_wire(tenant: RunningTenant) -> None:
    asked = {"client_id": public_app(tenant.tenant).app_id, "scope": f"offline_access {tenant.url}/.default"}
    for _ in range(3 * MOST):
        newest = Visitor(tenant.url).ask("/organizations/oauth2/v2.0/devicecode", asked)
        assert newest.status == 200
    kept = tenant.tenant.authority.grants
    assert len(kept.devices) <= MOST
    assert kept.device(newest.json["device_code"]) is not None, "who asked last still waits"

    padded = {**asked, "scope": f"{asked['scope']} {'openid ' * 9_000}"}
    assert Visitor(tenant.url).ask("/organizations/oauth2/v2.0/devicecode", padded).status == 400


def test_codes_and_refresh_tokens_of_an_app_that_never_redeems_them() -> None:
    kept, consent = Grants(Keeping(None)), Consent("app", "user", "scope")
    for _ in range(3 * MOST):
        code = kept.give_code(consent, "http://localhost", None, NOW)
        refresh = kept.give_refresh(consent, NOW)
    assert max(len(kept.codes), len(kept.refreshes)) <= MOST
    assert kept.redeem_code(code) is not None and kept.refresh(refresh) is not None


def test_what_is_over_goes_before_what_lives() -> None:
    kept, consent = Grants(Keeping(None)), Consent("app", "user", "scope")
    waiting = kept.give_refresh(consent, NOW)
    for _ in range(3 * MOST):
        kept.use_refresh(kept.give_refresh(consent, NOW))
    assert len(kept.refreshes) <= MOST and kept.refresh(waiting) is not None
    for _ in range(MOST):
        kept.give_code(consent, "http://localhost", None, NOW)
    newer = kept.give_code(consent, "http://localhost", None, LATER)
    assert len(kept.codes) == 1 and kept.redeem_code(newer) is not None


def test_sessions() -> None:
    kept = Sessions()
    for _ in range(3 * MOST):
        value, session = kept.start(SIGN_IN, "user", NOW)
    assert len(kept._by_key) <= MOST
    assert kept.get(SIGN_IN, value, NOW) == session


def test_failed_names_and_the_one_that_is_guessed_at_stays_locked() -> None:
    kept = Throttle(PER_ACCOUNT)
    for number in range(3 * MOST):
        kept.fail(f"stranger{number}", NOW)
        kept.fail("ola", NOW)
    assert len(kept._failed) <= MOST
    assert kept.locked("ola", NOW)


def test_the_ledger_counts_invented_methods_as_one_and_keeps_no_endless_path(tenant: RunningTenant) -> None:
    at = urlsplit(tenant.url)
    for number in range(20):
        with socket.create_connection((at.hostname or "", at.port or 0)) as wire:
            wire.sendall(f"MADEUP{number} /v1.0/users HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n".encode())
            assert wire.recv(100).startswith(b"HTTP/1.1 405")
    entries = tenant.control.ledger()["entries"]
    assert [entry["count"] for entry in entries if entry["method"] == "other"] == [20]

    asked = {"client_id": public_app(tenant.tenant).app_id, "scope": f"offline_access {tenant.url}/.default"}
    Visitor(tenant.url).ask(f"/organizations/oauth2/v2.0/devicecode?{'x' * 9_000}", asked)
    assert [len(change["path"]) for change in tenant.control.changes("devicecode")] == [LONGEST_PATH]
