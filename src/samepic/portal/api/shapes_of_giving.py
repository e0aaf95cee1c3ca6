"""What the API says of a picture that was given, or taken again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from samepic.model.decision import Reason
from samepic.portal.person.giving import Given


class Picture(Struct, frozen=True):
    """A kept picture, by its name in the person's history."""

    picture: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Undo(Struct, frozen=True):
    """The change that is meant, by `can_undo.mark` of the person's history."""

    mark: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class BroughtTo:
    """What became of it on one route: written, pulled, nothing, failed or later. reason: why it stands so, if known."""

    route: str
    system: str
    came: str
    seconds: float
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it. taken: whether it is in its place; why: where not, refused, not_eligible or failed.

    already: it was there before. brought: where it went on to.
    """

    taken: bool
    why: str
    already: bool
    brought: list[BroughtTo]

    @classmethod
    def of(cls, given: Given) -> Came:
        """As the portal tells it to the person."""
        brought = [BroughtTo(one.route, one.system, one.came.value, one.took_s, one.reason) for one in given.brought]
        return cls(given.taken, given.why, given.already, brought)
