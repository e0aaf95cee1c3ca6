"""A picture that cannot be read harms nobody: SharePoint shows the placeholder, and its listings go on."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from tests.sharepoint_site import ITEMS, PEOPLE, Site, site

from localtenant.exchange.mailbox import put_directory_picture, put_picture
from localtenant.sharepoint import placeholder
from localtenant.sharepoint.names import account_name
from localtenant.store.records import Case, User


def photograph() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((640, 640), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


BROKEN = {
    "text": b"not a picture",
    "nothing": b"",
    "a start only": photograph()[:700],
    "cut short": photograph()[:9000],
}


def visit(at: Site, user: User) -> bytes:
    answer = at.http.get(
        "/_layouts/15/userphoto.aspx",
        params={"size": "L", "accountname": account_name(user)},
        headers=at.session(user),
    )
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("data", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_picture_in_the_mailbox_is_pulled_as_none(data: bytes) -> None:
    at = site()
    user = at.person(Case.NEVER_VISITED)
    put_picture(at.tenant, user.id, data)
    assert Image.open(io.BytesIO(visit(at, user))).size == (300, 300)
    assert at.profile(user).placeholder_state == "1"
    listed = at.http.get(f"{ITEMS}?$expand=File&$top=5000", headers=at.app())
    assert listed.status_code == 200


@pytest.mark.parametrize("data", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_upload_by_oneself_is_refused_and_changes_nothing(data: bytes) -> None:
    at = site()
    user = at.person(Case.NEVER_VISITED)
    headers = at.digest(at.delegated(user))
    answer = at.http.post(f"{PEOPLE}/SetMyProfilePicture", content=data, headers=headers)
    assert answer.status_code == 400
    assert "Parameter is not valid." in answer.text
    assert at.profile(user).picture_url == ""


@pytest.mark.parametrize("data", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_picture_in_the_people_system_is_shown_as_none(data: bytes) -> None:
    at = site(picture_store="people_system")
    user = at.person(Case.NO_MAILBOX)
    put_directory_picture(at.tenant, user.id, data)
    assert visit(at, user) == placeholder.image(300)


def test_a_readable_picture_is_still_pulled() -> None:
    at = site()
    user = at.person(Case.NEVER_VISITED)
    put_picture(at.tenant, user.id, photograph())
    visit(at, user)
    assert at.profile(user).placeholder_state == "0"
