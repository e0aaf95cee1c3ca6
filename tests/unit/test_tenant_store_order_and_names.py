"""The tenant's tables page in a stable order, and people are found by the name they have now."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from localtenant.store.records import PictureRef, User
from localtenant.store.store import Store


def no_drawing(ref: PictureRef, held: Callable[[str], bytes]) -> bytes:
    raise AssertionError(f"{ref} is not to be drawn")


def held_only(ref: PictureRef, held: Callable[[str], bytes]) -> bytes:
    return held(ref.sha256)  # type: ignore[union-attr]  # these tests hold, they never draw


def user(id: str, upn: str, mail: str | None = None) -> User:
    return User(id=id, upn=upn, mail=mail, display_name=upn, given_name="", surname="")


def test_a_page_begins_behind_a_key_that_is_gone() -> None:
    store = Store(no_drawing)
    store.users.load({key: user(key, f"{key}@x") for key in "dbca"})
    assert [u.id for u in store.users.in_order()] == ["a", "b", "c", "d"]
    store.users.delete("b")
    assert [u.id for u in store.users.in_order("b")] == ["c", "d"]
    store.users.put("bb", user("bb", "bb@x"))
    assert [u.id for u in store.users.in_order("b")] == ["bb", "c", "d"]


def test_a_recycled_upn_finds_the_newcomer() -> None:
    store = Store(no_drawing)
    store.users.put("old", user("old", "Ann@x", "ann@x"))
    assert store.user("ANN@X") == store.users.get("old")
    store.users.put("old", replace(user("old", "ann.old@x", "ann@x")))
    store.users.put("new", user("new", "ann@x", "ann.new@x"))
    assert store.user("ann@x") == store.users.get("new"), "a UPN goes before another's mail"
    assert store.user_by_upn("ann.new@x") is None
    assert store.user("Ann.New@x") == store.users.get("new")
    store.users.delete("new")
    assert store.user("ann@x") == store.users.get("old"), "by mail, now that nobody has the UPN"


def test_a_picture_is_measured_without_decoding_and_nonsense_is_none() -> None:
    store = Store(held_only)
    out = io.BytesIO()
    Image.new("RGB", (30, 40)).save(out, "PNG")
    measured = store.measure(store.hold(out.getvalue()))
    assert measured is not None
    assert (measured.width_px, measured.height_px, measured.media_type) == (30, 40, "image/png")
    assert store.measure(store.hold(b"no picture")) is None
