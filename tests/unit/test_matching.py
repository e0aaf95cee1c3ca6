"""Who is who, by the strongest key that both sides tell."""

from __future__ import annotations

from tests.english import left_in_english

from samepic.model.person import KeyKind, Keys
from samepic.planning import Match, file_name_stem, match_one

ANNA = Keys(object_id="0A", upn="anna.berg@contoso.com", mail="anna@contoso.com")


def test_object_id_wins_whatever_the_case() -> None:
    assert match_one(ANNA, [Keys(object_id="0a")]) == Match(0, KeyKind.OBJECT_ID)


def test_renamed_person_is_found_by_object_id_although_the_upn_differs() -> None:
    assert match_one(ANNA, [Keys(object_id="0A", upn="anna.lie@contoso.com")]).index == 0


def test_upn_where_the_listing_tells_no_object_id() -> None:
    assert match_one(ANNA, [Keys(upn="ANNA.BERG@contoso.com")]) == Match(0, KeyKind.UPN)


def test_mail_is_not_asked_where_the_upns_disagree() -> None:
    found = match_one(ANNA, [Keys(upn="other@contoso.com", mail="anna@contoso.com")])
    assert found.index is None
    assert found.words == "a row has this person's address and somebody else's user principal name"
    assert left_in_english(found.words) == {}


def test_mail_where_nothing_stronger_is_told() -> None:
    assert match_one(ANNA, [Keys(mail="Anna@contoso.com")]) == Match(0, KeyKind.MAIL)


def test_recycled_upn_keeps_the_leavers_picture_from_the_newcomer() -> None:
    leavers_row = Keys(object_id="0F", upn=ANNA.upn, mail=ANNA.mail)
    found = match_one(ANNA, [leavers_row])
    assert found.index is None
    assert "object id" in found.words


def test_recycled_upn_beside_the_newcomers_own_row() -> None:
    leavers_row = Keys(object_id="0F", upn=ANNA.upn)
    assert match_one(ANNA, [leavers_row, Keys(object_id="0A")]).index == 1


def test_library_file_named_after_the_upn() -> None:
    assert file_name_stem("anna.berg@contoso.com") == "anna_berg_contoso_com"
    assert match_one(ANNA, [Keys(file_name="Anna_Berg_contoso_com")]) == Match(0, KeyKind.FILE_NAME)


def test_two_upns_that_give_one_stem_give_the_file_to_neither() -> None:
    rival = Keys(object_id="0B", upn="anna_berg@contoso.com")
    row = [Keys(file_name="anna_berg_contoso_com")]
    assert match_one(ANNA, row, [rival]).index is None
    assert match_one(rival, row, [ANNA]).index is None


def test_a_row_that_is_somebody_elses_by_a_stronger_key() -> None:
    shared = Keys(upn="shared@contoso.com", mail=ANNA.mail)
    owner = Keys(object_id="0C", upn="shared@contoso.com")
    without_upn = Keys(object_id="0A", mail=ANNA.mail)
    assert match_one(without_upn, [shared]).index == 0
    stronger = match_one(without_upn, [shared], [owner])
    assert stronger.index is None and left_in_english(stronger.words) == {}
    assert stronger.words == "the row with this person's address belongs to somebody else by a stronger key"
    assert match_one(owner, [shared], [without_upn]).index == 0


def test_two_rows_with_the_same_key_are_ambiguous() -> None:
    found = match_one(ANNA, [Keys(upn=ANNA.upn), Keys(upn=ANNA.upn, mail="x@contoso.com")])
    assert found.index is None
    assert found.words == "2 rows of the listing have this person's user principal name"
    assert left_in_english(found.words) == {}


def test_an_old_file_beside_the_present_one_is_no_ambiguity() -> None:
    rows = [Keys(file_name="anna_berg_contoso_com"), Keys(object_id="0A")]
    assert match_one(ANNA, rows) == Match(1, KeyKind.OBJECT_ID)


def test_nobody() -> None:
    found = match_one(ANNA, [])
    assert found.words == "no row of the listing has any of this person's keys" and left_in_english(found.words) == {}
    assert match_one(Keys(), [Keys(upn="a@b"), Keys()]).index is None
