"""The target shows what we left, under a stamp that is not ours: the source's new picture clashes with nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.office import Office, again, face

from samepic.model.decision import Reason
from samepic.model.policy import Policy, WhenDifferent


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path, policy=Policy(clash=WhenDifferent.SHOW, drifted=WhenDifferent.SHOW))
    made.hire()
    return made


@pytest.mark.parametrize("how", ["the same bytes, sent again", "encoded anew by the target"])
async def test_the_new_picture_is_written(office: Office, how: str) -> None:
    [person] = office.people
    assert (await office.engine.sync()).written == 1
    ours = office.target.pictures(office.target_id(person)) if how.startswith("the same") else [again(0)] * 3
    office.target.put(office.target_id(person), ours[0] if how.startswith("enc") else ours)
    office.source.put(office.source_id(person), face(7))
    outcome = await office.engine.sync()
    assert (outcome.written, outcome.counts) == (1, {Reason.CHANGED: 1})
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
    kept = {entry.system for entry in office.state.kept.of("office", "id-00000")}
    assert kept == {"source", "target"}, "what was there under the other stamp is kept before it is replaced"


async def test_anothers_picture_clashes_as_ever(office: Office) -> None:
    [person] = office.people
    await office.engine.sync()
    office.target.put(office.target_id(person), face(5))
    office.source.put(office.source_id(person), face(7))
    outcome = await office.engine.sync()
    assert (outcome.written, outcome.counts) == (0, {Reason.CLASH: 1})
    assert (await office.engine.sync()).counts == {Reason.CLASH: 1}
