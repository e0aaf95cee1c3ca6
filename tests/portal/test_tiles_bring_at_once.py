"""A tile asks the system itself where nothing can be lost, writes where not, and shows what was and what is."""

from __future__ import annotations

from tests.portal.running import Portal
from tests.portal.sending import same

TILE = "/tiles/exchange-to-sharepoint"


def asked(portal: Portal) -> int:
    return portal.at.control.count(api="sharepoint", operation="userphoto.aspx")


def test_sharepoint_is_asked_as_the_person_where_it_shows_nothing(portal: Portal) -> None:
    person = portal.somebody()
    guest = portal.visit(person)
    before = asked(portal)
    seen = guest.post(TILE)
    assert "by itself" in seen.text and asked(portal) == before + 1
    assert same(portal.at.control.picture(person, "sharepoint-l"), portal.at.control.picture(person, "exchange"))
    link = seen.soup.select_one(".opens a")
    assert link is not None and link["href"] == f"{portal.at.url}/_layouts/15/onedrive.aspx"
    assert asked(portal) == before + 1 and "nothing to bring" in guest.post(TILE).text, "once is enough"


def test_where_its_gate_is_closed_samepic_writes(portal: Portal) -> None:
    person = portal.somebody(number=1)
    guest = portal.visit(person)
    assert "by itself" in guest.post(TILE).text
    portal.at.control.delete_picture(person, "sharepoint-l")
    for size in ("s", "m"):
        portal.at.control.delete_picture(person, f"sharepoint-{size}")
    seen = guest.post(TILE)
    assert "Your picture was brought there" in seen.text, seen.soup.select_one("main")
    assert portal.at.control.picture(person, "sharepoint-l") is not None


def test_what_is_there_is_never_left_to_a_way_that_keeps_no_copy(portal: Portal) -> None:
    person = portal.somebody(case="changed_since_pull")
    old, before = portal.at.control.picture(person, "sharepoint-l"), asked(portal)
    guest = portal.visit(person)
    seen = guest.post(TILE)
    assert "Your picture was brought there" in seen.text and asked(portal) == before
    [was, now] = [guest.ask(str(one["src"])).body for one in seen.soup.select(".pair img")]
    assert same(was, old) and same(now, portal.at.control.picture(person, "exchange"))
