"""People among a run's rows: by the middle of a word in any case, a page at a time, on both databases alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL

from samepic.model.decision import Action, Decision, Reason
from samepic.model.person import Keys, Person
from samepic.model.plan import RunId
from samepic.model.remembered import Row
from samepic.state.store import Store, open_state

RUN, AT = RunId("r"), datetime(2026, 11, 22, tzinfo=UTC)
PEOPLE = {
    "a": "Åse Nordmann",
    "b": "kari ØSTBY",
    "c": "100% Person_X",
    "d": "Ελένη",
    **{f"k{number}": "Kari" for number in range(7)},
}


@pytest.fixture
def state(any_database: Path | URL) -> Iterator[Store]:
    opened = open_state(any_database)
    opened.rows.put(RUN, [row(key, name) for key, name in PEOPLE.items()])
    opened.rows.put(RunId("other"), [row("z", "Åse Nordmann")])
    yield opened
    opened.close()


def row(key: str, name: str) -> Row:
    reason = Reason.NEW if key == "a" else Reason.REFUSED if key == "b" else Reason.IN_STEP
    person = Person(Keys(key, f"{key}.upn@Contoso.com", f"{key}.mail@contoso.com"), display_name=name)
    return Row(key, person, failed="no answer" if key == "d" else None, decision=Decision(Action.NOTHING, reason))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("åse", "a"),
        ("ÅSE nord", "a"),
        ("mann", "a"),
        ("østby KARI", "b"),
        ("%", "c"),
        ("_", "c"),
        ("ελένη", "d"),
        ("B.UPN@contoso", "b"),
        ("c.mail", "c"),
        ("nobody", ""),
        ("'; DROP TABLE run_person; --", ""),
    ],
)
def test_words_are_found_whatever_their_case(state: Store, words: str, found: str) -> None:
    assert "".join(one.key for one in state.people.search(RUN, words, (), False, ("", ""), 50)) == found


def test_many_of_one_name_are_each_on_one_page_and_states_are_told_apart(state: Store) -> None:
    seen, after = list[str](), ("", "")
    while page := state.people.search(RUN, "", (), False, after, 3):
        seen += [one.key for one in page]
        after, before = (page[-1].stands_at, page[-1].key), after
        assert after > before, "each page begins after the one before"
    assert seen == sorted(PEOPLE, key=lambda key: (PEOPLE[key].casefold(), key)), "whatever their names' case"
    behind = state.people.search(RUN, "", (Reason.NEW, Reason.REFUSED), False, ("", ""), 9)
    assert {one.key for one in behind} == {"a", "b"}
    assert [one.key for one in state.people.search(RUN, "", (), True, ("", ""), 9)] == ["d"]
    assert state.people.of(RUN, "a") is not None and state.people.of(RUN, "z") is None
