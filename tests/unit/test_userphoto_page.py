"""userphoto.aspx: whose picture, in what size, and never a 404."""

from __future__ import annotations

import pytest
from tests.sharepoint_site import site

from localtenant.sharepoint import library, placeholder
from localtenant.sharepoint.names import account_name
from localtenant.store.records import Case

PAGE = "/_layouts/15/userphoto.aspx"


@pytest.mark.parametrize("path", [PAGE, "/_LAYOUTS/15/UserPhoto.aspx"])
@pytest.mark.parametrize("parameter", ["accountname", "accountName", "AccountName", "username", "UserName"])
def test_a_person_by_claims_upn_or_mail(path: str, parameter: str) -> None:
    at = site()
    user = at.shown()
    file = library.find_file(at.tenant, at.profile(user).picture_url.replace("_M", "_L"))
    assert file is not None and user.mail is not None
    for name in (account_name(user), user.upn.upper(), user.mail):
        answer = at.http.get(path, params={"Size": "l", parameter: name}, headers=at.app())
        assert answer.content == at.tenant.store.bytes_of(file.ref), name
        assert answer.headers["cache-control"] == "private, max-age=86400"
        again = at.http.get(
            path, params={"size": "L", parameter: name}, headers={**at.app(), "If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304


def test_a_person_by_the_pictures_url() -> None:
    at = site()
    user = at.shown()
    url = at.properties(user)["PictureURL"]
    small = library.find_file(at.tenant, at.profile(user).picture_url.replace("_M", "_S"))
    assert small is not None
    answer = at.http.get(PAGE, params={"size": "S", "url": url}, headers=at.app())
    assert answer.content == at.tenant.store.bytes_of(small.ref)


def test_nobody_known_and_nobody_shown_get_the_placeholder() -> None:
    at = site()
    for name in ("nobody@fjordlys.example", "", account_name(at.person(Case.NEVER_VISITED))):
        answer = at.http.get(PAGE, params={"size": "M", "accountname": name}, headers=at.app())
        assert (answer.status_code, answer.content) == (200, placeholder.image(72))


def test_a_new_picture_shows_at_once() -> None:
    at = site()
    user = at.shown()
    path = at.profile(user).picture_url
    before = at.http.get(PAGE, params={"size": "M", "accountname": user.upn, "t": "1"}, headers=at.app())
    library.put_file(at.tenant, path, b"new bytes")
    after = at.http.get(PAGE, params={"size": "M", "accountname": user.upn, "t": "2"}, headers=at.app())
    assert after.content == b"new bytes" and after.headers["etag"] != before.headers["etag"]


def test_a_redirect_leads_to_the_file_and_to_the_placeholder() -> None:
    at = site(userphoto_answer="redirect")
    user = at.shown()
    answer = at.http.get(PAGE, params={"size": "L", "accountname": user.upn}, headers=at.app())
    assert answer.status_code == 302
    assert at.http.get(answer.headers["location"], headers=at.app()).headers["content-type"] == "image/jpeg"
    nobody = at.http.get(PAGE, params={"accountname": "x@y.example"}, headers=at.app())
    assert nobody.status_code == 302
    assert at.http.get(nobody.headers["location"]).content == placeholder.image(96)


def test_strangers_are_sent_away() -> None:
    at = site()
    answer = at.http.get(PAGE, params={"accountname": at.shown().upn})
    assert answer.status_code == 401 and "error_description" in answer.json()


def test_the_people_system_shows_the_directorys_picture_to_those_without_a_plan() -> None:
    at = site(picture_store="people_system")
    user = at.person(Case.NO_MAILBOX)
    assert user.picture is not None and "exchange" not in user.plans
    params = {"size": "L", "accountname": user.upn}
    shown = at.http.get(PAGE, params=params, headers=at.app()).content
    assert shown != placeholder.image(300)
    refused = at.http.post(
        "/_api/SP.UserProfiles.PeopleManager/SetMyProfilePicture", content=shown, headers=at.digest(at.session(user))
    )
    assert refused.status_code == 403
    at.tenant.behaviours.set("picture_store", "exchange")
    assert at.http.get(PAGE, params=params, headers=at.app()).content == placeholder.image(300)
    accepted = at.http.post(
        "/_api/SP.UserProfiles.PeopleManager/SetMyProfilePicture", content=shown, headers=at.digest(at.session(user))
    )
    assert accepted.status_code == 200
    assert at.http.get(PAGE, params=params, headers=at.app()).content != placeholder.image(300)
    assert at.profile(user).exchange_sync_state == "0"
