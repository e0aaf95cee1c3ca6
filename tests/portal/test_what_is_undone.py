"""Which change *Undo* takes back: the gift with all that it led to, or the one change that was somebody's since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.pictures import encoded, mosaic

from samepic.imaging import workers
from samepic.model.decision import Action, Reason
from samepic.model.past import Past
from samepic.model.picture import NOT_TOLD, Stamp
from samepic.model.remembered import Change, Kept
from samepic.portal.person.giving import undoable

GIVING, ROUTE = "portal:exchange_online", "main"
GIVEN_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SOON, DAYS = timedelta(minutes=1), timedelta(days=2)
GIFT, OTHER, BEFORE = 1, 2, 3


def kept(route: str, number: int, edge_px: int) -> Kept:
    data = encoded(mosaic(number).resize((edge_px, edge_px)))
    taken = workers().draw(data).fingerprint
    name = f"{number}-{edge_px}"
    return Kept(route, "kari", name, "exchange", Stamp("s"), "image/jpeg", GIVEN_AT, "run", edge_px, edge_px, 9, taken)


def past(route: str, at: datetime, after: Kept) -> Past:
    before = kept(route, BEFORE, 96)
    change = Change(
        "kari", "run", at, Action.WRITE, Reason.CHANGED, NOT_TOLD, NOT_TOLD, Stamp(before.sha256), Stamp(after.sha256)
    )
    every = (after, before)
    return Past("kari", "kari", "Kari", route, every, (change,), frozenset(one.sha256 for one in every))


@pytest.mark.parametrize(
    ("shows", "later", "undone"),
    [
        (GIFT, SOON, GIVING),
        (OTHER, SOON, GIVING),
        (GIFT, DAYS, GIVING),
        (OTHER, DAYS, ROUTE),
    ],
    ids=["at once", "soon", "the system came for it days later", "another picture since"],
)
def test_a_gift_is_undone_whole_however_late_a_system_came_for_it(shows: int, later: timedelta, undone: str) -> None:
    found = {
        GIVING: past(GIVING, GIVEN_AT, kept(GIVING, GIFT, 192)),
        ROUTE: past(ROUTE, GIVEN_AT + later, kept(ROUTE, shows, 96)),
    }
    last = undoable(found, GIVING)
    assert last is not None
    assert last.route == undone


def test_without_a_way_to_give_each_change_stands_alone() -> None:
    found = {ROUTE: past(ROUTE, GIVEN_AT, kept(ROUTE, GIFT, 96))}
    last = undoable(found, None)
    assert last is not None
    assert last.route == ROUTE
