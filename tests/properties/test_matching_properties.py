"""What matching never does, whoever the people are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from samepic.model.person import KeyKind, Keys
from samepic.planning import file_name_stem, match_one

few = st.sampled_from(["a.b@x", "a_b@x", "A.B@x", "c@x"])
keys = st.builds(
    Keys,
    object_id=st.none() | st.sampled_from(["1", "2", "3"]),
    upn=st.none() | few,
    mail=st.none() | few,
    file_name=st.none() | st.sampled_from(["a_b_x", "c_x"]),
)
rows = st.lists(keys, max_size=4)


@given(keys, rows, rows)
def test_no_match_across_a_stronger_disagreement(person: Keys, candidates: list[Keys], rivals: list[Keys]) -> None:
    found = match_one(person, candidates, rivals)
    assert (found.index is None) == (found.by is None) == bool(found.words)
    if found.index is None or found.by is None:
        return
    row = candidates[found.index]
    mine, theirs = dict(person), dict(row)
    for kind in KeyKind:
        if kind is found.by:
            break
        assert kind not in mine or kind not in theirs
    if found.by is not KeyKind.FILE_NAME:
        assert mine[found.by] == theirs[found.by]


@given(keys, rows, rows)
def test_order_does_not_matter(person: Keys, candidates: list[Keys], rivals: list[Keys]) -> None:
    found = match_one(person, candidates, rivals)
    turned = match_one(person, candidates[::-1], rivals[::-1])
    assert found.by == turned.by
    if found.index is not None and turned.index is not None:
        assert candidates[found.index] == candidates[::-1][turned.index]


@given(st.lists(keys, min_size=2, max_size=4), keys)
def test_one_row_never_goes_to_two_people(people: list[Keys], row: Keys) -> None:
    takers = [
        index
        for index, person in enumerate(people)
        if match_one(person, [row], people[:index] + people[index + 1 :]).index is not None
    ]
    assert len(takers) <= 1


@given(keys, rows, keys)
def test_a_weaker_row_changes_nothing(person: Keys, candidates: list[Keys], extra: Keys) -> None:
    found = match_one(person, candidates)
    if found.by is not KeyKind.OBJECT_ID:
        return
    weaker = Keys(upn=extra.upn, mail=extra.mail, file_name=extra.file_name)
    assert match_one(person, [*candidates, weaker]) == found


@given(few)
def test_stem_has_neither_at_nor_dot(upn: str) -> None:
    assert not set("@.") & set(file_name_stem(upn))
