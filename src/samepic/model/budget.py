"""What a vendor lets us call per span of time, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class BudgetName(StrEnum):
    """Every budget that Samepic keeps; docs/reference/budgets.md has their figures and sources."""

    SHAREPOINT_APP_MINUTE = "sharepoint_app_minute"
    SHAREPOINT_APP_DAY = "sharepoint_app_day"
    SHAREPOINT_TENANT = "sharepoint_tenant"
    PEOPLE_MANAGER = "people_manager"
    DIRECTORY = "directory"
    PICTURES_AT_ONCE = "pictures_at_once"
    PICTURES_OF_A_MAILBOX = "pictures_of_a_mailbox"


class Lane(StrEnum):
    """Who calls: somebody who waits for their own picture, or a run over everybody."""

    REQUEST = "request"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Budget:
    """So many units within any window of this length. No window: so many at the same time."""

    name: BudgetName
    limit: float
    window: timedelta | None


Cost = Mapping[BudgetName, float]
"""Units that one call takes of each budget."""
