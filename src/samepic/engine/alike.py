"""One and the same picture that would go to many people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from samepic.engine.work import PAGE, Work
from samepic.imaging import same_picture
from samepic.model.picture import Fingerprint

_MOST_KEYS = 60
_MOST_PICTURES = 64
"""Different pictures held against each other in one bucket; those of one picture that goes to many come early."""


@dataclass(slots=True)
class Alike:
    """People with one and the same picture. now: of this plan; before: of runs shortly before; keys: some of `now`."""

    picture: Fingerprint | None = None
    now: int = 0
    before: int = 0
    keys: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All of them."""
        return self.now + self.before

    def add(self, key: str, before: bool) -> None:
        """One more."""
        self.before += before
        self.now += not before
        if not before and len(self.keys) < _MOST_KEYS:
            self.keys.append(key)


async def alike(work: Work) -> Alike:
    """The picture that goes to most people, beyond what the policy lets through; with nobody where there is none.

    First where many agree in the same bits, as they do in the very same bytes; else where many agree with one in some
    bits or other, as one picture does that was encoded anew for each.
    """
    enough, prints = work.route.policy.hold_same, work.state.prints
    await _enter_those_before(work)
    most = Alike()
    for band, value, size in await work.remembering(prints.buckets, work.run, enough):
        if size <= most.total:
            break  # no later bucket holds more
        most = _most([most, *await _groups(work, (band, value))])
        most = most if most.total > enough else Alike()
    if most.total > enough:
        return most
    for key in await work.remembering(prints.likely, work.run, enough):
        most = _most([most, await _around(work, key)])
    return most if most.total > enough else Alike()


async def _around(work: Work, key: str) -> Alike:
    """Everybody whose picture is the same as one person's."""
    group = Alike()
    for who, taken, before in await work.remembering(work.state.prints.around, work.run, key):
        group.picture = group.picture or taken
        if same_picture(group.picture, taken):
            group.add(who, before)
    return group


def _most(groups: Iterable[Alike]) -> Alike:
    """The largest in which anybody is of this plan."""
    return max((one for one in groups if one.now), key=lambda one: one.total, default=Alike())


async def _enter_those_before(work: Work) -> None:
    since, after = work.now() - work.route.policy.hold_within, ""
    lately, prints = work.state.lately, work.state.prints
    while page := await work.remembering(lately.prints_since, work.route.name, since, work.run, after, PAGE):
        await work.remembering(prints.put, work.run, dict(page), before=True)
        after = page[-1][0]


async def _groups(work: Work, bucket: tuple[int, int]) -> Collection[Alike]:
    """Those of a bucket by picture: that they agree in one band does not make them the same."""
    groups: list[Alike] = []
    after = ""
    while page := await work.remembering(work.state.prints.bucket, work.run, bucket, after, PAGE):
        for key, taken, before in page:
            group = next((one for one in groups if one.picture and same_picture(one.picture, taken)), None)
            if group is None and len(groups) < _MOST_PICTURES:
                groups.append(group := Alike(taken))
            if group is not None:
                group.add(key, before)
        after = page[-1][0]
    return groups
