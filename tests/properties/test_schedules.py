"""Moments of a schedule: in order, within their jitter, once on every day whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from samepic.service.schedule import SET_BACK, Schedule, believed

ZONES = st.sampled_from(
    ["UTC", "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Asia/Gaza"]
)
"""Lord Howe moves by half an hour; Gaza moves at changing times, past midnight too."""
START = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=4000)).map(lambda since: START + since)
JITTER = st.integers(0, 180).map(lambda minutes: timedelta(minutes=minutes))
CRONS = st.sampled_from(
    ["0 2 * * *", "30 2 * * *", "*/30 2 * * *", "0,59 1-3 * * 1-5", "7 */2 * * *", "*/15 * * * *", "0 0 1 * *"]
)


def moments(schedule: Schedule, moment: datetime, count: int) -> list[datetime]:
    """The next few."""
    return list(islice(schedule.after(moment), count))


@settings(max_examples=50)
@given(CRONS, ZONES, JITTER, MOMENTS)
def test_moments_come_one_after_the_other_and_never_before_their_time(
    cron: str, zone: str, jitter: timedelta, start: datetime
) -> None:
    schedule = Schedule(cron, zone, jitter, "seed")
    found = moments(schedule, start, 8)
    assert all(earlier < later for earlier, later in pairwise(found))
    assert found[0] > start
    plain = Schedule(cron, zone, timedelta(0), "seed")
    for moment in found[:3]:
        said = plain.after(moment - max(jitter, timedelta(seconds=1)))
        assert next(said) <= moment, "later by less than the jitter than something that cron said"


@given(CRONS, ZONES, JITTER, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_restart_finds_the_same_moments(
    cron: str, zone: str, jitter: timedelta, start: datetime, later: timedelta
) -> None:
    schedule = Schedule(cron, zone, jitter, "seed")
    [following] = moments(schedule, start + later, 1)
    expected = next(moment for moment in schedule.after(start) if moment > start + later)
    assert following == expected


@settings(max_examples=30)
@given(st.integers(0, 23), st.integers(0, 59), ZONES, st.dates(date(2020, 1, 1), date(2030, 12, 1)))
def test_a_daily_time_comes_once_on_each_day_of_the_zone(hour: int, minute: int, zone: str, day: date) -> None:
    local = ZoneInfo(zone)
    start = datetime(day.year, day.month, day.day, tzinfo=local).astimezone(UTC) - timedelta(seconds=1)
    found = moments(Schedule(f"{minute} {hour} * * *", zone, timedelta(0), ""), start, 200)
    days = [moment.astimezone(local).date() for moment in found]
    assert days == [day + timedelta(days=number) for number in range(len(days))]
    for moment in found:
        shown = moment.astimezone(local).replace(tzinfo=None, fold=0)
        wanted = shown.replace(hour=hour, minute=minute)
        exists = wanted.replace(tzinfo=local).astimezone(UTC).astimezone(local).replace(tzinfo=None, fold=0) == wanted
        assert not exists or shown == wanted
        assert timedelta(0) <= shown - wanted <= timedelta(hours=1), "right after the gap"


@pytest.mark.parametrize("cron", ["30 2 * * *", "*/30 2 * * *", "30 */2 * * *"])
def test_a_time_that_does_not_exist_and_one_that_comes_twice(cron: str) -> None:
    """Oslo's clocks go from 2:00 to 3:00 on 29 March 2026, and from 3:00 back to 2:00 on 25 October."""
    schedule = Schedule(cron, "Europe/Oslo", timedelta(0), "")

    def between(start: datetime, end: datetime) -> int:
        return sum(start <= moment < end for moment in moments(schedule, start - timedelta(seconds=1), 50))

    usual = between(datetime(2026, 3, 28, 1, tzinfo=UTC), datetime(2026, 3, 28, 2, tzinfo=UTC))
    assert between(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)) == 1
    assert between(datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)) == usual


def test_every_quarter_of_an_hour_is_one_on_the_day_with_25_hours_too() -> None:
    schedule = Schedule("*/15 * * * *", "Europe/Oslo", timedelta(0), "")
    found = moments(schedule, datetime(2026, 10, 24, 21, 59, tzinfo=UTC), 100)
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=15)}


def test_jitter_spreads_days_and_installations() -> None:
    jitter = timedelta(minutes=60)
    days = moments(Schedule("0 2 * * *", "UTC", jitter, "a"), datetime(2026, 1, 1, tzinfo=UTC), 200)
    late = [moment - moment.replace(hour=2, minute=0, second=0) for moment in days]
    assert min(late) < timedelta(minutes=5)
    assert max(late) > timedelta(minutes=55)
    assert len(set(late)) > 150
    others = moments(Schedule("0 2 * * *", "UTC", jitter, "b"), datetime(2026, 1, 1, tzinfo=UTC), 200)
    assert sum(mine == theirs for mine, theirs in zip(days, others, strict=True)) < 5


@example(START, -SET_BACK)
@example(START, -SET_BACK - timedelta(seconds=1))
@given(MOMENTS, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_clock_that_ran_far_ahead_is_not_believed_when_it_is_right_again(taken: datetime, moved: timedelta) -> None:
    now = taken + moved
    kept = believed(taken, now)
    assert kept - now <= SET_BACK
    assert kept == (taken if -moved <= SET_BACK else now)
