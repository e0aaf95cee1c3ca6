"""A mailbox that shows the earlier picture for a while: the person is told, and nobody is brought the earlier one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.portal.running import Portal, portal_of
from tests.portal.sending import face, same, send

from samepic.config.load import load
from samepic.model.decision import Reason
from samepic.model.outcome import RunOutcome
from samepic.wiring import assembled

ROUTE = "exchange-to-sharepoint"


@pytest.fixture
def lagging(portal: Portal) -> Iterator[None]:
    """Everything that Graph serves is ten minutes old."""
    portal.at.control.post_fault(kind="stale_reads", api="graph", seconds=600)
    yield
    portal.at.control.clear_faults()


def swept(file: Path, *people: str) -> RunOutcome:
    """A run over everybody, or over some people, by another process than the portal."""
    configuration = load(file)

    async def run() -> RunOutcome:
        async with assembled(configuration, configuration.settings.routes[0]) as assembly:
            return await assembly.engine.sync(people)

    return asyncio.run(run())


def shown_by_sharepoint(portal: Portal, person: str) -> bytes | None:
    return portal.at.control.picture(person, "sharepoint-l")


def test_what_was_given_goes_everywhere_though_the_mailbox_shows_the_earlier_one(
    portal: Portal, lagging: None, tmp_path: Path
) -> None:
    with portal_of(portal.at, tmp_path) as own:
        person = own.somebody(case="changed_since_pull")
        guest, earlier = own.visit(person), own.at.control.picture(person, "exchange")
        seen = send(guest, face(41))
        assert seen.status == 200 and "It shows in Outlook and Teams by" in seen.text, seen.text
        assert same(shown_by_sharepoint(own, person), face(41)), "carried, not fetched from the mailbox"

        now = guest.ask("/my/now")
        assert "It shows in Outlook and Teams by" in now.text and "The same picture" in now.text
        [given, _] = [guest.ask(str(one["src"])).body for one in now.soup.select(".systems img.face")]
        assert same(given, face(41)), "what the mailbox will show, not what it still shows"
        way = guest.ask(f"/my/why/{ROUTE}")
        assert "it may still show the earlier one" in way.text and "Something is wrong" not in way.text

        again = guest.post("/my/everywhere")
        assert again.status == 200 and same(shown_by_sharepoint(own, person), face(41))
        outcomes = [swept(tmp_path / "samepic.toml", person), swept(tmp_path / "samepic.toml")]
        assert same(shown_by_sharepoint(own, person), face(41)), "no run brings the earlier one"
        assert outcomes[0].counts == {Reason.WAITING: 1} and Reason.WAITING in outcomes[1].counts

        own.at.control.clear_faults()
        assert same(own.at.control.picture(person, "exchange"), face(41)) and not same(earlier, face(41))
        now = guest.ask("/my/now")
        assert "may still show here and there in Outlook and Teams" in now.text and "The same picture" in now.text
        assert Reason.WAITING not in swept(tmp_path / "samepic.toml", person).counts
        assert same(shown_by_sharepoint(own, person), face(41))


def test_two_in_a_row_and_one_taken_back_wait_alike(portal: Portal, lagging: None) -> None:
    person = portal.somebody(number=8)
    guest = portal.visit(person)
    for number in (42, 43):
        assert send(guest, face(number)).status == 200
        assert same(shown_by_sharepoint(portal, person), face(number))
    [undo] = [
        {str(i["name"]): str(i.get("value", "")) for i in form.select("input[name]")}
        for form in guest.ask("/my/past").soup.select("form[action='/my/undo']")
    ]
    assert guest.ask("/my/undo", undo, Origin=portal.url).status == 200
    portal.at.control.clear_faults()
    assert same(shown_by_sharepoint(portal, person), portal.at.control.picture(person, "exchange"))


def test_after_a_while_the_mailbox_is_believed_whatever_it_shows(portal: Portal, tmp_path: Path) -> None:
    with portal_of(portal.at, tmp_path) as own:
        person = own.somebody(number=9)
        guest = own.visit(person)
        assert send(guest, face(44)).status == 200
        assert "may still show here and there" in guest.ask("/my/now").text
        before = own.at.control.picture(person, "exchange")
        own.at.control.put_picture(person, "exchange", face(45))
        assert swept(tmp_path / "samepic.toml", person).written == 1, "another picture than the earlier one is news"
        assert same(shown_by_sharepoint(own, person), face(45)) and not same(before, face(45))
