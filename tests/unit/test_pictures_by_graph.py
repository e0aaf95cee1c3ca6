"""Pictures by Graph: which one is shown, described how, replaced and deleted with what consequences."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from PIL import Image
from tests.graph_client import (
    ADMIN,
    BJØRN,
    GUEST,
    HYBRID,
    KARI,
    LEFT,
    PLANLESS,
    SALES,
    TENANT_ID,
    World,
    picture_bytes,
    portrait,
)

from localtenant.directory.people import set_directory_picture
from localtenant.exchange.mailbox import delete_picture, mailbox_picture, put_picture, shown_picture
from localtenant.exchange.upload import MAX_BYTES
from localtenant.store.records import Drawn, Mailbox, User

JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
def world() -> World:
    return World()


def at(user: User, rest: str = "photo", version: str = "v1.0") -> str:
    return f"/{version}/users/{user.id}/{rest}"


def put(world: World, user: User, data: bytes, headers: dict[str, str] | None = None) -> int:
    answer = world.client.put(at(user, "photo/$value"), content=data, headers=(headers or world.writer()) | JPEG)
    return answer.status_code


def etag(world: World, user: User) -> str:
    return str(world.get(at(user))["@odata.mediaEtag"])


def pixels(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def test_a_description_is_the_documented_one(world: World) -> None:
    assert world.get(at(KARI)) == {
        "@odata.context": f"http://127.0.0.1:9/v1.0/$metadata#users('{KARI.id}')/photo/$entity",
        "@odata.id": f"http://127.0.0.1:9/v1.0/users('{KARI.id}@{TENANT_ID}')/photo",
        "@odata.mediaContentType": "image/jpeg",
        "@odata.mediaEtag": '"A1B2C3D4"',
        "id": "648x648",
        "width": 648,
        "height": 648,
    }
    mine = world.get("/v1.0/me/photo", world.user(KARI, "User.Read"))
    assert mine["@odata.context"].endswith("#Me/photo/$entity")


def test_the_stamp_comes_without_drawing_when_the_size_is_known(world: World) -> None:
    put_picture(world.tenant, BJØRN.id, picture_bytes(4000, 3000))
    described = world.get(at(BJØRN))
    assert (described["width"], described["height"]) == (4000, 3000)
    assert world.draws.drawn == []
    assert world.get(at(KARI))["width"] == 648, "only drawing tells this one"
    threads = {thread for _, thread in world.draws.drawn}
    assert threads
    assert all("AnyIO" in thread for thread in threads), "and that is done in a thread"


def test_the_bytes_are_those_uploaded(world: World) -> None:
    data = picture_bytes(800, 600, "PNG")
    assert put(world, BJØRN, data) == 200
    answer = world.client.get(at(BJØRN, "photo/$value"), headers=world.reader())
    assert answer.content == data
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["etag"] == etag(world, BJØRN)
    seen = world.client.get(
        at(BJØRN, "photo/$value"), headers=world.reader() | {"If-None-Match": answer.headers["etag"]}
    )
    assert seen.status_code == 200, "Graph does not heed it"


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [(648, 648, 9), (504, 504, 8), (700, 500, 7), (240, 900, 5), (50, 50, 1)],
)
def test_the_nine_sizes_are_made_of_what_was_uploaded_and_never_enlarged(
    world: World, width: int, height: int, sizes: int
) -> None:
    put(world, BJØRN, picture_bytes(width, height))
    listed = world.get(at(BJØRN, "photos"))["value"]
    every = ["48x48", "64x64", "96x96", "120x120", "240x240", "360x360", "432x432", "504x504", "648x648"]
    assert [entry["id"] for entry in listed] == every[:sizes]
    for entry in listed:
        answer = world.client.get(at(BJØRN, f"photos/{entry['id']}/$value"), headers=world.reader())
        assert answer.headers["content-type"] == "image/jpeg"
        assert pixels(answer.content) == (entry["width"], entry["height"])
    for missing in [*every[sizes:], "100x100", "48x64", "large"]:
        assert world.error(at(BJØRN, f"photos/{missing}/$value"))[:2] == (404, "ImageNotFound")
        assert world.error(at(BJØRN, f"photos/{missing}"))[:2] == (404, "ImageNotFound")
    assert world.get(at(BJØRN, "photos('48x48')"))["height"] == 48


def test_a_stamp_changes_with_each_upload_and_only_then(world: World) -> None:
    before = etag(world, KARI)
    world.client.get(at(KARI, "photo/$value"), headers=world.reader())
    world.client.get(at(KARI, "photos/48x48/$value"), headers=world.reader())
    assert etag(world, KARI) == before
    seen = {before}
    for _ in range(3):
        assert put(world, KARI, picture_bytes()) == 200
        seen.add(etag(world, KARI))
        assert etag(world, KARI) in seen
    assert len(seen) == 4, "the same bytes, another stamp"


@pytest.mark.parametrize(
    ("method", "content_type"),
    [("PUT", "image/jpeg"), ("PUT", "application/octet-stream"), ("PATCH", "application/json"), ("PATCH", "image/png")],
)
def test_uploads_as_clients_in_the_wild_send_them(world: World, method: str, content_type: str) -> None:
    data = picture_bytes(300, 300)
    headers = world.writer() | {"Content-Type": content_type}
    answer = world.client.request(method, at(BJØRN, "photo/$value"), content=data, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-type" not in answer.headers, "an empty answer claims to be nothing"
    assert world.client.get(at(BJØRN, "photo/$value"), headers=world.reader()).content == data


def test_the_other_status_of_an_upload() -> None:
    assert put(World(put_status="204"), KARI, picture_bytes()) == 204


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "BadRequest"),
        (b"<html>no picture</html>", 400, "BadRequest"),
        (picture_bytes(23, 23), 400, "ValidationWidthTooSmall"),
        (picture_bytes(100, 40), 400, "ValidationHeightTooSmall"),
        (picture_bytes() + bytes(MAX_BYTES), 413, "RequestEntityTooLarge"),
    ],
)
def test_what_is_no_picture_is_refused_and_changes_nothing(world: World, data: bytes, status: int, code: str) -> None:
    answer = world.client.put(at(KARI, "photo/$value"), content=data, headers=world.writer() | JPEG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert etag(world, KARI) == '"A1B2C3D4"'


def test_exactly_four_megabytes_are_taken(world: World) -> None:
    start = picture_bytes()
    assert put(world, KARI, start + bytes(MAX_BYTES - len(start))) == 200


def test_a_body_without_a_length_is_bounded_too(world: World) -> None:
    def parts() -> object:
        for _ in range(6):
            yield bytes(1024 * 1024)

    answer = world.client.put(at(KARI, "photo/$value"), content=parts(), headers=world.writer() | JPEG)  # type: ignore[arg-type]  # an iterator of bytes
    assert answer.status_code == 413


@pytest.mark.parametrize("code", ["ImageNotFound", "ErrorEntityNotFound", "ErrorItemNotFound"])
def test_no_picture_is_404_by_the_code_of_the_day(code: str) -> None:
    world = World(missing_code=code)
    for rest in ("photo", "photo/$value", "photos/48x48", "photos/48x48/$value"):
        assert world.error(at(BJØRN, rest))[:2] == (404, code)
    assert world.get(at(BJØRN, "photos"))["value"] == []


def test_no_picture_as_the_documents_print_it() -> None:
    world = World(missing_picture="one_pixel")
    described = world.get(at(BJØRN))
    assert described["@odata.mediaContentType"] == "image/gif"
    assert (described["@odata.mediaEtag"], described["id"], described["width"], described["height"]) == (
        "",
        "1x1",
        1,
        1,
    )
    put(world, BJØRN, picture_bytes(504, 504))
    assert world.get(at(BJØRN, "photos/648x648"))["id"] == "1x1"
    assert world.get(at(BJØRN, "photos/504x504"))["id"] == "504x504"
    assert world.error(at(BJØRN, "photos/648x648/$value"))[:2] == (404, "ImageNotFound")


def test_the_newer_id_of_a_description() -> None:
    described = World(metadata_id="default").get(at(KARI))
    assert (described["id"], described["width"]) == ("default", 648)
    assert "@odata.id" not in described


@pytest.mark.parametrize(
    ("who", "fallback", "code"),
    [
        (PLANLESS, "directory", None),
        (PLANLESS, "none", "ErrorNonExistentMailbox"),
        (GUEST, "directory", "ImageNotFound"),
        (GUEST, "none", "ErrorNonExistentMailbox"),
        (HYBRID, "directory", "MailboxNotHostedInExchangeOnline"),
        (HYBRID, "none", "MailboxNotHostedInExchangeOnline"),
        (BJØRN, "none", "ImageNotFound"),
    ],
)
def test_people_without_a_mailbox_here(who: User, fallback: str, code: str | None) -> None:
    world = World(graph_fallback=fallback)
    if code is None:
        assert etag(world, who) == '"D1D1D1D1"'
    else:
        assert world.error(at(who))[:2] == (404, code)


def test_nobody_at_all_is_another_answer(world: World) -> None:
    code = "ErrorUserResolutionFailedUserDoesNotExist"
    assert world.error("/v1.0/users/nobody@fjordlys.example/photo")[:2] == (404, code)
    assert world.client.put("/v1.0/users/nobody/photo/$value", content=b"", headers=world.writer()).json()["error"][
        "code"
    ] == (code)


def test_the_directorys_picture_stands_in_and_a_deletion_leaves_its_mark(world: World) -> None:
    set_directory_picture(world.tenant, BJØRN.id, portrait(96, 96, "D2D2D2D2"))
    assert etag(world, BJØRN) == '"D2D2D2D2"'
    assert put(world, BJØRN, picture_bytes()) == 200
    assert etag(world, BJØRN) != '"D2D2D2D2"', "the mailbox goes first"
    assert world.client.delete(at(BJØRN, "photo/$value"), headers=world.writer()).status_code == 204
    assert world.error(at(BJØRN))[:2] == (404, "ImageNotFound"), "the mark hides the directory's"
    assert world.client.delete(at(BJØRN, "photo/$value"), headers=world.writer()).status_code == 404
    assert put(world, BJØRN, picture_bytes()) == 200
    assert world.tenant.store.mailboxes.get(BJØRN.id) is not None
    assert etag(world, BJØRN), "an upload takes the mark away"
    mailbox = world.tenant.store.mailboxes.get(BJØRN.id)
    assert mailbox is not None
    assert not mailbox.tombstone


def test_deleting_what_only_the_directory_has_hides_it_as_well(world: World) -> None:
    set_directory_picture(world.tenant, BJØRN.id, portrait(96, 96))
    assert world.client.delete(at(BJØRN), headers=world.writer()).status_code == 204
    assert world.error(at(BJØRN))[0] == 404
    kept = world.tenant.store.users.get(BJØRN.id)
    assert kept is not None
    assert kept.picture is not None, "the directory's own store still has it"


def test_uploads_for_people_without_a_mailbox_go_to_the_directory(world: World) -> None:
    data = picture_bytes(200, 200)
    assert put(world, PLANLESS, data) == 200
    assert mailbox_picture(world.tenant, PLANLESS.id) is None
    user = world.tenant.store.users.get(PLANLESS.id)
    assert user is not None
    assert user.picture is not None
    assert world.tenant.store.bytes_of(user.picture.ref) == data
    assert world.client.delete(at(PLANLESS), headers=world.writer()).status_code == 204
    assert world.error(at(PLANLESS))[:2] == (404, "ImageNotFound")
    answer = world.client.put(at(HYBRID, "photo/$value"), content=data, headers=world.writer())
    assert answer.json()["error"]["code"] == "MailboxNotHostedInExchangeOnline"
    none = World(graph_fallback="none")
    answer = none.client.put(at(PLANLESS, "photo/$value"), content=data, headers=none.writer())
    assert answer.json()["error"]["code"] == "ErrorNonExistentMailbox"


def test_the_domain_functions_that_other_parts_call(world: World) -> None:
    shown = shown_picture(world.tenant, KARI)
    assert shown is not None
    assert (shown.store, shown.picture.ref) == ("exchange", Drawn("648x648"))
    shown = shown_picture(world.tenant, PLANLESS)
    assert shown is not None
    assert shown.store == "directory"
    assert mailbox_picture(world.tenant, PLANLESS.id) is None, "SharePoint's pull never sees the directory's"
    put_picture(world.tenant, KARI.id, b"broken, as a test may plant it")
    assert delete_picture(world.tenant, KARI.id)
    assert shown_picture(world.tenant, KARI) is None
    assert world.tenant.store.mailboxes.get(KARI.id) == Mailbox(KARI.id, tombstone=True)
    assert not delete_picture(world.tenant, GUEST.id)


def test_a_broken_picture_is_served_as_it_lies_there_and_has_no_sizes(world: World) -> None:
    put_picture(world.tenant, KARI.id, b"broken")
    answer = world.client.get(at(KARI, "photo/$value"), headers=world.reader())
    assert (answer.status_code, answer.content) == (200, b"broken")
    assert world.get(at(KARI, "photos"))["value"] == []
    assert world.error(at(KARI, "photos/48x48/$value"))[0] == 404
    put_picture(world.tenant, KARI.id, picture_bytes()[:2000])
    assert world.get(at(KARI))["width"] == 648, "the header is whole"
    assert world.error(at(KARI, "photos/48x48/$value"))[0] == 404


def test_pictures_of_groups(world: World) -> None:
    path, writer = f"/v1.0/groups/{SALES.id}/photo", world.writer()
    assert world.error(path)[:2] == (404, "ImageNotFound")
    data = picture_bytes(500, 500)
    assert world.client.put(f"{path}/$value", content=data, headers=writer | JPEG).status_code == 200
    assert world.client.get(f"{path}/$value", headers=writer).content == data
    assert len(world.get(f"/v1.0/groups/{SALES.id}/photos", writer)["value"]) == 7
    assert world.get(path)["@odata.id"].endswith(f"/groups('{SALES.id}')/photo")
    assert world.client.delete(f"{path}/$value", headers=writer).status_code == 204
    assert world.error("/v1.0/groups/nothing/photo")[:2] == (404, "Request_ResourceNotFound")
    denied = World(group_photo_app_only="denied")
    assert denied.error(path)[:2] == (403, "ErrorAccessDenied")
    asked = denied.user(ADMIN, "ProfilePhoto.Read.All")
    assert denied.error(path, asked)[:2] == (404, "ImageNotFound"), "a person may ask"


def test_where_pictures_may_be_changed(world: World) -> None:
    path = "/beta/admin/people/photoUpdateSettings"
    boss = world.app("PeopleSettings.ReadWrite.All")
    assert world.get(path, boss)["source"] is None
    assert world.client.patch(path, json={"source": "onPremises"}, headers=boss).json()["source"] == "onPremises"
    assert put(world, KARI, picture_bytes()) == 403
    assert put(world, KARI, picture_bytes(), world.user(KARI, "User.ReadWrite")) == 403
    people = "024906de-61e5-49c8-8572-40335f1e0e10"
    world.client.patch(path, json={"source": None, "allowedRoles": [people]}, headers=boss)
    assert world.get(path, boss)["allowedRoles"] == [people]
    assert put(world, KARI, picture_bytes()) == 200
    assert put(world, KARI, picture_bytes(), world.user(KARI, "User.ReadWrite")) == 403
    assert world.client.patch(path, json={"source": "mars"}, headers=boss).status_code == 400
    assert world.client.delete(path, headers=boss).status_code == 204
    assert put(world, KARI, picture_bytes(), world.user(KARI, "User.ReadWrite")) == 200
    assert world.client.get(path.replace("beta", "v1.0"), headers=boss).status_code == 400, "beta only"


def test_disabled_people_keep_their_picture(world: World) -> None:
    assert put(world, LEFT, picture_bytes()) == 200
    assert world.get(at(LEFT))["width"] == 648


async def test_a_group_that_changes_while_its_picture_comes_in_keeps_the_change(world: World) -> None:
    """The members change between the upload's first and last byte."""
    started, go_on = asyncio.Event(), asyncio.Event()

    async def parts() -> AsyncIterator[bytes]:
        started.set()
        await go_on.wait()
        yield picture_bytes(100, 100)

    transport = httpx.ASGITransport(world.client.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9") as client:
        path = f"/v1.0/groups/{SALES.id}/photo/$value"
        upload = asyncio.create_task(client.put(path, content=parts(), headers=world.writer() | JPEG))
        await started.wait()
        world.tenant.store.groups.put(SALES.id, replace(SALES, members=()))
        go_on.set()
        assert (await upload).status_code == 200
    group = world.tenant.store.groups.get(SALES.id)
    assert group is not None
    assert group.members == ()
    assert group.picture is not None
