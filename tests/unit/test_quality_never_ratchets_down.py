"""A shrunken copy of a person's picture never takes the place of its original, and a new picture always does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.office import Office, face
from tests.pictures import encoded, mosaic

from samepic.engine.originals import is_shrunken, originals_of
from samepic.imaging import fingerprint
from samepic.model.decision import Reason
from samepic.model.person import Person
from samepic.model.picture import Fingerprint, Picture, Stamp, distance
from samepic.model.remembered import Kept

ORIGINAL = encoded(mosaic(1, 640, 640), quality=95)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def copy(edge_px: int, quality: int = 60) -> bytes:
    return encoded(mosaic(1, 640, 640).resize((edge_px, edge_px)), quality=quality)


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    """One person whose good picture was written."""
    office = Office(tmp_path)
    [person] = office.hire()
    office.source.put(office.source_id(person), ORIGINAL)
    assert (await office.engine.sync()).written == 1
    office.clock.move(hours=1)
    return office


def give(office: Office, data: bytes) -> Person:
    [person] = office.people
    office.source.put(office.source_id(person), data)
    return person


def originals(office: Office) -> set[bytes | None]:
    return {office.vault.fetch(one.sha256) for one in office.state.kept.of("office", "id-00000")}


@pytest.mark.parametrize("edge_px", [48, 240])
async def test_a_shrunken_copy_is_known_and_the_original_is_written_on(office: Office, edge_px: int) -> None:
    person = give(office, copy(edge_px))
    best = office.target.pictures(office.target_id(person))

    changed = await office.engine.sync()

    assert changed.counts == {Reason.CHANGED: 1}
    assert office.target.pictures(office.target_id(person)) == best, "made of the original, to the byte"
    assert originals(office) == {ORIGINAL}, "the copy takes no room"
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
    office.target.take(office.target_id(person))
    emptied = await office.engine.sync()
    assert (await office.engine.sync(approve=emptied.plan)).written == 1
    assert office.target.pictures(office.target_id(person)) == best, "a blanked target too"
    [latest, *_] = office.state.changes.of("office", "id-00000")
    assert latest.after == Picture(ORIGINAL).sha256


@pytest.mark.parametrize("other", [face(5, 64), encoded(mosaic(1, 640, 640).crop((0, 0, 610, 610)))])
async def test_another_picture_or_one_that_its_person_cut_is_written(office: Office, other: bytes) -> None:
    give(office, other)
    await office.engine.sync()
    [latest, *_] = office.state.changes.of("office", "id-00000")
    assert latest.after == Picture(other).sha256


async def test_a_larger_copy_becomes_the_original(office: Office) -> None:
    larger = encoded(mosaic(1, 640, 640).resize((1280, 1280)), quality=95)
    give(office, larger)
    await office.engine.sync()
    give(office, copy(100))
    await office.engine.sync()
    [latest, *_] = office.state.changes.of("office", "id-00000")
    assert latest.after == Picture(larger).sha256


@pytest.mark.parametrize("how", ["damaged", "missing"])
async def test_where_the_original_is_lost_what_the_source_shows_has_to_do(office: Office, how: str) -> None:
    [path] = [path for path in (office.folder / "vault").rglob("*") if path.is_file()]
    path.write_bytes(b"rubbish") if how == "damaged" else path.unlink()
    give(office, copy(240))
    assert (await office.engine.sync()).written == 1
    assert copy(240) in {
        office.vault.fetch(one.sha256) for one in office.state.kept.of("office", "id-00000") if one.edge_px == 240
    }


PRINT, OTHER = fingerprint(Picture(ORIGINAL)), fingerprint(Picture(face(5)))
edges = st.integers(min_value=0, max_value=2000)


def kept(edge_px: int, print_: Fingerprint | None) -> Kept:
    return Kept(
        "r", "k", f"{edge_px}", "s", Stamp("1"), "image/jpeg", NOW,
        width_px=edge_px, height_px=edge_px + 7, fingerprint=print_,
    )  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(edges, st.lists(st.tuples(edges, st.sampled_from([PRINT, OTHER, None])), max_size=4))
def test_what_is_written_is_never_smaller_and_always_the_same_picture(
    edge_px: int, known: list[tuple[int, Fingerprint | None]]
) -> None:
    shown = kept(edge_px, PRINT)
    found = originals_of(shown, [kept(edge, print_) for edge, print_ in known])
    largest = max((edge for edge, print_ in known if print_ == PRINT), default=0)
    for one in found:
        assert one.edge_px > shown.edge_px > 0
        assert one.fingerprint is not None and distance(one.fingerprint, PRINT) < 20
    if found:
        assert found[0].edge_px == largest
    elif edge_px:
        assert edge_px > 7 / 8 * largest, "only a copy that is hardly smaller is taken for the person's own doing"
    assert not is_shrunken(kept(0, PRINT), shown) and not is_shrunken(kept(1, None), shown)
