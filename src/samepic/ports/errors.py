"""What can go wrong at a system, chosen by what happens next. Errors carry facts; words are made of them once."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from samepic.model.person import NotEligible
from samepic.model.sayings import Saying, saying
from samepic.model.system import Grant


class SystemFault(Exception):
    """Anything that a system did not do for us.

    system: its name in the configuration. doing: the operation in the vendor's words. saw: status, code and
    message as they came, shortened, with nothing secret in them.
    """

    code: ClassVar[str] = "not_done"

    def __init__(self, system: str, doing: str, saw: str) -> None:
        super().__init__(f"{system}: {doing}: {saw}")
        self.system = system
        self.doing = doing
        self.saw = saw

    @property
    def said(self) -> Saying:
        """The same words, for every language."""
        return saying(self.code, system=self.system, doing=self.doing, saw=self.saw)


class Busy(SystemFault):
    """Try again later: 5xx, 429, resets, timeouts. `after` is the system's own wish, None where it has none."""

    code = "busy"

    def __init__(self, system: str, doing: str, saw: str, after: timedelta | None = None) -> None:
        super().__init__(system, doing, saw)
        self.after = after


class PersonFault(SystemFault):
    """Skip this person; the others go on."""


class PersonGone(PersonFault):
    """There is no such person in the system."""


class PictureMoved(PersonFault):
    """What a write was to replace is no longer there; another has been at it since we looked."""


class PictureRefused(PersonFault):
    """The system does not take this picture."""


class PersonNotEligible(PersonFault):
    """The person cannot take part, and the system only says so when it is asked to write."""

    def __init__(self, system: str, doing: str, saw: str, reason: NotEligible) -> None:
        super().__init__(system, doing, saw)
        self.reason = reason


class AccessDenied(SystemFault):
    """The credentials do not allow it. `missing` says what to grant."""

    code = "denied"

    def __init__(self, system: str, doing: str, saw: str, missing: tuple[Grant, ...] = ()) -> None:
        super().__init__(system, doing, saw)
        self.missing = missing


class OutOfContract(SystemFault):
    """The answer was none that the vendor documents."""

    code = "out_of_contract"


class Expired(SystemFault):
    """What was remembered of an earlier round is not known any more: everybody has to be looked at."""
