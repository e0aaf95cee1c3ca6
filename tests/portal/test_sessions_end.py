"""A session ends by silence, by age, and where too many others begin; none is found by anything but its own word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from samepic.portal import sessions
from samepic.portal.roles import Role
from samepic.portal.sessions import Sessions, Visitor
from samepic.portal.sign_in import pending
from samepic.portal.sign_in.pending import Pending
from samepic.transport import unspoken

ANNA = Visitor("anna", "Anna", "anna@x", Role.PERSON)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.mark.parametrize(("minutes", "times", "lives"), [(59, 1, True), (61, 1, False), (50, 9, True), (50, 10, False)])
def test_silence_and_age_end_it(minutes: float, times: int, lives: bool) -> None:
    clock = Clock()
    kept = Sessions(clock, timedelta(hours=8))
    word, _ = kept.begin(ANNA, "token")
    found = None
    for _ in range(times):
        clock.pass_by(minutes=minutes)
        found = kept.of(word)
    assert (found is not None) == lives
    if not lives:
        clock.pass_by(hours=-9)
        assert kept.of(word) is None, "over is over, whatever the clock says later"


def test_the_one_that_was_silent_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 2)
    kept = Sessions(Clock(), timedelta(hours=8))
    first, second = kept.begin(ANNA, "1")[0], kept.begin(ANNA, "2")[0]
    assert kept.of(first) is not None
    third, _ = kept.begin(ANNA, "3")
    assert [kept.of(word) is not None for word in (first, second, third)] == [True, False, True]


def test_whoever_never_comes_back_is_not_kept_with_their_tokens() -> None:
    clock = Clock()
    kept = Sessions(clock, timedelta(hours=8))
    _, gone = kept.begin(ANNA, "id-token-of-anna", "refresh-token-of-anna")
    clock.pass_by(minutes=61)
    stays, _ = kept.begin(ANNA, "2")
    assert len(kept) == 1 and kept.of(stays) is not None
    assert (gone.id_token, gone.refresh_token) == ("", None), "what still holds the session holds no token"


def test_a_sign_out_lets_go_of_the_tokens() -> None:
    unspoken._UNSPOKEN.keep("id-token-of-anna", passing=True)
    unspoken._UNSPOKEN.keep("refresh-token-of-anna", passing=True)
    kept = Sessions(Clock(), timedelta(hours=8))
    word, session = kept.begin(ANNA, "id-token-of-anna", "refresh-token-of-anna")
    kept.end(word)
    session.save("a-newer-token-of-anna")
    assert session.load() is None, "what was under way saves none either"
    assert not [one for one in vars(unspoken._UNSPOKEN).values() if "token-of-anna" in str(one)]


def test_twice_as_many_sign_ins_hold_no_more_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sessions.MOST == 20_000 and sessions.MOST_TOKEN_BYTES == 64_000_000, "as the portal's page says"
    monkeypatch.setattr(sessions, "MOST", 2_000)
    clock = Clock()
    kept = Sessions(clock, timedelta(hours=8))
    words = []
    for number in range(2 * sessions.MOST):
        clock.pass_by(seconds=0.05)
        words.append(kept.begin(replace(ANNA, object_id=f"person {number}"), "id" * 200, "refresh" * 100)[0])
    assert len(kept) == sessions.MOST == len(kept._of_person)
    assert [kept.of(words[number]) is not None for number in (0, sessions.MOST - 1, sessions.MOST, -1)] == [
        False,
        False,
        True,
        True,
    ], "whoever has been silent longest signs in again"
    for word in words:
        kept.end(word)
    assert (len(kept), kept._of_person, kept._token_bytes) == (0, {}, 0)


def test_large_tokens_take_the_place_of_more_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_TOKEN_BYTES", 1_000)
    kept = Sessions(Clock(), timedelta(hours=8))
    words = [kept.begin(replace(ANNA, object_id=str(number)), "i" * 200, "r" * 100)[0] for number in range(5)]
    assert [kept.of(word) is not None for word in words] == [False, False, True, True, True]
    huge, _ = kept.begin(ANNA, "i" * 5_000)
    assert kept.of(huge) is not None and len(kept) == 1, "somebody is let in even so"


def test_one_person_pushes_nobody_else_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 50)
    kept = Sessions(Clock(), timedelta(hours=8))
    other, _ = kept.begin(replace(ANNA, object_id="ola"), "token")
    mine = [kept.begin(ANNA, "token")[0] for _ in range(100)]
    assert kept.of(other) is not None
    assert [kept.of(word) is not None for word in mine] == [False] * 80 + [True] * sessions.MOST_OF_A_PERSON


def test_those_that_are_over_are_let_go_of_though_their_browsers_never_come_again() -> None:
    clock = Clock()
    kept = Sessions(clock, timedelta(hours=8))
    for number in range(300):
        kept.begin(replace(ANNA, object_id=str(number)), "token", "a refresh token")
    clock.pass_by(minutes=61)
    for number in range(3):
        kept.begin(replace(ANNA, object_id=f"later {number}"), "token")
    assert len(kept) == 3


def test_nothing_secret_shows() -> None:
    _, session = Sessions(Clock(), timedelta(hours=8)).begin(ANNA, "id-token", "refresh-token")
    assert "token" not in repr(session).replace("id_token", "") and session.form_word not in repr(session)


def test_a_sign_in_that_was_begun_is_good_for_a_quarter_of_an_hour_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    kept = Pending(clock)
    one, late = kept.begin("/my"), kept.begin("/")
    assert kept.take(one.state, "another browser") is None and kept.take(one.state, "ē\udcff") is None
    assert kept.take(one.state, one.browser) == one and kept.take(one.state, one.browser) is None
    clock.pass_by(minutes=16)
    assert kept.take(late.state, late.browser) is None
    monkeypatch.setattr(pending, "MOST", 3)
    many = [kept.begin("/") for _ in range(5)]
    assert [kept.take(each.state, each.browser) is not None for each in many] == [False, False, True, True, True]
