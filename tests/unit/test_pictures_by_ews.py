"""EWS's `GetUserPhoto`: sizes, ETag and 304, and the directory's thumbnail where the mailbox has none."""

from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image
from tests.graph_client import BJØRN, EWS, GRAPH, GUEST, HYBRID, KARI, PLANLESS, World, picture_bytes, portrait

from localtenant.directory.people import set_directory_picture
from localtenant.exchange.mailbox import delete_picture, put_picture

PATH = "/ews/Exchange.asmx/s/GetUserPhoto"


def ask(world: World, email: str | None, size: str = "HR648x648", path: str = PATH, **headers: str) -> httpx.Response:
    app = world.app("full_access_as_app", audience=EWS)
    params = {"email": email or "", "size": size} if size else {"email": email or ""}
    return world.client.get(path, params=params, headers=app | headers)


def edge(answer: httpx.Response) -> tuple[int, int]:
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content)).size


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("edge_px", [48, 64, 96, 120, 240, 360, 432, 504, 648])
def test_each_size(world: World, edge_px: int) -> None:
    answer = ask(world, KARI.mail, f"HR{edge_px}x{edge_px}")
    assert edge(answer) == (edge_px, edge_px)
    assert answer.headers["content-type"] == "image/jpeg"


def test_the_largest_there_is_without_a_size_and_above_the_original(world: World) -> None:
    put_picture(world.tenant, BJØRN.id, picture_bytes(200, 300))
    assert edge(ask(world, BJØRN.mail, "")) == (200, 200)
    assert edge(ask(world, BJØRN.mail, "HR504x504")) == (200, 200)
    assert edge(ask(world, KARI.mail, "")) == (648, 648)


@pytest.mark.parametrize("path", ["/EWS/exchange.asmx/s/getuserphoto", PATH])
def test_by_mail_or_upn_in_any_case(world: World, path: str) -> None:
    assert ask(world, "KARI.MOE@fjordlys.example", path=path).status_code == 200
    assert ask(world, KARI.id).status_code == 404, "an object id is no address"


def test_an_etag_lasts_until_the_picture_changes(world: World) -> None:
    first = ask(world, KARI.mail)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = ask(world, KARI.mail, **{"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    put_picture(world.tenant, KARI.id, picture_bytes(shade=40))
    changed = ask(world, KARI.mail, **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_a_304_draws_nothing(world: World) -> None:
    ask(world, KARI.mail, **{"If-None-Match": '"A1B2C3D4"'})
    assert world.draws.drawn == []


def test_the_directorys_thumbnail_stands_in_as_it_is(world: World) -> None:
    assert ask(world, BJØRN.mail).status_code == 404
    set_directory_picture(world.tenant, BJØRN.id, portrait(90, 120, "D2D2D2D2"))
    answer = ask(world, BJØRN.mail, "HR240x240")
    assert edge(answer) == (90, 120), "not necessarily square, nor of the size asked for"
    assert answer.headers["etag"] == '"D2D2D2D2"'
    delete_picture(world.tenant, BJØRN.id)
    assert ask(world, BJØRN.mail).status_code == 404, "the mark of a deletion hides it"


def test_the_smallest_size_by_either_source() -> None:
    for behaviour, expected in (("mailbox_first", (48, 48)), ("directory_first", (90, 120))):
        world = World(small_thumbnail=behaviour)
        set_directory_picture(world.tenant, KARI.id, portrait(90, 120))
        assert edge(ask(world, KARI.mail, "HR48x48")) == expected
        assert edge(ask(world, KARI.mail, "HR64x64")) == (64, 64)


def test_mailboxes_that_are_elsewhere_by_either_source() -> None:
    for behaviour, status in (("directory", 200), ("none", 404)):
        world = World(graph_fallback=behaviour)
        set_directory_picture(world.tenant, HYBRID.id, portrait(96, 96))
        assert ask(world, HYBRID.mail).status_code == status
        assert ask(world, PLANLESS.mail).status_code == status
        assert ask(world, GUEST.mail).status_code == 404


@pytest.mark.parametrize("status", ["404", "500"])
def test_an_unknown_address_by_either_source(status: str) -> None:
    assert ask(World(ews_unknown_user=status), "nobody@fjordlys.example").status_code == int(status)


def test_who_may(world: World) -> None:
    params = {"email": str(KARI.mail)}

    def status(headers: dict[str, str]) -> int:
        return world.client.get(PATH, params=params, headers=headers).status_code

    assert status({}) == 401
    assert world.client.get(PATH, params=params).headers["www-authenticate"].startswith("Bearer")
    assert status(world.app("full_access_as_app", audience=GRAPH)) == 401
    assert status(world.app(audience=EWS)) == 403
    assert status(world.user(BJØRN, "EWS.AccessAsUser.All", audience=EWS)) == 200
    assert status(world.user(BJØRN, audience=EWS)) == 403


def test_a_broken_picture_is_no_picture(world: World) -> None:
    put_picture(world.tenant, KARI.id, b"broken")
    assert ask(world, KARI.mail).status_code == 404


def test_it_is_counted(world: World) -> None:
    ask(world, KARI.mail)
    entries = world.tenant.ledger.as_json()["entries"]
    assert isinstance(entries, list)
    assert [(e["api"], e["operation"]) for e in entries] == [("ews", "GetUserPhoto")]
