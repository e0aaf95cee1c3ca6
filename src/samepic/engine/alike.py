"""One and the same picture that would go to many people."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from samepic.engine.work import PAGE, Work
from samepic.imaging import APART_BITS, NEAR_BITS, distance, same_picture
from samepic.model.picture import FINGERPRINT_BITS, Fingerprint

_MOST_KEYS = 60
_MOST_PICTURES = 64
"""Different pictures held against each other in one bucket; those of one picture that goes to many come early."""

MOST_LAID = 5_000
"""Pairs that are laid on each other in one run, a millisecond each: seconds, however many people look alike."""

_NEAREST = 2
"""Of the pictures of a bucket, so many are laid on the next one: the same picture is among the nearest by its bits."""

_MISSES = 3
"""Of those around one person, nearest first, whoever comes after so many different ones is farther still."""

_log = logging.getLogger("samepic.breaker")


@dataclass(slots=True)
class Laying:
    """Tells whether two pictures are the same one, with an end to what that may cost.

    Once `left` is used up the bits alone tell: near is the same, since a plan that is held for nothing costs a look,
    and one that is let through costs people their pictures. Pairs that are neither near nor apart get half of it.
    """

    left: int = MOST_LAID
    by_bits: int = 0

    def same(self, one: Fingerprint, other: Fingerprint) -> bool:
        """Whether they are, as far as it may still be found out."""
        bits = distance(one, other)
        if one == other:
            return not one.blank
        if bits > APART_BITS or one.blank or other.blank:
            return False
        if self.left <= (0 if bits <= NEAR_BITS else MOST_LAID // 2):
            self.by_bits += 1
            return bits <= NEAR_BITS
        self.left -= 1
        return bool(same_picture(one, other))

    def tell(self) -> None:
        """Say so where not every pair could be laid on each other."""
        if self.by_bits:
            words = "so many pictures look alike that of %s pairs the bits alone told whether they are one"
            _log.warning(words, self.by_bits)


Told = tuple[str, Fingerprint, bool]
"""A person, their picture, and whether an earlier run gave it to them."""


Pages = Callable[[str, int], list[Told]]
"""So many of a bucket, beginning after a key."""


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

    First where many agree in all bits, as they do in the very same bytes; then where they agree in some; else where
    many agree with one in some bits or other, as one picture does that was encoded anew for each.
    """
    laying = Laying()
    try:
        return await _alike(work, laying)
    finally:
        laying.tell()


async def _alike(work: Work, laying: Laying) -> Alike:
    enough, prints = work.route.policy.hold_same, work.state.prints
    await _enter_those_before(work)
    most = Alike()
    for mark in await work.remembering(prints.identical, work.run, enough):
        most = _most([most, *await _groups(work, partial(prints.marked, work.run, mark), laying)])
    most = most if most.total > enough else Alike()
    for band, value, size in await work.remembering(prints.buckets, work.run, enough):
        if size <= most.total:
            break  # no later bucket holds more
        most = _most([most, *await _groups(work, partial(prints.bucket, work.run, (band, value)), laying)])
        most = most if most.total > enough else Alike()
    if most.total > enough:
        return most
    for key in await work.remembering(prints.likely, work.run, enough):
        most = _most([most, await _around(work, key, laying)])
    return most if most.total > enough else Alike()


async def _around(work: Work, key: str, laying: Laying) -> Alike:
    """Everybody whose picture is the same as one person's."""
    told = await work.remembering(work.state.prints.around, work.run, key)
    return await work.drawing(_same_as_first, told, laying)


def _same_as_first(told: Sequence[Told], laying: Laying) -> Alike:
    group, misses = Alike(told[0][1] if told else None), 0
    for key, taken, before in sorted(told, key=lambda one: distance(told[0][1], one[1])):
        if group.picture is not None and laying.same(group.picture, taken):
            group.add(key, before)
        elif (misses := misses + 1) >= _MISSES:
            break
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


async def _groups(work: Work, pages: Pages, laying: Laying) -> Collection[Alike]:
    """Those of a bucket by picture: that they agree in some bits does not make them the same."""
    groups: list[Alike] = []
    after = ""
    while page := await work.remembering(pages, after, PAGE):
        await work.drawing(_sort, groups, page, laying)
        after = page[-1][0]
    return groups


def _sort(groups: list[Alike], page: Sequence[Told], laying: Laying) -> None:
    """Put each with those of the same picture."""
    for key, taken, before in page:
        nearest = heapq.nsmallest(_NEAREST, groups, key=lambda one: _apart(one, taken))
        group = next((one for one in nearest if one.picture and laying.same(one.picture, taken)), None)
        if group is None and len(groups) < _MOST_PICTURES:
            groups.append(group := Alike(taken))
        if group is not None:
            group.add(key, before)


def _apart(group: Alike, taken: Fingerprint) -> int:
    return distance(group.picture, taken) if group.picture else FINGERPRINT_BITS
