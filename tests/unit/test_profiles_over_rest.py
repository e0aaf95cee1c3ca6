"""PeopleManager over REST: the spellings that clients use, the shapes, the writes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from tests.sharepoint_site import LIGHT, MINIMAL, PEOPLE, VERBOSE, Site, quoted, site

from localtenant.sharepoint.names import account_name
from localtenant.sharepoint.property_names import NAMES
from localtenant.store.records import Case, User

METHOD = f"{PEOPLE}/GetPropertiesFor"


def with_apostrophe(at: Site) -> User:
    user = at.shown()
    renamed = replace(user, upn="o'neill#1@fjordlys.example")
    at.tenant.store.users.put(user.id, renamed)
    return renamed


@pytest.mark.parametrize("spelled", range(6))
def test_an_account_however_it_is_spelled(spelled: int) -> None:
    at = site()
    user = with_apostrophe(at)
    account = account_name(user)
    doubled = account.replace("'", "''")
    path = (
        f"{METHOD}(accountName=@v)?@v='{quote(doubled, safe='')}'",
        f"{METHOD}(accountName=@v)?@v='{quote(doubled, safe=':|@').replace('%27', chr(39))}'",
        f"{METHOD}(accountName='{quote(doubled, safe='')}')",
        f"{METHOD}(AccountName='{doubled.replace('#', '%23')}')",
        f"{METHOD}('{quote(doubled.upper(), safe='')}')",
        f"/_API//sp.userprofiles.peoplemanager/getpropertiesfor(@v)?@v={quote(quoted(account), safe='')}",
    )[spelled]
    answer = at.http.get(path, headers=at.app())
    assert answer.status_code == 200, answer.text
    assert answer.json()["AccountName"] == account


def test_nobody_is_nothing() -> None:
    at = site()
    for account in ("i:0#.f|membership|nobody@fjordlys.example", at.shown().upn, ""):
        for accept, expected in (
            (LIGHT, {"odata.null": True}),
            (VERBOSE, {"d": {"GetPropertiesFor": None}}),
        ):
            answer = at.http.get(
                f"{METHOD}(accountName=@v)", params={"@v": quoted(account)}, headers={**at.app(), "Accept": accept}
            )
            assert (answer.status_code, answer.json()) == (200, expected)


def test_the_properties_and_their_shapes() -> None:
    at = site()
    user = at.shown()
    params = {"@v": quoted(account_name(user))}
    light = at.http.get(f"{METHOD}(accountName=@v)", params=params, headers=at.app()).json()
    assert list(at.properties(user)) == list(NAMES)
    properties = at.properties(user)
    assert properties["msOnline-ObjectId"] == user.id
    assert properties["SPS-DistinguishedName"].startswith(f"CN={user.id},OU={at.tenant.tenant_id},")
    assert properties["UserProfile_GUID"] != user.id
    assert (properties["UserName"], properties["WorkEmail"]) == (user.upn, user.mail)
    assert light["PictureUrl"] == f"{properties['PictureURL']}?t={properties['SPS-PictureTimestamp']}"
    assert light["PersonalSiteHostUrl"] == "http://testserver/"
    verbose: dict[str, Any] = at.http.get(
        f"{METHOD}(accountName=@v)", params=params, headers={**at.app(), "Accept": VERBOSE}
    ).json()["d"]
    assert verbose["__metadata"]["type"] == "SP.UserProfiles.PersonProperties"
    assert verbose["UserProfileProperties"]["results"][0]["__metadata"] == {"type": "SP.KeyValue"}
    assert verbose["DirectReports"]["results"] == []
    minimal = at.http.get(f"{METHOD}(accountName=@v)", params=params, headers={**at.app(), "Accept": MINIMAL}).json()
    assert minimal["odata.type"] == "SP.UserProfiles.PersonProperties"
    every = at.http.get(f"{PEOPLE}/GetUserProfileProperties(accountName=@v)", params=params, headers=at.app()).json()
    assert every["value"] == light["UserProfileProperties"]


def test_one_property_by_its_exact_name() -> None:
    at = site()
    user = at.shown()
    path = f"{PEOPLE}/GetUserProfilePropertyFor(accountName=@v,propertyName=@n)"
    for name, expected in (("WorkEmail", {"value": user.mail}), ("workemail", {"odata.null": True})):
        params = {"@v": quoted(account_name(user)), "@n": quoted(name)}
        assert at.http.get(path, params=params, headers=at.app()).json() == expected


def test_never_visited_is_all_empty_and_other_geographies_live_elsewhere() -> None:
    at = site()
    never = at.properties(at.person(Case.NEVER_VISITED))
    pictures = ("PictureURL", "SPS-PictureTimestamp", "SPS-PicturePlaceholderState", "SPS-PictureExchangeSyncState")
    assert [never[name] for name in pictures] == [""] * 4
    away = at.person(Case.OTHER_GEOGRAPHY)
    mine = at.http.get(f"{PEOPLE}/GetMyProperties", headers=at.session(away)).json()
    assert away.geography is not None and away.geography.lower() in mine["PersonalSiteHostUrl"]


def test_under_the_vendors_host_names() -> None:
    at = site()
    user = at.shown()
    token = at.session(user)
    mine = at.http.get(f"{PEOPLE}/GetMyProperties", headers={**token, "Host": "fjordlys-admin.sharepoint.com"}).json()
    assert mine["PersonalSiteHostUrl"] == "https://fjordlys-my.sharepoint.com:443/"
    assert mine["PictureUrl"].startswith("https://fjordlys-my.sharepoint.com:443/User%20Photos/")


def test_a_single_value_is_set_and_read() -> None:
    at = site()
    user = at.shown()
    body = {"accountName": account_name(user), "propertyName": "SPS-PicturePlaceholderState", "propertyValue": "1"}
    answer = at.http.post(f"{PEOPLE}/SetSingleValueProfileProperty", json=body, headers=at.app())
    assert (answer.status_code, answer.json()) == (200, {"odata.null": True})
    assert at.properties(user)["SPS-PicturePlaceholderState"] == "1"
    several = {"accountName": account_name(user), "propertyName": "SPS-Skills", "propertyValues": ["a", "b"]}
    at.http.post(f"{PEOPLE}/SetMultiValuedProfileProperty", json=several, headers=at.app())
    assert at.properties(user)["SPS-Skills"] == "a|b"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"accountName": "i:0#.f|membership|nobody@x.example"}, 500, "UserNotFoundException"),
        ({"accountName": None}, 400, "InvalidClientQueryException"),
        ({"propertyName": "UserName"}, 500, "UpdateReadOnlyFieldException"),
        ({"propertyName": "Nonsense"}, 500, "PropertyNotDefinedException"),
    ],
)
def test_writes_that_are_refused(change: dict[str, Any], status: int, code: str) -> None:
    at = site()
    body = {"accountName": account_name(at.shown()), "propertyName": "AboutMe", "propertyValue": "x", **change}
    answer = at.http.post(f"{PEOPLE}/SetSingleValueProfileProperty", json=body, headers=at.app())
    assert answer.status_code == status and code in answer.json()["odata.error"]["code"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[]", b"rubbish", b'{"propertyValue": "\\ud800"}', b"\xff\xfe"])
def test_bodies_that_are_no_object(body: bytes) -> None:
    at = site(people=10)
    answer = at.http.post(f"{PEOPLE}/SetSingleValueProfileProperty", content=body, headers=at.app())
    assert answer.status_code == 400 and "InvalidClientQueryException" in answer.text


@pytest.mark.parametrize("name", ["PictureURL", "SPS-PicturePlaceholderState"])
def test_a_closed_picture_property_is_closed_for_everybody(name: str) -> None:
    at = site()
    closed = at.person(Case.NOT_EDITABLE)
    body = {"accountName": account_name(closed), "propertyName": name, "propertyValue": "x"}
    for headers in (at.app(), at.delegated(at.administrator()), at.digest(at.session(closed))):
        answer = at.http.post(f"{PEOPLE}/SetSingleValueProfileProperty", json=body, headers=headers)
        assert answer.status_code == 500 and "PropertyNotEditableException" in answer.text


def jpeg(edge: int, kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (edge, edge), "navy").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
def test_ones_own_picture(kind: str) -> None:
    at = site()
    user = at.person(Case.NEVER_VISITED)
    headers = at.digest(at.session(user))
    answer = at.http.post(f"{PEOPLE}/SetMyProfilePicture", content=jpeg(400, kind), headers=headers)
    assert answer.status_code == 200, answer.text
    page = at.http.get(f"/_layouts/15/userphoto.aspx?size=M&accountname={user.upn}", headers=at.app())
    pixel = Image.open(BytesIO(page.content)).convert("RGB").getpixel((36, 36))
    assert isinstance(pixel, tuple) and pixel[2] > 100 > pixel[0] + 60
    assert at.properties(user)["SPS-PicturePlaceholderState"] == "0"


@pytest.mark.parametrize("data", [b"", b"no picture", jpeg(10) + b"x" * 5_000_000], ids=["empty", "text", "large"])
def test_bytes_that_are_no_picture(data: bytes) -> None:
    at = site()
    user = at.person(Case.NEVER_VISITED)
    before = at.profile(user)
    answer = at.http.post(f"{PEOPLE}/SetMyProfilePicture", content=data, headers=at.digest(at.session(user)))
    assert answer.status_code == 400
    assert answer.json()["odata.error"] == {
        "code": "-2147024809, System.ArgumentException",
        "message": {"lang": "en-US", "value": "Parameter is not valid."},
    }
    assert at.profile(user) == before
