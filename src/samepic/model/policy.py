"""What an administrator decided about a route, beyond which systems it joins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from samepic.model.picture import WHITE


class WhenDifferent(StrEnum):
    """What to do where the two sides show different pictures and the choice is the administrator's."""

    SHOW = "show"  # do nothing, say so
    WRITE = "write"  # the source is the master


class WhenRemoved(StrEnum):
    """What to do in the target when the source's picture was removed."""

    KEEP = "keep"
    MIRROR = "mirror"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long, and how many, pictures are kept that no target shows any more.

    gone_for: after which everything is dropped of whoever takes no part any more. former_each: for each person.
    """

    former_for: timedelta = timedelta(days=90)
    former_each: int = 10
    gone_for: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Policy:
    """How a route decides. Shares are fractions of the target's pictures.

    hold_within: what runs without a person's word lost in this time counts together with the plan's own.
    hold_same: to more people than this one picture, or a blank, goes only with a person's word.
    background: what lies under a picture that one can see through, as #rrggbb.
    """

    when_removed: WhenRemoved = WhenRemoved.KEEP
    drifted: WhenDifferent = WhenDifferent.SHOW
    clash: WhenDifferent = WhenDifferent.SHOW
    first_meeting: WhenDifferent = WhenDifferent.WRITE
    hold_share: float = 0.10
    hold_at_least: int = 5
    hold_within: timedelta = timedelta(days=1)
    hold_same: int = 5
    overruled_within: timedelta = timedelta(days=7)
    background: str = WHITE
    guests: bool = False
    disabled: bool = False
    only_group: str | None = None
    except_group: str | None = None
    opted_out: frozenset[str] = field(default_factory=frozenset)  # object ids, UPNs or mail addresses, folded
    retention: Retention = field(default_factory=Retention)

    @property
    def groups(self) -> tuple[str, ...]:
        """Those that decide who takes part, each once, as they are named."""
        return tuple(dict.fromkeys(filter(None, (self.only_group, self.except_group))))
