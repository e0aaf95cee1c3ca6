"""The way in holds: nobody gets in by another's answer, another's cookie, or a token that is not the provider's."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.conftest import tenant_of
from tests.portal.running import Guest, Portal, portal_of
from tests.visitor import Seen

from samepic.portal.roles import Role
from samepic.portal.sign_in.pending import ours


def answered(portal: Portal, guest: Guest, person: str, to: str = "/") -> Seen:
    """The provider's answer to a sign-in, which the browser has not followed yet."""
    name, password = portal.account(person)
    door = guest.follow(guest.ask(f"/sign-in?to={to}"))
    return guest.submit(door, name=name, password=password)


def test_a_fresh_session_signs_in_and_sees_itself(portal: Portal) -> None:
    person = portal.somebody()
    user = portal.at.tenant.store.users.get(person)
    heading = portal.visit(person).ask("/").soup.select_one("h1")
    assert user is not None and heading is not None and user.display_name in heading.text


def test_the_way_back_leads_where_somebody_was_going(portal: Portal) -> None:
    guest = portal.visit(None)
    seen = answered(portal, guest, portal.somebody(), "/tiles/exchange-to-sharepoint")
    assert guest.follow(seen).url == f"{portal.url}/tiles/exchange-to-sharepoint"


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%0d%0aSet-Cookie:a=b", "", "x"],
)
def test_the_way_back_leads_nowhere_else(portal: Portal, to: str) -> None:
    guest = portal.visit(None)
    seen = guest.ask(answered(portal, guest, portal.somebody(), to).location or "")
    assert seen.location is not None and seen.location.startswith("/") and not seen.location.startswith("//")
    assert "evil" not in seen.location and "Set-Cookie" not in seen.headers.get("location", "")


@pytest.mark.parametrize("to", ["/a b", "/a\nb", "/a\\b", "//a", "/\\a", "a", "/" + "a" * 600])
def test_hostile_ways_back_are_the_first_page(to: str) -> None:
    assert ours(to) == "/"


def test_another_browser_cannot_bring_the_answer(portal: Portal) -> None:
    guest, other = portal.visit(None), portal.visit(None)
    answer = answered(portal, guest, portal.somebody()).location or ""
    assert other.ask(answer).status == 400
    assert other.ask("/").status == 302, "still nobody"
    assert guest.ask(answer).status == 302, "whoever began it is not kept out by that"
    assert guest.ask(answer).status == 400, "once only"


def test_an_answer_without_its_state_is_refused(portal: Portal) -> None:
    guest = portal.visit(None)
    guest.ask("/sign-in")
    assert guest.ask("/sign-in/done?code=abc").status == 400
    assert guest.ask("/sign-in/done?code=abc&state=abc").status == 400


def test_a_code_of_another_sign_in_is_refused(portal: Portal) -> None:
    """PKCE and the nonce: the code belongs to the browser that asked for it."""
    victim, thief = portal.visit(None), portal.visit(None)
    [code] = parse_qs(urlsplit(answered(portal, victim, portal.somebody()).location or "").query)["code"]
    [state] = parse_qs(urlsplit(thief.ask("/sign-in").location or "").query)["state"]
    seen = thief.ask(f"/sign-in/done?code={code}&state={state}")
    assert seen.status == 403 and thief.ask("/").status == 302


def test_nobody_gets_a_session_of_somebody_elses_choosing(portal: Portal) -> None:
    guest = portal.visit(None)
    answer = answered(portal, guest, portal.somebody()).location or ""
    own = "; ".join(f"{one.name}={one.value}" for one in guest.jar)
    assert "samepic-signing-in=" in own
    seen = guest.ask(answer, Cookie=f"{own}; samepic-session=chosen")
    assert seen.status == 302, "signed in, although somebody had put a word there"
    given = next(one.value for one in guest.jar if one.name == "samepic-session")
    assert given != "chosen" and portal.visit(None).ask("/", Cookie=f"samepic-session={given}").status == 200
    assert portal.visit(None).ask("/", Cookie="samepic-session=chosen").status == 302, "nobody's session"

    guest = portal.visit(portal.somebody())
    first = next(one.value for one in guest.jar if one.name == "samepic-session")
    seen = guest.follow(guest.ask("/sign-in"))
    assert seen.url == f"{portal.url}/", "the provider knows them still"
    second = next(one.value for one in guest.jar if one.name == "samepic-session")
    assert first != second
    assert portal.visit(None).ask("/", Cookie=f"samepic-session={first}").status == 302, "the earlier session is over"


def test_signing_out_ends_the_session_here_and_at_the_provider(portal: Portal) -> None:
    guest = portal.visit(portal.somebody())
    word = next(one.value for one in guest.jar if one.name == "samepic-session")
    seen = guest.post("/sign-out")
    assert seen.status == 303 and (seen.location or "").startswith(portal.at.url)
    guest.follow(seen)
    assert portal.visit(None).ask("/", Cookie=f"samepic-session={word}").status == 302
    door = guest.follow(guest.ask("/"))
    assert door.url.startswith(portal.at.url), "the provider asks again too"


@pytest.mark.parametrize("role", [Role.PERSON, Role.HELPDESK, Role.ADMINISTRATOR])
def test_the_groups_say_what_somebody_may(portal: Portal, role: Role, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="samepic.portal"):
        portal.visit(portal.somebody(role))
    assert [record.facts["role"] for record in caplog.records if "role" in getattr(record, "facts", {})] == [
        role.name.lower()
    ]


def test_cookies_are_for_the_portal_alone(portal: Portal) -> None:
    guest = portal.visit(None)
    begun = guest.ask("/sign-in").headers.get_all("set-cookie") or []
    done = guest.ask(answered(portal, guest, portal.somebody()).location or "").headers.get_all("set-cookie") or []
    for cookie in [*begun, *done]:
        assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower() and "path=/" in cookie.lower(), cookie


def test_a_provider_that_does_not_answer_is_told_in_words(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        tenant = stack.enter_context(tenant_of())
        with portal_of(tenant, tmp_path) as portal:
            stack.close()  # the tenant is gone
            seen = portal.visit(None, "nb").ask("/sign-in")
    assert seen.status == 503 and "svarer ikke" in seen.text
