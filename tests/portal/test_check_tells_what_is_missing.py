"""`samepic check` says what the portal lacks and where to grant it, before anybody stands before a closed door."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import samepic
from tests.conftest import RunningTenant, tenant_of

from localtenant.authority.apps import App
from localtenant.directory.organization import SETTINGS
from localtenant.store.records import PhotoUpdateSettings
from samepic.config.template import Found, render

NOBODYS = "00000000-0000-0000-0000-00000000abcd"


class Desk:
    """An administrator who checks one configuration."""

    def __init__(self, folder: Path, at: RunningTenant) -> None:
        self.at, self.file = at, folder / "samepic.toml"
        found = Found(
            tenant_id=at.said.tenant_id,
            client_id=at.said.client_id,
            cloud="custom",
            url=at.said.url,
            certificate=Path(at.said.client_certificate),
            administrators=(at.said.administrators,),
            helpdesk=(at.said.helpdesk,),
        )
        self.text = render(found)
        self.app = self._app()

    def _app(self) -> App:
        found = self.at.tenant.authority.apps.get(self.at.said.client_id)
        assert found is not None
        return found

    def register(self, **changed: Any) -> None:
        """The app's registration, otherwise than it was."""
        self.at.tenant.authority.apps.build_in(dataclasses.replace(self.app, **changed))

    def without(self, *roles: str) -> None:
        """Take permissions of Graph's back."""
        kept = (one for one in self.app.roles if one[0] != "graph" or one[1] not in roles)
        self.register(roles=tuple(kept))

    def check(self, system: str = "portal", code: int = 0, text: str | None = None) -> Any:
        self.file.write_text(text or self.text)
        ended = samepic("check", "--json", "--config", str(self.file))
        assert ended.code == code, (ended.out, ended.err)
        return next(one for one in ended.json["systems"] if one["system"] == system)


@pytest.fixture(scope="module")
def at() -> Iterator[RunningTenant]:
    with tenant_of() as tenant:
        yield tenant


@pytest.fixture
def desk(at: RunningTenant, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, at)
    yield desk
    desk.register()
    at.control.clear_faults()


def needs(probe: Any) -> str:
    return "\n".join(one["permission"] for one in probe["missing"])


def test_where_nothing_is_missing_it_says_so_and_changes_no_picture(desk: Desk) -> None:
    desk.at.control.clear_ledger()
    probe = desk.check()
    assert (probe["works"], probe["can_write"], probe["missing"], probe["notes"]) == (True, True, [], []), probe
    assert "people can sign in" in probe["words"]
    sent = desk.at.control.ledger()["entries"]
    assert sent and not {one["operation"] for one in sent if one["method"] in ("PUT", "PATCH", "DELETE")}


def test_uploads_need_the_right_to_write_pictures(desk: Desk) -> None:
    desk.without("ProfilePhoto.ReadWrite.All", "User.ReadWrite.All")
    probe = desk.check(code=1)
    assert (probe["works"], probe["can_write"]) == (False, False)
    assert needs(probe) == "ProfilePhoto.ReadWrite.All (Microsoft Graph, application)"
    text = desk.text.replace('uploads = "app"', 'uploads = "off"')
    assert desk.check(text=text)["can_write"] is None, "whoever lets nobody give pictures needs no such right"


def test_the_right_to_write_people_is_enough(desk: Desk) -> None:
    desk.without("ProfilePhoto.ReadWrite.All")
    assert desk.check()["can_write"] is True


def test_an_organisation_that_has_pictures_elsewhere_is_told(desk: Desk) -> None:
    settings = desk.at.tenant.store.settings
    settings.put(SETTINGS, PhotoUpdateSettings("onPremises"))
    try:
        probe = desk.check(code=1)
        assert probe["can_write"] is False and "onPremises" in "".join(probe["notes"])
    finally:
        settings.delete(SETTINGS)


@pytest.mark.parametrize("registered", [(), ("https://elsewhere.example/sign-in/done",)])
def test_the_address_that_people_come_back_to_is_tried(desk: Desk, registered: tuple[str, ...]) -> None:
    desk.register(redirect_uris=registered)
    probe = desk.check(code=1)
    assert "http://localhost:8470/sign-in/done as a redirect URI" in needs(probe) and not probe["works"]


def test_a_secret_of_another_app_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTALS_SECRET", "none of theirs")
    own = f'client_id = "{desk.app.app_id}"\nsecret = {{ env = "PORTALS_SECRET" }}\n'
    probe = desk.check(code=1, text=desk.text.replace("[portal]\n", f"[portal]\n{own}"))
    assert "Certificates & secrets" in needs(probe)
    monkeypatch.delenv("PORTALS_SECRET")
    probe = desk.check(code=1, text=desk.text.replace("[portal]\n", f"[portal]\n{own}"))
    assert "PORTALS_SECRET" in probe["words"], "the other systems are told all the same"


def test_a_sign_in_that_does_not_answer_is_told(desk: Desk) -> None:
    desk.at.control.post_fault(kind="status", api="authority", path="openid-configuration", status=404, times=None)
    probe = desk.check(code=1)
    assert not probe["works"] and "openid-configuration" in probe["words"]


def test_groups_that_are_none_and_groups_that_may_not_be_asked(desk: Desk) -> None:
    gone = desk.text.replace(desk.at.said.administrators, NOBODYS)
    probe = desk.check(code=1, text=gone)
    assert f"there is no group {NOBODYS}" in probe["words"]
    named = desk.text.replace(desk.at.said.helpdesk, "Portal.Helpdesk")
    assert "takes it for an app role" in "".join(desk.check(text=named)["notes"])
    nobody = desk.text.replace(f'administrators = ["{desk.at.said.administrators}"]', "administrators = []")
    assert "nobody is an administrator" in "".join(desk.check(text=nobody)["notes"])
    desk.without("GroupMember.Read.All", "User.Read.All", "User.ReadWrite.All", "ProfilePhoto.Read.All")
    assert "Add groups claim" in "".join(desk.check(code=1)["notes"])


def test_a_library_that_may_only_be_read_is_told(desk: Desk) -> None:
    roles = tuple(one for one in desk.app.roles if one != ("sharepoint", "Sites.FullControl.All"))
    desk.register(roles=(*roles, ("sharepoint", "Sites.Read.All")))
    probe = desk.check("sharepoint_online", code=1)
    assert probe["can_write"] is False and "Sites.FullControl.All" in needs(probe)


def test_what_nobody_uses_is_not_asked_about(desk: Desk) -> None:
    unused = desk.text.replace('uploads = "app"', "").replace(desk.at.said.administrators, "")
    unused = unused.replace('administrators = [""]', "").replace(f'helpdesk = ["{desk.at.said.helpdesk}"]', "")
    desk.file.write_text(unused)
    ended = samepic("check", "--json", "--config", str(desk.file))
    assert ended.code == 0 and "portal" not in {one["system"] for one in ended.json["systems"]}
