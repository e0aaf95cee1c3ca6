"""The moments at which a route is due."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

SET_BACK = timedelta(hours=1)
"""A clock that stands further than this before what was done was wrong when that was done."""

_FOUR_WEEKS = timedelta(days=28)
_LONGEST_GAP = timedelta(days=9 * 366)
"""Between two moments of any cron: 29 February of 1896 and of 1904."""


class Schedule:
    """What cron says in a time zone, each moment later by its own share of the jitter.

    Daylight saving as Debian's cron has it (cron(8)): a time that the clocks leave out comes right after the gap, one
    that they show twice comes once; where the hour is a star, meaning every one, it comes as often as hours pass.
    Moments are in UTC, strictly one after the other.

    seed: installations with different seeds begin at different times, and each at the same after a restart.
    """

    def __init__(self, cron: str, zone: str, jitter: timedelta, seed: str) -> None:
        self._cron = _spelled_out(cron)
        self._zone = ZoneInfo(zone)
        self._jitter = jitter
        self._seed = seed

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The moments after one, without end, but for a cron that never comes."""
        # A moment that was put off may come from a cron before the one asked about.
        for cron, following in pairwise(self._crons(moment - self._jitter - timedelta(minutes=1))):
            if (due := cron + self._late(cron, following)) > moment:
                yield due

    def next(self, moment: datetime) -> datetime | None:
        """The first moment after one; None where there is none in fifty years."""
        return next(self.after(moment), None)

    def nearest(self, moment: datetime) -> datetime | None:
        """The moment nearest to one, of two equally near the earlier; None where none comes in fifty years."""
        following, span = self.next(moment), timedelta(minutes=2)
        while span < _LONGEST_GAP:
            before = [*takewhile(lambda one: one <= moment, self.after(moment - span))]
            if before and (following is None or moment - before[-1] <= following - moment):
                return before[-1]
            if before:
                break
            span *= 4
        return following

    def _crons(self, moment: datetime) -> Iterator[datetime]:
        """Cron's own moments after one. What falls into a gap comes together with what follows it: once."""
        return (local.astimezone(UTC) for local in CronSim(self._cron, moment.astimezone(self._zone)))

    def _late(self, cron: datetime, following: datetime) -> timedelta:
        """A share of the jitter that is this moment's own; never past the moment that follows."""
        digest = hashlib.sha256(f"{self._seed}\n{cron.isoformat()}".encode()).digest()
        share = int.from_bytes(digest[:6]) / 2**48
        return timedelta(seconds=int(min(self._jitter, following - cron).total_seconds() * share))


def of_a_day(schedule: Schedule, full_every: timedelta, since: datetime) -> tuple[float, float]:
    """How many sweeps begin on a day, and how many of them are full: an average over four weeks from `since`."""
    sweeps = full = 0
    wanted: datetime | None = since
    for moment in takewhile(lambda one: one < since + _FOUR_WEEKS, schedule.after(since)):
        sweeps += 1
        if not full_every or (wanted is not None and moment >= wanted):
            full += 1
            wanted = schedule.nearest(moment + full_every)
    return sweeps / _FOUR_WEEKS.days, full / _FOUR_WEEKS.days


def _spelled_out(cron: str) -> str:
    """The same moments without the stars for which cron(8), and cronsim with it, forgets about daylight saving.

    `*/30 2 * * *` would not come at all on the day that has no two o'clock.
    """
    minute, hour, *days = cron.split()
    if hour == "*":
        return cron
    return " ".join([minute.replace("*", "0-59"), hour.replace("*", "0-23"), *days])


def believed(taken: datetime, now: datetime) -> datetime:
    """Until when sweeps were taken: `now` where that lies so far ahead that a clock must have run wrong."""
    return now if taken - now > SET_BACK else taken
