"""Tenants in the test's own process take turns with a few RSA keys: each has two, and making them is most of its start.

The next tenants have other ones, so that a token or an assertion of one tenant is a stranger's to another. Where a
tenant is a process of its own, its keys are its own too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from localtenant.authority import keys

MANY = 8


class Turns:
    """Makes so many, and then gives the first again."""

    def __init__(self, make: Callable[[], RSAPrivateKey]) -> None:
        self._make = make
        self._made: list[RSAPrivateKey] = []
        self._turns = itertools.cycle(range(MANY))
        self._lock = Lock()  # each tenant has a thread of its own

    def __call__(self) -> RSAPrivateKey:
        with self._lock:
            turn = next(self._turns)
            if turn == len(self._made):
                self._made.append(self._make())
            return self._made[turn]


def for_all_tenants() -> None:
    """From now on, in this process."""
    vars(keys)["_rsa"] = Turns(keys._rsa)
