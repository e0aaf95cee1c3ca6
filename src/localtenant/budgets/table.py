"""The budgets as data, each with the page that gives its figure.

Pages in short: *graph*: graph/throttling-limits; *sharepoint*: sp-dev-docs
`how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online` (October 2025). What no page says is called assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Counts(StrEnum):
    """What a budget counts."""

    REQUESTS = "requests"
    UNITS = "units"
    BYTES = "bytes"


class Shape(StrEnum):
    """How a span is laid over time."""

    AT_ONCE = "at_once"  # no span: so many under way together
    FIXED = "fixed"  # begins with the first call that it counts, ends a span later
    UTC_DAY = "utc_day"  # ends at midnight UTC
    SLIDING = "sliding"  # never more within any span
    BUCKET = "bucket"  # fills by what is called, empties evenly within a span


class Per(StrEnum):
    """Whose calls are counted together."""

    APP = "app"
    TENANT = "tenant"
    APP_AND_MAILBOX = "app_and_mailbox"
    PERSON = "person"


LICENCES = (0, 1_001, 5_001, 15_001, 50_001)
PEOPLE = (0, 50, 501)


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget. limits: by `sizes`, `LICENCES` or `PEOPLE`, from the smallest on; none where no page gives a figure.

    scope: the calls that shall wait when it is used up, as the judgement names them.
    """

    name: str
    about: str
    counts: Counts
    shape: Shape
    per: Per
    span_seconds: float
    limits: tuple[int, ...]
    scope: str
    source: str
    sizes: tuple[int, ...] = (0,)

    def limit_for(self, people: int, licences: int) -> int | None:
        """The published figure for a tenant of this size, None where there is none."""
        have = licences if self.sizes is LICENCES else people
        fitting = [limit for size, limit in zip(self.sizes, self.limits, strict=False) if have >= size]
        return fitting[-1] if fitting else None


BUDGETS: tuple[Budget, ...] = (
    Budget(
        "sharepoint_app_minute",
        "resource units of one app",
        Counts.UNITS,
        Shape.FIXED,
        Per.APP,
        60,
        (1_250, 2_500, 3_750, 5_000, 6_250),
        "sharepoint",
        "sharepoint, “app, 1 minute”, by licences; the span's form is told by RateLimit-Reset (draft-03), beside it "
        "`Retry-After: 31`, `RateLimit-Reset: 31`",
        LICENCES,
    ),
    Budget(
        "sharepoint_app_day",
        "resource units of one app",
        Counts.UNITS,
        Shape.UTC_DAY,
        Per.APP,
        86_400,
        (1_200_000, 2_400_000, 3_600_000, 4_800_000, 6_000_000),
        "sharepoint",
        "sharepoint, “app, 24 hours”, by licences; until midnight UTC: sp-dev-docs issue 10076",
        LICENCES,
    ),
    Budget(
        "sharepoint_tenant",
        "resource units of all apps together",
        Counts.UNITS,
        Shape.SLIDING,
        Per.TENANT,
        300,
        (18_750, 37_500, 56_250, 75_000, 93_750),
        "sharepoint",
        "sharepoint, “tenant, 5 minutes”, by licences; sliding is assumed, the strictest reading",
        LICENCES,
    ),
    Budget(
        "sharepoint_person",
        "requests in the name of one person",
        Counts.REQUESTS,
        Shape.SLIDING,
        Per.PERSON,
        300,
        (3_000,),
        "sharepoint",
        "sharepoint, “user, 5 minutes”; sliding is assumed",
    ),
    Budget(
        "people_manager",
        "calls of PeopleManager by all apps together",
        Counts.REQUESTS,
        Shape.SLIDING,
        Per.TENANT,
        300,
        (3_000, 6_000, 9_000, 12_000, 15_000),
        "sharepoint people",
        "sharepoint, “PeopleManagerAPIs, per tenant, 5 minutes”, by licences; sliding is assumed",
        LICENCES,
    ),
    Budget(
        "people_manager_app",
        "calls of PeopleManager by one app",
        Counts.REQUESTS,
        Shape.SLIDING,
        Per.APP,
        300,
        (),
        "sharepoint people",
        "no page gives a figure for each app, so it is off",
    ),
    Budget(
        "directory",
        "resource units of one app in the directory",
        Counts.UNITS,
        Shape.BUCKET,
        Per.APP,
        10,
        (3_500, 5_000, 8_000),
        "graph directory",
        "graph, “Identity and access”: application and tenant, S below 50 users, M to 500, L above; a token bucket",
        PEOPLE,
    ),
    Budget(
        "directory_writes",
        "writes of one app to the directory",
        Counts.REQUESTS,
        Shape.BUCKET,
        Per.APP,
        150,
        (3_000,),
        "graph directory",
        "graph, “Identity and access”: write quota of application and tenant; a token bucket",
    ),
    Budget(
        "graph_app",
        "requests of one app to Graph",
        Counts.REQUESTS,
        Shape.BUCKET,
        Per.APP,
        10,
        (130_000,),
        "graph",
        "graph, “Any: 130,000 requests per 10 seconds”, for each app; a bucket is assumed",
    ),
    Budget(
        "pictures_at_once",
        "requests for pictures under way together",
        Counts.REQUESTS,
        Shape.AT_ONCE,
        Per.APP_AND_MAILBOX,
        0,
        (4,),
        "graph pictures",
        "graph, “Outlook service limits”; for each app and mailbox or for each app: behaviour `picture_concurrency`",
    ),
    Budget(
        "pictures_of_a_mailbox",
        "requests of one app for one mailbox's pictures",
        Counts.REQUESTS,
        Shape.SLIDING,
        Per.APP_AND_MAILBOX,
        600,
        (10_000,),
        "graph pictures",
        "graph, “10,000 API requests in a 10 minute period”, for each app and mailbox; sliding is assumed",
    ),
    Budget(
        "uploads_of_a_mailbox",
        "bytes that one app uploads to one mailbox",
        Counts.BYTES,
        Shape.SLIDING,
        Per.APP_AND_MAILBOX,
        300,
        (150_000_000,),
        "graph pictures",
        "graph, “150 megabytes (MB) upload (PATCH, POST, PUT) in a 5 minute period”; sliding is assumed",
    ),
)
BY_NAME = {budget.name: budget for budget in BUDGETS}
