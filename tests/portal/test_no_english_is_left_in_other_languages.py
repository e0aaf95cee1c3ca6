"""Whoever reads the portal in Norwegian or Latvian reads no sentence of it in English."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import cast

import pytest
from tests.english import english_in, left_in_english
from tests.portal.running import Guest, Portal

from samepic.model.decision import Action, Decision, Reason
from samepic.model.held import HeldPlan
from samepic.model.outcome import Explanation, RunRecord, SystemView
from samepic.model.person import NotEligible, PersonId
from samepic.model.picture import GONE, NOT_TOLD, Stamp
from samepic.model.plan import Hold, PlanId, RunId, Tally
from samepic.model.policy import Policy
from samepic.model.sayings import saying
from samepic.planning import hold
from samepic.planning.words import words_for
from samepic.portal.pages.language import Speaker
from samepic.portal.pages.particulars import particulars
from samepic.portal.pages.sayings import spoken
from samepic.portal.probing import probed
from samepic.portal.roles import Role
from samepic.portal.site import Site
from samepic.ports.errors import AccessDenied, Busy, PersonGone, SystemFault
from samepic.state.store import open_state

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROUTE = "exchange-to-sharepoint"
OTHERS = ("nb", "lv")


def left_on(guest: Guest, address: str) -> set[str]:
    """What of a page is English: sentences of ours, and whatever says that it is."""
    seen = guest.ask(address)
    assert seen.status == 200 and seen.soup.main is not None, address
    told = " ".join(seen.soup.main.get_text(" ").split())
    return english_in(told) | {one.text for one in seen.soup.main.select("[lang=en]")}


@pytest.fixture(params=OTHERS)
def desk(request: pytest.FixtureRequest, portal: Portal) -> Guest:
    """Somebody of the helpdesk who reads another language."""
    return portal.visit(portal.somebody(Role.HELPDESK), request.param)


def one_of_each_case(portal: Portal) -> Iterator[tuple[str, str]]:
    """Somebody of every awkward sort that the world has."""
    cases = {str(one["case"]): str(one["id"]) for one in portal.at.control.people()}
    yield from sorted(cases.items())


def test_side_by_side(portal: Portal, desk: Guest) -> None:
    found = {}
    for case, person in one_of_each_case(portal):
        left = left_on(desk, f"/admin/people/{person}/routes/{ROUTE}")
        if left:
            found[case] = left
    assert found == {}


@pytest.mark.parametrize("system", ["entra_id", "exchange_online", "portal", "sharepoint_online"])
def test_a_system_that_is_tried_says_in_their_language_what_works(desk: Guest, system: str) -> None:
    seen = desk.post(f"/admin/systems/{system}")
    assert seen.status == 200 and seen.soup.main is not None
    told = [one.text for one in seen.soup.main.select("p, li")]
    assert len(told) > (1 if system == "portal" else 2) and not seen.soup.main.select("[lang=en]"), told
    assert not english_in(" ".join(told))


def test_a_portal_that_nobody_comes_back_to_says_so_in_their_language(portal: Portal, desk: Guest) -> None:
    apps = portal.at.tenant.authority.apps
    app = apps.get(portal.at.said.client_id)
    assert app is not None
    apps.build_in(replace(app, redirect_uris=()))
    try:
        seen = desk.post("/admin/systems/portal")
    finally:
        apps.build_in(app)
    assert seen.soup.main is not None
    told = [one.text for one in seen.soup.main.select("p, li")]
    assert sum("localhost" in one for one in told) == 2, told
    assert not seen.soup.main.select("[lang=en]") and not english_in(" ".join(told)), told


@dataclass
class Lacking:
    """What the portal's probe asks: a sign-in that tells nothing, and groups. fault: what the directory says to one."""

    administrators: tuple[str, ...] = ()
    helpdesk: tuple[str, ...] = ()
    fault: SystemFault | None = None
    url: str = "https://portal.example"
    giving: None = None

    @property
    def provider(self) -> Lacking:
        return self

    census = groups = provider

    async def keys(self) -> None:
        """They are there."""

    async def sends_back_to(self, back: str) -> tuple[None, str]:
        return None, saying("answered", status="200")

    async def takes_our_proof(self, back: str) -> bool:
        return False

    async def members(self, group: str) -> AsyncIterator[PersonId]:
        if self.fault is not None:
            raise self.fault
        for nobody in ():
            yield nobody


GONE_GROUP = "00000000-0000-0000-0000-000000000000"
LACKING = (
    (Lacking(), "objekt-ID"),
    (Lacking(("empty",)), "medlemmer"),
    (Lacking((GONE_GROUP,), fault=PersonGone("entra_id", "members", "404")), "finnes ikke"),
    (Lacking(helpdesk=("Portal.Helpdesk",), fault=PersonGone("entra_id", "members", "404")), "approlle"),
    (Lacking(("empty",), fault=AccessDenied("entra_id", "members", "403")), "Add groups claim"),
    (Lacking(("empty",), fault=Busy("entra_id", "members", "503")), "svarte ikke i tide"),
)


@pytest.mark.parametrize(("site", "told"), LACKING)
async def test_whatever_the_portal_finds_of_itself(site: Lacking, told: str) -> None:
    probe = await probed(cast(Site, site))
    said = [probe.words, *probe.notes]
    assert told in " ".join(spoken(Speaker("nb"), one) for one in said)
    assert not any(map(left_in_english, said)), said


def held(plan: str, hold: Hold) -> HeldPlan:
    return HeldPlan(PlanId(plan), ROUTE, RunId(f"run-{plan}"), NOW, hold, 400, 40, {Reason.DRIFTED: 40})


def test_a_held_plan_and_its_run_say_in_their_language_what_objects(folder: Path, desk: Guest) -> None:
    cut = (saying("cut_people_saw", system="entra_id", saw="503"), saying("cut", system="sharepoint_online"))
    lost = {"source_pictures": 7, "source_pictures_before": 1400, "same": 12, "same_before": 3, "blanks": 31}
    objects = hold(Tally(400, {}, 1500, 2, 4096, 9000, cut, **lost), Policy(hold_share=0.125))
    assert objects is not None and len(objects.objections) == 6
    run = RunRecord(RunId("run-whole"), PlanId("whole"), ROUTE, "sync", NOW, NOW, "held", 1, 0, 0, 0, objects.words)
    state = open_state(folder / "samepic-state" / "state.sqlite")
    state.plans.found_held(held("whole", objects))
    state.runs.end(run, {}, objects, None)
    state.close()
    for address in (f"/admin/plans/{ROUTE}/whole", "/admin/runs/run-whole"):
        assert left_on(desk, address) == set()
        told = desk.ask(address).text.replace("\N{NO-BREAK SPACE}", " ")
        assert all(one in told for one in ("36,7 %", "12,5 %", "1 500", "503"))


def test_a_plan_that_an_older_version_held_is_shown_as_the_english_it_is(folder: Path, desk: Guest) -> None:
    state = open_state(folder / "samepic-state" / "state.sqlite")
    state.plans.found_held(held("older", Hold("share", "More than <b>9</b> % would be overwritten.")))
    state.close()
    assert left_on(desk, f"/admin/plans/{ROUTE}/older") == {"More than <b>9</b> % would be overwritten."}


@pytest.mark.parametrize("language", OTHERS)
def test_whatever_is_the_matter_with_somebody(language: str) -> None:
    t, told = Speaker(language), saying("put_back", run="r", at="2026-11-22 06:00")
    views = [
        SystemView("exchange_online", state, None, None, words="no picture") for state in (NOT_TOLD, GONE, Stamp("1"))
    ]
    left_out: list[NotEligible | None] = [None, *NotEligible]
    for reason, action, why, view in product(Reason, Action, left_out, views):
        said = words_for(Decision(action, reason), why)
        plain = astuple(said)[1:]
        one = Explanation("p", "P", ROUTE, (view, view), True, why, reason, action, told, *plain)
        shown = " ".join(map(str, particulars(t, one)))
        assert not english_in(shown), shown
        assert "lang=" not in shown, shown
