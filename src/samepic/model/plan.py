"""A finished plan: counted, held or free, before anything is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from samepic.model.decision import Action, Reason
from samepic.model.person import Keys
from samepic.model.picture import PictureState

RunId = NewType("RunId", str)
PlanId = NewType("PlanId", str)


@dataclass(frozen=True, slots=True)
class Step:
    """One person's line of a plan. original: what a restore puts back, by the vault's name of it."""

    keys: Keys
    display_name: str
    action: Action
    reason: Reason
    detail: str
    source: PictureState
    target: PictureState
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a plan would do, in numbers.

    overwrites, clears: pictures of the target that would be lost to it; `new` never counts.
    target_pictures, source_pictures: how many pictures each holds now, for people who take part.
    lost_before: other people whose pictures were lost to the last runs that nobody had approved.
    same: people of the plan who would get one and the same picture, of the picture that goes to most.
    same_before: other people who were given that picture by the last runs that nobody had approved.
    blanks: people whose picture at the source has become a blank and was never refused before.
    """

    people: int
    counts: Mapping[Reason, int]
    overwrites: int
    clears: int
    target_pictures: int
    target_pictures_before: int | None = None
    incomplete: tuple[str, ...] = ()  # the systems whose listing was cut or suddenly empty, in words
    source_pictures: int = 0
    source_pictures_before: int | None = None
    lost_before: int = 0
    same: int = 0
    same_before: int = 0
    blanks: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a plan waits for a person's word, with the numbers.

    reason: incomplete, emptied, source_lost, share, wave, same or blank: the first of those that object. changed and
    rejected stand for what became of a person's word. objections: all that object.
    """

    reason: str
    words: str
    overwrites: int = 0
    clears: int = 0
    target_pictures: int = 0
    share: float = 0.0
    limit: float = 0.0
    source_pictures: int = 0
    source_pictures_before: int | None = None
    lost_before: int = 0
    same: int = 0
    same_before: int = 0
    blanks: int = 0
    objections: tuple[str, ...] = ()
