"""The doctor says where the way of a picture ends, and offers what mends it; a whole way is called one."""

from __future__ import annotations

import pytest
from tests.portal.running import Portal
from tests.portal.sending import face

WAY = "/my/why/exchange-to-sharepoint"


@pytest.mark.parametrize(
    ("case", "wrong", "says", "mends"),
    [
        ("never_visited", "SharePoint and OneDrive", "only when you open SharePoint", "button"),
        ("changed_since_pull", "SharePoint and OneDrive", "shows another picture", "button"),
        ("no_mailbox", "Outlook and Teams", "no mailbox in Exchange Online", "ask"),
        ("tombstoned", "Outlook and Teams", "Everything begins here", "give"),
        ("guest", "Samepic", "a guest here", "ask"),
        ("sync_off", "Your profile in SharePoint", "switched off the fetching", "ask"),
        ("other_geography", "SharePoint and OneDrive", "another region", "ask"),
    ],
)
def test_where_it_stops_and_what_mends_it(portal: Portal, case: str, wrong: str, says: str, mends: str) -> None:
    seen = portal.visit(portal.somebody(case=case)).ask(WAY)
    stops = seen.soup.select(".way > li")
    assert len(stops) == 5, seen.text
    first = next(one for one in stops if "wrong" in (one["class"] or ()))
    assert first.h3 is not None and first.h3.text.startswith(wrong), seen.soup.select_one("main")
    assert says in seen.text, seen.soup.select_one("main")
    assert bool(seen.soup.select(".actions form button")) == (mends == "button")
    assert bool(seen.soup.select('.actions a[href="/my/upload"]')) == (mends == "give")
    assert ("cannot mend this yourself" in seen.text) == (mends == "ask")


def test_the_button_mends_it_and_then_the_way_is_whole(portal: Portal) -> None:
    guest = portal.visit(portal.somebody(case="changed_since_pull"))
    form = guest.ask(WAY).soup.select_one(".actions form")
    assert form is not None
    assert guest.post(str(form["action"])).status == 200
    seen = guest.ask(WAY)
    assert "Your picture arrives" in seen.text and not seen.soup.select(".way .wrong"), seen.soup.select_one("main")
    assert "until" in seen.text, "what a browser has kept is told"


def test_waiting_for_the_daily_gate_is_told_with_its_end(portal: Portal) -> None:
    person = portal.somebody(case="changed_since_pull")
    guest = portal.visit(person)
    guest.post("/my/everywhere")
    portal.at.control.delete_picture(person, "sharepoint-l")
    portal.at.control.put_picture(person, "sharepoint-l", face(1))
    seen = guest.ask(WAY)
    assert "at the earliest at" in seen.text and "UTC" in seen.text, seen.soup.select_one("main")


def test_a_route_that_is_none_is_nothing(portal: Portal) -> None:
    assert portal.visit(portal.somebody()).ask("/my/why/x").status == 404
