"""The native pull: started only by the person's own request, gated, from Exchange only, and what it writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from tests.sharepoint_site import Site, site

from localtenant.sharepoint import library
from localtenant.sharepoint.names import account_name, mangled
from localtenant.store.records import Case, User


def ask(at: Site, who: User, whose: User, size: str = "L") -> bytes:
    answer = at.http.get(
        "/_layouts/15/userphoto.aspx",
        params={"size": size, "accountname": account_name(whose)},
        headers=at.session(who),
    )
    assert answer.status_code == 200, answer.text
    return answer.content


def edge(data: bytes) -> int:
    return max(Image.open(BytesIO(data)).size)


def has_pulled(at: Site, user: User) -> bool:
    return bool(at.profile(user).picture_url)


@pytest.mark.parametrize(
    ("trigger", "own_small", "own_large", "anothers_large"),
    [("own_large", False, True, False), ("own_any", True, True, False), ("any_page", True, True, True)],
)
def test_who_asks_and_for_which_size_decides(
    trigger: str, own_small: bool, own_large: bool, anothers_large: bool
) -> None:
    for who, size, expected in (
        ("own", "S", own_small),
        ("own", "L", own_large),
        ("another", "L", anothers_large),
    ):
        at = site(pull_trigger=trigger)
        whose = at.person(Case.NEVER_VISITED)
        ask(at, whose if who == "own" else at.administrator(), whose, size)
        assert has_pulled(at, whose) is expected, (trigger, who, size)


def test_an_app_never_pulls() -> None:
    at = site(pull_trigger="any_page")
    whose = at.person(Case.NEVER_VISITED)
    at.http.get(f"/_layouts/15/userphoto.aspx?size=L&accountname={whose.upn}", headers=at.app())
    assert not has_pulled(at, whose)


def test_a_pull_writes_three_thumbnails_and_the_properties() -> None:
    at = site()
    whose = at.person(Case.NEVER_VISITED)
    assert at.properties(whose)["PictureURL"] == ""
    before = ask(at, whose, whose, "S")
    shown = ask(at, whose, whose, "L")
    assert before != ask(at, whose, whose, "S")
    assert edge(shown) == 300
    assert [edge(ask(at, whose, whose, size)) for size in "SM"] == [48, 72]
    found = at.properties(whose)
    assert found["PictureURL"] == f"http://testserver/User%20Photos/Profile%20Pictures/{whose.id}_MThumb.jpg"
    assert found["SPS-PicturePlaceholderState"] == "0"
    assert found["SPS-PictureExchangeSyncState"] == "1"
    seconds = at.tenant.clock.now().timestamp() + 62135596800  # from the year 1 to 1970
    assert abs(int(found["SPS-PictureTimestamp"]) - seconds) < 30


def test_the_pulled_picture_is_exchanges() -> None:
    at = site()
    whose = at.person(Case.NEVER_VISITED)
    data = BytesIO()
    Image.new("RGB", (400, 400), (200, 30, 60)).save(data, "JPEG")
    mailbox = at.tenant.store.mailboxes.get(whose.id)
    assert mailbox is not None and mailbox.picture is not None
    red = replace(mailbox.picture, ref=at.tenant.store.hold(data.getvalue()))
    at.tenant.store.mailboxes.put(whose.id, replace(mailbox, picture=red))
    pixel = Image.open(BytesIO(ask(at, whose, whose))).convert("RGB").getpixel((150, 150))
    assert isinstance(pixel, tuple)
    assert abs(pixel[0] - 200) < 12 and abs(pixel[1] - 30) < 12 and abs(pixel[2] - 60) < 12


@pytest.mark.parametrize("hours", ["24", "48", "72"])
def test_the_gate_lets_one_pull_through(hours: str) -> None:
    at = site(gate_hours=hours)
    whose = at.person(Case.NEVER_VISITED)
    ask(at, whose, whose)
    first = at.profile(whose)
    at.tenant.clock.move(timedelta(hours=int(hours)) - timedelta(minutes=1))
    ask(at, whose, whose)
    assert at.profile(whose) == first
    at.tenant.clock.move(timedelta(minutes=2))
    ask(at, whose, whose)
    assert at.profile(whose).last_pull != first.last_pull


def test_an_unchanged_picture_gets_new_etags() -> None:
    at = site()
    whose = at.person(Case.NEVER_VISITED)
    ask(at, whose, whose)
    path = at.profile(whose).picture_url
    first = library.find_file(at.tenant, path)
    at.tenant.clock.move(timedelta(hours=25))
    ask(at, whose, whose)
    again = library.find_file(at.tenant, path)
    assert first is not None and again is not None
    assert first.ref == again.ref and first.etag != again.etag and first.item_id == again.item_id


@pytest.mark.parametrize("case", [Case.NOT_EDITABLE, Case.SYNC_OFF, Case.NO_MAILBOX, Case.ON_PREMISES_MAILBOX])
def test_who_is_not_pulled(case: Case) -> None:
    at = site()
    whose = at.person(case)
    before = at.profile(whose)
    ask(at, whose, whose)
    assert replace(at.profile(whose), last_pull=None) == replace(before, last_pull=None)


@pytest.mark.parametrize("case", [Case.DIRECTORY_ONLY, Case.TOMBSTONED])
@pytest.mark.parametrize("left", ["stored", "removed"])
def test_the_directorys_picture_is_never_pulled(case: Case, left: str) -> None:
    """Sample A: the property PictureURL is set, the top-level PictureUrl is null, a placeholder is shown."""
    at = site(placeholder_file=left)
    whose = at.person(case)
    if case is Case.DIRECTORY_ONLY:
        assert whose.picture is not None, "the world gives this case a picture in the directory"
    ask(at, whose, whose)
    found = at.properties(whose)
    assert found["PictureURL"] and found["SPS-PicturePlaceholderState"] == "1"
    assert found["SPS-PictureExchangeSyncState"] == "1"
    top = at.http.get("/_api/SP.UserProfiles.PeopleManager/GetMyProperties", headers=at.session(whose)).json()
    assert top["PictureUrl"] is None
    files = [library.find_file(at.tenant, at.profile(whose).picture_url.replace("_M", f"_{s}")) for s in "SML"]
    assert [file is not None for file in files] == [left == "stored"] * 3


def test_a_local_upload_is_overwritten_by_exchanges_picture() -> None:
    at = site()
    whose = at.shown()
    shown = ask(at, whose, whose)
    path = at.profile(whose).picture_url
    library.put_file(at.tenant, path.replace("_M", "_L"), b"\x89PNG somebody's script")
    assert ask(at, whose, whose) == b"\x89PNG somebody's script"
    at.tenant.clock.move(timedelta(hours=25))
    assert ask(at, whose, whose) == shown


@pytest.mark.parametrize("px", ["300", "200", "240"])
def test_the_large_edge(px: str) -> None:
    at = site(large_px=px)
    assert edge(ask(at, whose := at.person(), whose)) == int(px)


@pytest.mark.parametrize(("rule", "expected"), [("enlarges", 300), ("never", 100)])
def test_upscaling(rule: str, expected: int) -> None:
    at = site(upscaling=rule)
    whose = at.person()
    data = BytesIO()
    Image.new("RGB", (100, 100), "green").save(data, "JPEG")
    mailbox = at.tenant.store.mailboxes.get(whose.id)
    assert mailbox is not None and mailbox.picture is not None
    small = replace(mailbox.picture, ref=at.tenant.store.hold(data.getvalue()))
    at.tenant.store.mailboxes.put(whose.id, replace(mailbox, picture=small))
    assert edge(ask(at, whose, whose)) == expected


def test_names_by_behaviour_and_a_place_that_moves() -> None:
    at = site()
    whose = at.shown()
    old = at.profile(whose).picture_url
    at.tenant.behaviours.set("file_prefix", "mangled_upn")
    at.tenant.behaviours.set("folder_name", "Profilbilleder")
    at.tenant.clock.move(timedelta(hours=25))
    ask(at, whose, whose)
    assert at.profile(whose).picture_url == f"/User Photos/Profilbilleder/{mangled(whose.upn)}_MThumb.jpg"
    assert library.find_file(at.tenant, old) is not None
    folders = at.http.get("/_api/web/GetFolderByServerRelativeUrl('/User Photos')/Folders", headers=at.app()).json()
    assert [folder["Name"] for folder in folders["value"]] == ["Profilbilleder", "Profile Pictures"]


def test_the_timestamps_zone() -> None:
    stamps = {}
    for zone in ("utc", "minus_8"):
        at = site(timestamp_zone=zone)
        ask(at, whose := at.person(), whose)
        stamps[zone] = int(at.profile(whose).picture_timestamp)
    assert abs(stamps["utc"] - stamps["minus_8"] - 8 * 3600) < 60
