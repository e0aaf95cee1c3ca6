"""Some of the steps that a hold is about, for people to look at; as many however many people there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain

from samepic.model.decision import Action, Decision, Reason
from samepic.model.plan import Step
from samepic.planning import overwrites

MOST = 60
_SOURCE_GONE = (Reason.REMOVED, Reason.PARTED)


class Examples:
    """The first steps of each kind as they stream past."""

    def __init__(self, same: Collection[str] = ()) -> None:
        """same: the keys of people who would get one and the same picture."""
        self._keys = set(same)
        self._kinds: dict[str, list[Step]] = {kind: [] for kind in ("loss", "change", "gone", "same", "blank")}

    def add(self, key: str, step: Step, *, blank: bool) -> None:
        """Keep a step where fewer than so many of its kind are kept. blank: its source has become one."""
        decided = Decision(step.action, step.reason)
        told = {
            "loss": overwrites(decided) or step.action is Action.CLEAR,
            "change": step.action is not Action.NOTHING,
            "gone": step.reason in _SOURCE_GONE,
            "same": key in self._keys,
            "blank": blank,
        }
        for kind, is_one in told.items():
            if is_one and len(self._kinds[kind]) < MOST:
                self._kinds[kind].append(step)

    def of(self, objections: Iterable[str]) -> tuple[Step, ...]:
        """The steps of these objections first, then others that lose something, then any change."""
        kinds = [_KINDS[name] for name in objections if name in _KINDS]
        steps = chain.from_iterable(self._kinds[kind] for kind in (*kinds, "loss", "change"))
        return tuple(dict.fromkeys(steps))[:MOST]


_KINDS = {"source_lost": "gone", "share": "loss", "wave": "loss", "same": "same", "blank": "blank"}
