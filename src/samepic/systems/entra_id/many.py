"""Questions about many people, twenty in a request. Source: learn.microsoft.com/graph/json-batching"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from samepic.model.person import Keys, Person, PersonId
from samepic.model.sayings import saying
from samepic.model.system import Listed
from samepic.systems.entra_id import wire
from samepic.transport.answer import Answer
from samepic.transport.api import Api
from samepic.transport.batch import MOST, Inner, batch
from samepic.transport.graph_people import person_of
from samepic.transport.together import abreast

_Answered = list[tuple[str, Answer]]


def listed(person: Person) -> Listed:
    """A row of the census."""
    return Listed(person.keys, PersonId(person.keys.object_id or ""), census=person)


class ManyPeople:
    """Asks Graph's directory about people in batches."""

    def __init__(self, api: Api, at_once: int) -> None:
        self._api = api
        self._at_once = at_once

    async def told(self, people: Sequence[PersonId]) -> AsyncIterator[tuple[PersonId, Listed | None]]:
        """See `samepic.ports.system.Census.told`."""
        some, fault = False, None
        async for answered in self._ask([(who, Inner(wire.one_user(who))) for who in people], "users"):
            for who, answer in answered:
                if answer.ok:
                    some = True
                    yield PersonId(who), self._row(answer, who)
                elif answer.status == 404:
                    some = True
                    yield PersonId(who), None
                else:
                    fault = self._api.fault(answer, "$batch of users")
        if fault is not None and not some:
            raise fault

    async def sharing(self, keys: Sequence[Keys]) -> AsyncIterator[Listed]:
        """See `samepic.ports.system.Census.sharing_any`."""
        paths = {path.removeprefix("/v1.0") for one in keys if (path := wire.sharing(one)) is not None}
        async for answered in self._ask([(path, Inner(path)) for path in sorted(paths)], "users"):
            for _, answer in answered:
                for row in self._rows(answer):
                    yield row

    async def _ask(self, asked: Sequence[tuple[str, Inner]], doing: str) -> AsyncIterator[_Answered]:
        parts = [asked[i : i + MOST] for i in range(0, len(asked), MOST)]

        async def ask(part: Sequence[tuple[str, Inner]]) -> _Answered:
            answers = await batch(self._api, [inner for _, inner in part], doing=f"$batch of {doing}")
            return [(name, answer) for (name, _), answer in zip(part, answers, strict=True)]

        async for answered in abreast(parts, ask, self._at_once):
            yield answered

    def _row(self, answer: Answer, who: str) -> Listed:
        try:
            row = listed(person_of(answer.json()))
        except (KeyError, TypeError, AttributeError, ValueError):
            raise self._api.out_of_contract("$batch of users", saying("other_shape")) from None
        if (row.keys.object_id or "").casefold() != who.casefold():
            raise self._api.out_of_contract("$batch of users", saying("of_somebody_else"))
        return row

    def _rows(self, answer: Answer) -> list[Listed]:
        if not answer.ok:
            raise self._api.fault(answer, "$batch of users")
        try:
            return [listed(person_of(user)) for user in answer.json()["value"]]
        except (KeyError, TypeError, AttributeError, ValueError):
            raise self._api.out_of_contract("$batch of users", saying("other_shape")) from None
