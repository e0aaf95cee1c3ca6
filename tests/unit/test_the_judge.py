"""A client that waits as told is judged well, one that does not is judged badly, and nobody for what was on its way."""

from __future__ import annotations

from typing import Any

import pytest

from localtenant import judge as judging
from localtenant.budgets.ask import Ask
from localtenant.judge import GRACE_SECONDS, OTHERS, Judge


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def judge(time: Time) -> Judge:
    return Judge(time)


def picture(of: str, app: str = "app") -> Ask:
    return Ask("graph", "photo", "GET", "graph pictures", app=app, mailbox=of, same=f"GET /users/{of}/photo")


def call(judge: Judge, ask: Ask, wait: float | None = None, scope: str = "graph pictures", **how: bool) -> None:
    """A request; wait: it is refused, for so long."""
    judge.arrived(ask)
    if wait is not None:
        judge.refused(ask, wait, scope, **how)
    judge.left(ask)


def conduct(judge: Judge, family: str = "graph pictures", app: str = "app") -> dict[str, Any]:
    rows: Any = judge.as_json()["callers"]
    return next(row for row in rows if row["family"] == family and row["app"] == app)


def test_who_waits_is_judged_well(judge: Judge, time: Time) -> None:
    call(judge, picture("a"), wait=3)
    assert conduct(judge)["waited"] == 0, "the wait is not over"
    time.now += 3
    call(judge, picture("a"))
    row = conduct(judge)
    assert (row["calls"], row["throttled"], row["told"], row["waited"], row["too_early"]) == (2, 1, 1, 1, 0)


def test_a_wait_that_nobody_interrupts_is_kept_without_another_call(judge: Judge, time: Time) -> None:
    call(judge, picture("a"), wait=3)
    time.now += 3
    assert conduct(judge)["waited"] == 1


def test_who_sends_it_again_at_once_is_too_early(judge: Judge, time: Time) -> None:
    call(judge, picture("a"), wait=3)
    time.now += 0.001
    call(judge, picture("a"))
    row = conduct(judge)
    assert (row["too_early"], row["too_early_seconds"]) == (1, pytest.approx(2.999))
    time.now += 3
    assert conduct(judge)["waited"] == 0


def test_who_goes_on_with_others_is_too_early_once_the_answer_must_have_come(judge: Judge, time: Time) -> None:
    call(judge, picture("a"), wait=3)
    time.now += GRACE_SECONDS - 0.01
    call(judge, picture("b"))
    assert conduct(judge)["too_early"] == 0, "it was on its way"
    time.now += 0.02
    call(judge, picture("c"))
    time.now += 1
    call(judge, picture("d"))
    row = conduct(judge)
    assert row["too_early"] == 2
    assert row["most_early_seconds"] == pytest.approx(3 - GRACE_SECONDS - 0.01)
    assert row["too_early_seconds"] == pytest.approx(2 * row["most_early_seconds"] - 1)


def test_many_refused_together_are_one_wait(judge: Judge, time: Time) -> None:
    for name in "abcdef":
        call(judge, picture(name), wait=3)
        time.now += 0.01
    time.now += 3.05
    for name in "abcdef":
        call(judge, picture(name))
    row = conduct(judge)
    assert (row["throttled"], row["told"], row["waited"], row["too_early"]) == (6, 1, 1, 0)


def test_a_wait_concerns_its_scope_and_its_caller(judge: Judge, time: Time) -> None:
    call(judge, picture("a"), wait=3)
    time.now += 1
    call(judge, picture("a", app="another"))
    call(judge, Ask("graph", "users", "GET", "graph directory", app="app"))
    assert [row["too_early"] for row in judge.as_json()["callers"]] == [0, 0, 0]  # type: ignore[attr-defined]  # a list
    call(judge, Ask("sharepoint", "web", "GET", "sharepoint files", app="app"), wait=3, scope="sharepoint")
    time.now += 1
    call(judge, Ask("sharepoint", "ProcessQuery", "POST", "sharepoint people", app="app"))
    assert conduct(judge, "sharepoint people")["too_early"] == 1, "all of SharePoint was to wait"


def test_a_mailboxs_wait_concerns_that_mailbox(judge: Judge, time: Time) -> None:
    call(judge, picture("a"), wait=3, of_mailbox=True)
    time.now += 1
    call(judge, picture("b"))
    assert conduct(judge)["too_early"] == 0
    call(judge, picture("a"))
    assert conduct(judge)["too_early"] == 1


def test_without_retry_after_nobody_was_told_anything(judge: Judge) -> None:
    call(judge, picture("a"), wait=None)
    judge.arrived(picture("a"))
    judge.refused(picture("a"), None, "graph pictures")
    judge.left(picture("a"))
    call(judge, picture("a"))
    row = conduct(judge)
    assert (row["throttled"], row["told"], row["too_early"]) == (1, 0, 0)


def test_the_most_under_way_together(judge: Judge) -> None:
    for name in "abc":
        judge.arrived(picture(name))
    for name in "abc":
        judge.left(picture(name))
    call(judge, picture("d"))
    assert conduct(judge)["at_once"] == 3
    assert judge.as_json()["apis"] == [{"api": "graph", "calls": 4, "throttled": 0, "at_once": 3}]
    assert judge._under_way == {}


def test_callers_beyond_a_most_are_one(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST_CALLERS", 5)
    for number in range(20):
        call(judge, picture("a", app=f"app{number}"))
    assert len(judge.as_json()["callers"]) == 6  # type: ignore[arg-type]  # a list
    assert conduct(judge, app=OTHERS)["calls"] == 15
