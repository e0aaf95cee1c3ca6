"""What a tenant in the test's own process has drawn, the next one of the same seed need not: it has the same people.

A portrait is its seed's and its recipe's alone, and what SharePoint and Graph make of a picture is the picture's
(tests/unit/test_portraits.py and test_worlds.py draw anew). A tenant that is a process of its own draws for itself.
"""

from __future__ import annotations

from functools import lru_cache

from localtenant import founding
from localtenant.worlds.draw import Draw

SEEDS = 3


def for_all_tenants() -> None:
    """From now on, in this process."""
    vars(founding)["Draw"] = lru_cache(SEEDS)(Draw)
