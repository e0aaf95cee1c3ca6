"""Those of whom there is news: new or changed in the census or in the policy's groups, who asked lately, who was left.

They are asked for by id, many in a request; nothing but those groups is listed: that somebody is not among them says
nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from samepic.engine.observe import enter_groups, rows_of
from samepic.engine.streak import Stop
from samepic.engine.work import PAGE, Work
from samepic.model.news import Because
from samepic.model.outcome import MatchedNobody
from samepic.model.person import PersonId
from samepic.model.sayings import Saying, saying
from samepic.model.sweeping import Observed
from samepic.model.system import Cursor, Listed
from samepic.planning import grounds_of, other_grounds
from samepic.ports.errors import Expired, SystemFault
from samepic.ports.progress import Phase

_FEW = 200
_MOST_SHARE = 1 / 3
"""Of those remembered: a person who is asked for costs about three times the requests of one who is listed."""

_log = logging.getLogger("samepic.engine")


class Everybody(Exception):
    """Those of whom there is news are not known, or too many: a full sweep is needed. words: why."""

    def __init__(self, words: Saying) -> None:
        super().__init__(words)
        self.words = words


async def observe_news(work: Work) -> Observed:
    """Enter those of whom there is news. Raises Everybody, and Stop."""
    work.progress.begin(Phase.CENSUS, None)
    cursor = await _hear(work, await _last_heard(work))
    empty = await enter_groups(work)
    news, name = work.state.news, work.route.name
    await work.remembering(news.enter_moved, name, work.run)
    many, known = [await work.remembering(count, name) for count in (news.count, work.state.memories.count)]
    if many > max(_FEW, known * _MOST_SHARE):
        raise Everybody(saying("much_news", n=many))
    upto, after = await work.remembering(news.latest, name), ""
    while keys := await work.remembering(news.page, name, upto, after, PAGE):
        await work.put(await rows_of(work, await _told(work, keys)))
        work.progress.advance(len(keys))
        after = keys[-1]
    return Observed(matched_nobody=MatchedNobody(except_group=empty), full=False, cursor=cursor, upto=upto)


async def present(work: Work) -> Cursor | None:
    """From where the census can tell later what changes from now on; None where it does not."""
    cursor: Cursor | None = None
    try:
        async for page in work.route.census.changed(None):
            cursor = page.cursor or cursor
    except SystemFault as fault:
        _log.warning("no incremental sweep can follow this one: %s", fault)
    return cursor


async def keep(work: Work, observed: Observed) -> None:
    """Enter that the sweep of this observation has ended well: the next one goes on from there.

    On what its decisions rest is not known where the policy has become another one meanwhile, as that of a worker that
    began later may have.
    """
    if observed.grounds != grounds_of(work.route.policy):
        observed = replace(observed, grounds={})
    await work.remembering(work.state.news.keep, work.route.name, work.run, observed, work.now())


async def _last_heard(work: Work) -> Cursor:
    """From where to go on. Raises Everybody where everybody may have to be decided otherwise than last time."""
    heard = await work.remembering(work.state.news.heard, work.route.name)
    if heard is None:
        raise Everybody(saying("never_full"))
    if others := other_grounds(heard.grounds, grounds_of(work.route.policy)):
        raise Everybody(others)
    if heard.cursor is None:
        raise Everybody(saying("no_cursor"))
    return heard.cursor


async def _hear(work: Work, since: Cursor) -> Cursor:
    """Enter what the census tells, which is told again until the sweep has ended well; gives its new cursor."""
    cursor: Cursor | None = None
    try:
        async for page in work.route.census.changed(since):
            people = [person.casefold() for person in page.people]
            for start in range(0, len(people), PAGE):
                await _enter(work, people[start : start + PAGE], Because.CENSUS)
            cursor = page.cursor or cursor
    except Expired as fault:
        raise Everybody(saying("cursor_expired", system=fault.system, saw=fault.saw)) from fault
    except SystemFault as fault:
        raise Stop.of(fault) from fault
    if cursor is None:
        raise Stop(saying("news_cut", system=work.route.census.profile.name))
    return cursor


async def _told(work: Work, keys: Sequence[str]) -> list[Listed]:
    """Who the census knows of these. Whoever it could not tell of stays news for the next run."""
    found: dict[str, Listed | None] = {}
    try:
        async for person, listed in work.route.census.told([PersonId(key) for key in keys]):
            found[person] = listed
    except SystemFault as fault:
        raise Stop.of(fault) from fault
    await _enter(work, [key for key in keys if key not in found], Because.LEFT)
    return [listed for listed in found.values() if listed is not None]


async def _enter(work: Work, people: Sequence[str], because: Because) -> None:
    await work.remembering(work.state.news.enter, work.route.name, people, because)
