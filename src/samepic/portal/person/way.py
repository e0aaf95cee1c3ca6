"""The way of a picture from where it is set to the screen, stop by stop, with what is wrong at each.

What SharePoint does by itself, and how long it waits: facts of its own documents ("Information about profile picture
synchronization"; profile-picture-not-showing): asked for by the person, once in 24 hours; browsers keep it a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from samepic.engine.served import Side
from samepic.model.decision import Action, Reason
from samepic.model.outcome import Explanation, SystemView
from samepic.model.past import Past
from samepic.model.person import NotEligible
from samepic.model.picture import NO_PICTURE, NOT_TOLD
from samepic.model.timing import Starts
from samepic.portal.person.standing import Apart, Showing, showing, shown_or_silent
from samepic.portal.site import Site

GATE = timedelta(hours=24)
KEPT_BY_BROWSERS = timedelta(hours=24)

_OF_THE_SOURCE = (NotEligible.NO_MAILBOX, NotEligible.ON_PREMISES_MAILBOX)
_OF_THE_TARGET = (
    NotEligible.SYNC_SWITCHED_OFF,
    NotEligible.PICTURE_NOT_EDITABLE,
    NotEligible.PEOPLE_SYSTEM,
    NotEligible.OTHER_GEOGRAPHY,
    NotEligible.NO_PROFILE,
)
_DECIDED = (Reason.REMOVED, Reason.DRIFTED, Reason.CLASH, Reason.FIRST_MEETING)
"""Left alone because the route's policy says so."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the way. name: `mailbox`, `samepic`, `target`, `profile`, `browser`. shown: what it serves.

    good: None where nothing can be said. says: sentences by name, with the time that they tell.
    """

    name: str
    system: str
    good: bool | None
    says: tuple[tuple[str, datetime | None], ...]
    shown: Showing | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """All of it. can_bring, can_give: which buttons mend it; ask: whether only somebody else can.

    silent: where the way could not be told, the systems that did not answer; None where it could.
    """

    route: str
    target: str
    stops: tuple[Stop, ...]
    can_bring: bool = False
    can_give: bool = False
    ask: bool = False
    opens: str | None = field(default=None)
    silent: tuple[str, ...] | None = None

    @property
    def broken_at(self) -> Stop | None:
        """The first stop where something is wrong; None where the picture arrives."""
        return next((stop for stop in self.stops if stop.good is False), None)


def way(site: Site, person: str, route: str, told: Explanation, past: Past, now: datetime) -> Way:
    """From what the systems say and what we remember."""
    source, target = told.systems
    stops = [
        Stop("mailbox", source.system, *_source(told), showing(site, person, route, Side.SOURCE, source, past)),
        Stop("samepic", "", *_samepic(site, route, told, past)),
        Stop("target", target.system, *_target(told, target), showing(site, person, route, Side.TARGET, target, past)),
    ]
    if target.system == "sharepoint_online":
        stops.append(Stop("profile", target.system, *_profile(told, target, now)))
    stops.append(Stop("browser", "", *_browser(target, now)))
    mends = told.action is Action.WRITE and site.starts[route] is not Starts.ON_SCHEDULE
    arrives = all(stop.good is not False for stop in stops)
    can_give = site.giving is not None and told.eligible and not mends and not arrives
    ask = not arrives and not mends and not can_give
    return Way(route, target.system, tuple(stops), mends, can_give, ask, site.opens.get(target.system))


def coming(site: Site, route: str) -> Way:
    """Its stops before anybody is asked: a page keeps room for what they say."""
    of = site.routes[route].route
    source, target = of.source.profile.name, of.target.profile.name
    named = [("mailbox", source), ("samepic", ""), ("target", target)]
    if target == "sharepoint_online":
        named.append(("profile", target))
    stops = tuple(Stop(name, system, None, ()) for name, system in (*named, ("browser", "")))
    return Way(route, target, stops, opens=site.opens.get(target))


def way_apart(site: Site, person: str, route: str, one: Apart, past: Past | None) -> Way:
    """The same where a system does not answer: what each of the others shows, and no word about what is wrong."""
    names, shown = ("mailbox", "target"), shown_or_silent(site, person, route, one, past)
    source, target = (
        Stop(name, side.system, None, ((_alone(side), None),), None if side.silent else side)
        for name, side in zip(names, shown, strict=True)
    )
    between = []
    if past is not None:
        said = ("why.last_brought", past.changes[0].at) if past.changes else ("why.never_brought", None)
        between = [Stop("samepic", "", None, (said,))]
    return Way(route, target.system, (source, *between, target), opens=site.opens.get(target.system), silent=one.silent)


def _alone(side: Showing) -> str:
    if side.silent:
        return "my.silent"
    if side.is_source:
        return "why.mailbox_shows" if side.picture else "why.mailbox_empty"
    return "why.target_shows" if side.picture else "why.target_empty"


Said = tuple[bool | None, tuple[tuple[str, datetime | None], ...]]


def _source(told: Explanation) -> Said:
    source = told.systems[0]
    if told.not_eligible in _OF_THE_SOURCE:
        return False, ((f"not_eligible.{told.not_eligible.value}", None),)
    if told.reason is Reason.REFUSED:
        return False, (("reason.refused", None),)
    if source.given is not None and not source.given.shown:
        return None, (("why.given", source.given.at), ("why.shows_by", source.given.until))
    if isinstance(source.state, str):
        return True, (("why.mailbox_shows", None),)
    if source.state is NO_PICTURE:
        return False, (("why.mailbox_empty", None),)
    return (None if source.state is NOT_TOLD else False), (("why.not_told", None),)


def _samepic(site: Site, route: str, told: Explanation, past: Past) -> Said:
    says: list[tuple[str, datetime | None]] = []
    if past.changes:
        says.append(("why.last_brought", past.changes[0].at))
    else:
        says.append(("why.never_brought", None))
    if told.not_eligible is not None:
        if told.not_eligible not in (*_OF_THE_SOURCE, *_OF_THE_TARGET):
            return False, (*says, (f"not_eligible.{told.not_eligible.value}", None))
        return None, tuple(says)
    if told.reason is not Reason.REFUSED:
        says.append((f"reason.{told.reason.value}", None))
    if told.action is Action.NOTHING and told.reason in _DECIDED:
        return False, (*says, ("why.policy", None))
    if told.action is not Action.NOTHING and site.starts[route] is Starts.ON_SCHEDULE:
        says.append(("home.by_the_clock", None))
    settled = (Reason.IN_STEP, Reason.RESTORED, Reason.WAITING)
    at_fault = (Reason.OVERRULED, Reason.PARTED, Reason.UNMATCHED)
    good = True if told.reason in settled else False if told.reason in at_fault else None
    return good, tuple(says)


def _target(told: Explanation, target: SystemView) -> Said:
    if told.not_eligible in (NotEligible.NO_PROFILE, NotEligible.OTHER_GEOGRAPHY):
        return False, ((f"not_eligible.{told.not_eligible.value}", None),)
    if not isinstance(target.state, str):
        empty = target.state is NO_PICTURE
        return (False if empty else None), (("why.target_empty" if empty else "why.not_told", None),)
    if target.same_as_source is None:
        return None, (("why.target_shows", None),)
    return target.same_as_source, (("why.target_same" if target.same_as_source else "why.target_other", None),)


def _profile(told: Explanation, target: SystemView, now: datetime) -> Said:
    others = (NotEligible.SYNC_SWITCHED_OFF, NotEligible.PICTURE_NOT_EDITABLE, NotEligible.PEOPLE_SYSTEM)
    if told.not_eligible in others:
        return False, ((f"not_eligible.{told.not_eligible.value}", None),)
    says: list[tuple[str, datetime | None]] = []
    if target.blanked:
        says.append(("why.placeholder", None))
    if target.sync_off:
        says.append(("why.sync_off", None))
    elif told.reason is not Reason.IN_STEP:
        due = target.changed_at + GATE if target.changed_at is not None else None
        says.append(("why.gate", due) if due is not None and due > now else ("why.by_itself", None))
    return (False if target.blanked else True if not says else None), tuple(says or [("why.profile_well", None)])


def _browser(target: SystemView, now: datetime) -> Said:
    until = target.changed_at + KEPT_BY_BROWSERS if target.changed_at is not None else None
    if until is not None and until > now:
        return None, (("why.kept_until", until),)
    return True, (("why.not_kept", None),)
