"""Sign-ins that have begun and whose answer has not come."""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from samepic.portal.same_origin import same_word
from samepic.ports.clock import Clock

LASTS = timedelta(minutes=15)
MOST = 20_000
"""At a time, and more than one address may begin while one lasts: nobody alone pushes others out."""

_OURS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")


@dataclass(frozen=True, slots=True)
class Begun:
    """One of them. browser: the word in the cookie of the browser that began it. to: where it was going."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    browser: str = field(repr=False)
    to: str
    at: datetime


class Pending:
    """All of them, each good for one answer, of one browser."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_state: OrderedDict[str, Begun] = OrderedDict()

    def begin(self, to: str) -> Begun:
        """One more. to: an address of ours, else the first page."""
        word = secrets.token_urlsafe
        begun = Begun(word(24), word(24), word(48), word(24), ours(to), self._clock.now())
        while len(self._by_state) >= MOST:
            self._by_state.popitem(last=False)
        self._by_state[begun.state] = begun
        return begun

    def take(self, state: str, browser: str) -> Begun | None:
        """The one that an answer belongs to, once; None where it is another browser's, too late, or unknown.

        An answer that another browser brings uses nothing up: else anybody who learns a state could end a sign-in.
        """
        begun = self._by_state.get(state)
        if begun is None or not same_word(browser, begun.browser):
            return None
        del self._by_state[state]
        return begun if self._clock.now() - begun.at <= LASTS else None


def ours(to: str) -> str:
    """The address, where it leads nowhere else: a path of this origin, without what browsers take for another host."""
    return to if _OURS.fullmatch(to) else "/"
