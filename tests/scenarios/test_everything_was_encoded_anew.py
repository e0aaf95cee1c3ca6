"""Somebody runs a tool over the target that encodes, scales, cuts and warms every picture: nothing is to be written."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from PIL import ImageOps
from tests.command_line import Office as Shell
from tests.conftest import StartTenant
from tests.office import Office, again, face
from tests.picture_changes import cut, recoloured, scaled, tinted, upright
from tests.pictures import encoded

from samepic.engine import facts
from samepic.imaging import same_picture
from samepic.model.decision import Reason
from samepic.model.system import Rendition
from samepic.systems.memory import MemorySettings

PEOPLE, MOTIFS = 600, 200
SMALL = MemorySettings(name="target", renditions=(Rendition("M", 72),))


def anew(data: bytes, chance: Random) -> bytes:
    """The same picture, as another program leaves it."""
    image = upright(data)
    sides = (chance.uniform(0, 0.05) for _ in range(4))
    return encoded(scaled(tinted(cut(image, *sides), 1.02, 1, 0.98), 90), quality=chance.randrange(35, 90))


@pytest.mark.timeout(900)
async def test_everybody_is_still_in_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path, target=SMALL)
    for number in range(PEOPLE):
        [person] = office.hire(source=False)
        office.source.put(office.source_id(person), face(number % MOTIFS))
        office.target.put(office.target_id(person), again(number % MOTIFS))
    met = await office.engine.sync()
    assert met.counts == {Reason.IN_STEP: PEOPLE}

    cut_and_warmer = [anew(face(motif), Random(motif)) for motif in range(MOTIFS)]
    for number, person in enumerate(office.people):
        office.target.put(office.target_id(person), cut_and_warmer[number % MOTIFS])
    others = {
        "mirrored": encoded(ImageOps.mirror(upright(face(0)))),
        "recoloured": encoded(recoloured(upright(face(1)), 120)),
        "somebody else's": face(MOTIFS + 1),
    }
    for person, other in zip(office.people, others.values(), strict=False):
        office.target.put(office.target_id(person), other)
    reads = len(office.source.reads), len(office.target.reads)
    resync = await office.engine.sync()

    assert (resync.written, resync.failed, resync.held) == (0, 0, None)
    assert resync.counts == {Reason.IN_STEP: PEOPLE - len(others), Reason.DRIFTED: len(others)}
    assert office.target.writes == []
    assert len(office.target.reads) - reads[1] == PEOPLE, "each is looked at once"
    # Whoever differs from the source's small picture is held against its whole one, and nobody else.
    assert len(office.source.reads) - reads[0] <= len(others)

    reads = len(office.source.reads), len(office.target.reads)
    compared: list[object] = []
    monkeypatch.setattr(facts, "same_picture", lambda *both: compared.append(both) or same_picture(*both))
    assert (await office.engine.sync()).counts == resync.counts
    assert (len(office.source.reads), len(office.target.reads)) == reads, "and what was seen is remembered"
    assert len(compared) <= 2 * len(others), "equal stamps need no comparison"


def test_a_site_whose_library_was_encoded_anew(start_tenant: StartTenant, tmp_path: Path) -> None:
    """The same over HTTP with the local tenant: its own pictures, all three sizes of each."""
    tenant = start_tenant(people=24)
    office = Shell(tmp_path, tenant)
    first = office.ask("sync")
    assert first["written"] > 5

    changed = 0
    for user in tenant.tenant.store.users:
        for size in "sml":
            data = tenant.control.picture(user.id, f"sharepoint-{size}")
            if data is not None:
                tenant.control.put_picture(user.id, f"sharepoint-{size}", anew(data, Random(user.id)))
                changed += 1
    second = office.ask("sync")

    assert changed > 30
    assert second["written"] == 0
    assert second["counts"].get("in_step", 0) >= first["written"]
    assert second["counts"].get("drifted", 0) == 0
