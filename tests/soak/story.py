"""What is done, and when: drawn from a seed before anything begins, so that the same seed tells the same story."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Deed:
    """at_s: seconds from the beginning. what: the name of a method of `People` or of `Troubles`, and its arguments."""

    at_s: float
    what: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.at_s:7.1f}  {self.what} {' '.join(f'{k}={v}' for k, v in self.arguments.items())}".rstrip()


PEOPLE = (
    ("uploads", 8),
    ("takes_away", 1),
    ("another_overwrites", 2),
    ("another_deletes", 2),
    ("asks", 3),
)

TROUBLES = {
    "postgresql": (
        ("worker_is_killed", 4),
        ("service_is_killed", 1),
        ("tenant_is_killed", 3),
        ("database_is_killed", 2),
        ("database_is_restarted", 1),
        ("database_is_away", 1),
        ("worker_is_stopped", 2),
        ("disk_is_full", 2),
        ("request_is_killed", 2),
        ("something_goes_wrong", 10),
    ),
    "sqlite": (
        ("service_is_killed", 4),
        ("tenant_is_killed", 2),
        ("disk_is_full", 3),
        ("request_is_killed", 3),
        ("something_goes_wrong", 8),
    ),
}

IN_A_WRITE = (
    "tenant_is_killed",
    "worker_is_killed",
    "service_is_killed",
    "worker_is_stopped",
    "database_is_killed",
    "database_is_away",
    "disk_is_full",
)
"""What may come while somebody's file is on its way."""

OFTEN = ("photo", "photo/$value", "$batch", "ProcessQuery")
READS = (*OFTEN, "users", "users/delta", "items", "token")
"""What sweeps and requests ask; each full sweep asks for the latter once."""

LISTED = ("users", "items")
WRITES = ("Files/add", "ProcessQuery")
LOST_ANSWERS = ("reset_after", "cut_body", "corrupt_body", "hold_after", "slow_body", "error_page", "stall")
"""After which nobody but the target knows whether a write was carried out."""

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "error_page"},
    {"kind": "expired_cursor"},
    {"kind": "cut_listing"},
    {"kind": "cut_body"},
    {"kind": "corrupt_body"},
    {"kind": "slow_body", "bytes_per_second": 400},
    {"kind": "hold_before"},
    {"kind": "hold_after"},
    {"kind": "stall"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "stale_reads", "seconds": 2},
    {"kind": "clock_skew", "seconds": 40},
    {"kind": "clock_skew", "seconds": -90_000},
)
"""Not `repeat_page` and `skip_page`: no listing of so few people has a second page. Tests of their own have more."""


def story(random: Random, minutes: float, database: str, people: int) -> list[Deed]:
    """In the order in which it happens. The last tenth of the time is quiet."""
    end_s = 60 * minutes * 0.85
    deeds, pictures = [], iter(range(1000, 10_000_000))
    at_s = 0.0
    while (at_s := at_s + random.uniform(0.4, 2.2)) < end_s:
        what = _one_of(random, PEOPLE)
        arguments: dict[str, Any] = {"who": random.randrange(people)}
        if what in ("uploads", "another_overwrites"):
            arguments["picture"] = next(pictures)
        deeds.append(Deed(at_s, what, arguments))
    at_s = 0.0
    while (at_s := at_s + random.uniform(2.0, 7.0)) < end_s:
        deeds.append(Deed(at_s, "sweep", {"full": random.random() < 0.4}))
    at_s, turn = 2.0, []
    while (at_s := at_s + random.uniform(3.0, 9.0)) < end_s:
        if not turn:  # every kind comes up before any comes again too often
            turn = [name for name, share in TROUBLES[database] for _ in range(share)]
            random.shuffle(turn)
        what = turn.pop()
        trouble = Deed(at_s, what, _of_trouble(random, what, people))
        deeds.append(trouble)
        if what == "something_goes_wrong" and "who" in trouble.arguments:  # so that there is a write for it to meet
            about = {"who": trouble.arguments["who"], "picture": next(pictures)}
            deeds.append(Deed(at_s + 0.1, "uploads", about))
    return sorted(deeds, key=lambda deed: deed.at_s)


def _of_trouble(random: Random, what: str, people: int) -> dict[str, Any]:
    if what == "something_goes_wrong":
        return _fault(random, people)
    lasts = {"database_is_away": (9.0, 16.0), "worker_is_stopped": (8.0, 12.0), "disk_is_full": (2.0, 6.0)}
    arguments: dict[str, Any] = {"for_s": round(random.uniform(*lasts.get(what, (0.2, 3.0))), 1)}
    if what.startswith("worker"):
        arguments["number"] = random.randrange(100)
    if what in IN_A_WRITE:
        arguments["held"] = random.choice(("hold_before", "hold_after", "not"))
    if what == "request_is_killed":
        arguments["who"] = random.randrange(people)
    return arguments


def _fault(random: Random, people: int) -> dict[str, Any]:
    """On reads it may meet anybody, on writes one person, whose write may then be carried out twice."""
    fault = dict(random.choice(FAULTS))
    kind = fault["kind"]
    arguments: dict[str, Any] = {"fault": fault, "for_s": round(random.uniform(1.0, 5.0), 1)}
    fault["nth"], drawn = random.randint(1, 4), random.random()
    if kind == "stale_reads":
        return arguments
    fault["times"] = random.randint(1, 5)
    if kind == "cut_listing":
        fault["operation"] = random.choice(LISTED)
    elif kind == "expired_cursor":
        fault["operation"] = "users/delta"
        fault["times"] = None  # counted, the turns could all be full sweeps', which have no cursor
    elif drawn < 0.35:
        fault["operation"] = random.choice(WRITES)
        if kind in LOST_ANSWERS:
            arguments["who"] = random.randrange(people)
            fault["nth"] = 1 + fault["nth"] % 2
    else:
        fault["operation"] = random.choice(READS)
    if fault["operation"] not in (*OFTEN, *WRITES):
        fault["nth"] = 1
    return arguments


def _one_of(random: Random, choices: tuple[tuple[str, int], ...]) -> str:
    names, shares = zip(*choices, strict=True)
    return str(random.choices(names, shares)[0])
