"""A state as months leave it: people, sweeps day by day, requests between them, a vault, held plans, an audit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from samepic.model.audit import BEGINNING, Deed, Done, digest
from samepic.model.decision import Action, Decision, Reason
from samepic.model.held import HeldPlan
from samepic.model.outcome import Pictures, RunRecord
from samepic.model.person import Keys, NotEligible, Person, PersonId
from samepic.model.picture import NO_PICTURE, Fingerprint, Miniature, Stamp
from samepic.model.plan import Hold, PlanId, RunId, Step
from samepic.model.remembered import Change, Closed, Kept, Memory, Row
from samepic.state.database import Database
from samepic.state.store import Store
from samepic.state.tables import run as run_table
from samepic.state.tables_of_deeds import audit, audit_head

ROUTE = "exchange-to-sharepoint"
BEGAN = datetime(2026, 9, 20, 3, tzinfo=UTC)
_AT_ONCE = 4_000
_MINIATURE = Miniature(3, 2, bytes(6), 1, bytes(2))
_OF_A_HUNDRED = (
    (Reason.NEW, 8),
    (Reason.ABSENT, 9),
    (Reason.NOT_ELIGIBLE, 5),
    (Reason.REFUSED, 1),
    (Reason.DRIFTED, 2),
    (Reason.CLASH, 1),
    (Reason.FIRST_MEETING, 2),
)
"""Of a hundred people so many stand so; the rest is in step."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """As a census has them. id: folded."""

    id: str
    upn: str
    name: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is beside people. former: pictures of each that show no more."""

    sweeps: int = 60
    requests: int = 20_000
    plans: int = 60
    deeds: int = 50_000
    former: int = 0


@dataclass(frozen=True, slots=True)
class Populated:
    """What may be looked at. sweep: the newest; plan: one that was held, with faces."""

    sweep: RunId
    plan: PlanId
    failed: str


def made_up(people: int) -> Iterator[Somebody]:
    """So many, of a hundred names."""
    for number in range(people):
        key = f"{number:08x}-0000-4000-8000-000000000000"
        yield Somebody(key, f"person.{number}@contoso.com", f"{['Åse', 'Kari', 'Jānis', 'Zoë'][number % 4]} {number}")


def populate(state: Store, people: Sequence[Somebody], pictures: Sequence[str], extent: Extent) -> Populated:
    """Enter all of it into an empty state. pictures: names in the vault, which people have in turn."""
    database: Database = state.people._database
    sweeps = [RunId(f"{_day(number):%Y%m%d-%H%M%S}-{number:06x}") for number in range(extent.sweeps)]
    counts = _counts(len(people))
    for number, run in enumerate(sweeps):
        _requests(database, number, extent.requests // extent.sweeps, people)
        done = number * len(people) // extent.sweeps
        record = RunRecord(run, PlanId(f"p{number}"), ROUTE, "sync", _day(number), _day(number), "done",
                           len(people), 20, 0, 3)  # fmt: skip
        state.runs.end(record, counts, None, Pictures(done, len(people) * 3 // 4))
    newest = sweeps[-1]
    for start in range(0, len(people), _AT_ONCE):
        some = list(enumerate(people[start : start + _AT_ONCE], start))
        state.rows.put(newest, [_row(number, one) for number, one in some])
        remembered = [_memory(number, one, pictures) for number, one in some]
        changes = [_change(newest, one, pictures[0]) if number // 100 % 2 else None for number, one in some]
        state.intents.close_all(
            ROUTE, [Closed(one.key, one, {}, did) for one, did in zip(remembered, changes, strict=True)]
        )
        for place in range(1 + extent.former):
            state.kept.put([_kept(newest, number, place, one, pictures) for number, one in some])
    examples = tuple(_step(one) for one in islice(people, 24))
    for number in range(extent.plans):
        hold = Hold("share", "more than 10 % would be overwritten", overwrites=24, target_pictures=100)
        held = HeldPlan(
            PlanId(f"held{number:02}"), ROUTE, newest, _day(number), hold, len(people), 24, counts, examples=examples
        )
        state.plans.found_held(held)
    _deeds(database, extent.deeds, people)
    failed = next(one.id for number, one in enumerate(people) if _fails(number))
    return Populated(newest, PlanId("held00"), failed)


def _day(number: int) -> datetime:
    return BEGAN + timedelta(days=number)


def _fails(number: int) -> bool:
    return number % 500 == 7


def _reason(number: int) -> Reason:
    place = number % 100
    for reason, many in _OF_A_HUNDRED:
        if place < many:
            return reason
        place -= many
    return Reason.IN_STEP


def _counts(people: int) -> dict[Reason, int]:
    counts: dict[Reason, int] = {}
    for number in range(people):
        counts[_reason(number)] = counts.get(_reason(number), 0) + 1
    return counts


def _row(number: int, one: Somebody) -> Row:
    reason = _reason(number)
    return Row(
        one.id,
        Person(Keys(one.id, one.upn, one.upn), display_name=one.name),
        not_eligible=NotEligible.GUEST if reason is Reason.NOT_ELIGIBLE else None,
        failed="no answer within 30 s" if _fails(number) else None,
        source_person=PersonId(one.id),
        source=Stamp(f"source {number}"),
        target_person=PersonId(one.upn),
        target=Stamp(f"target {number}"),
        decision=Decision(Action.WRITE if reason is Reason.NEW else Action.NOTHING, reason),
    )


def _memory(number: int, one: Somebody, pictures: Sequence[str]) -> Memory:
    return Memory(
        one.id, PersonId(one.id), PersonId(one.upn), one.upn, one.name, Stamp(f"source {number}"),
        Stamp(f"target {number}"), ours=True, written_at=BEGAN, original=pictures[number % len(pictures)],
        updated_at=BEGAN, version=1,
    )  # fmt: skip


def _change(run: RunId, one: Somebody, picture: str) -> Change:
    return Change(one.id, run, BEGAN, Action.WRITE, Reason.NEW, Stamp("s"), Stamp("t"), NO_PICTURE, Stamp(picture))


def _kept(run: RunId, number: int, place: int, one: Somebody, pictures: Sequence[str]) -> Kept:
    name = pictures[(number + place) % len(pictures)]
    bits = (1 << 32 * place) - 1  # further apart than two sizes of one picture are
    looks = Fingerprint(bits, bits, _MINIATURE)
    stamp = Stamp(f"source {number}")
    return Kept(ROUTE, one.id, name, "exchange_online", stamp, "image/jpeg", BEGAN, run, 648, 648, 80_000, looks, BEGAN)


def _step(one: Somebody) -> Step:
    keys = Keys(one.id, one.upn, one.upn)
    return Step(keys, one.name, Action.WRITE, Reason.FIRST_MEETING, "", Stamp("s"), Stamp("t"))


def _requests(database: Database, day: int, many: int, people: Sequence[Somebody]) -> None:
    """People who asked for their own picture that day, as the history has them; by their thousands, in one commit."""
    began = _day(day).isoformat()
    of_all: dict[str, Any] = {
        "plan": None, "route": ROUTE, "kind": "request", "started_at": _day(day), "ended_at": _day(day),
        "state": "done", "people": 1, "written": 1, "cleared": 0, "failed": 0, "words": "", "counts": '{"new": 1}',
    }  # fmt: skip
    with database.write() as connection:
        rows = [of_all | {"run": f"{began}-request-{number}"} for number in range(many)]
        if rows:
            connection.execute(run_table.insert(), rows)


def _deeds(database: Database, many: int, people: Sequence[Somebody]) -> None:
    """A chain that holds, in one commit: a commit for each would be most of the work."""
    before, rows = BEGINNING, []
    for number in range(1, many + 1):
        at = BEGAN + timedelta(minutes=number)
        about = people[number % len(people)].id
        done = Done("admin", "admin@contoso.com", "helpdesk", Deed.LOOKED, about, "", "10.0.0.7")
        now = digest(number, at, done, before)
        rows.append({
            "number": number, "at": at.isoformat(timespec="microseconds"), "before": before, "hash": now,
            "who": done.who, "account": done.account, "role": done.role, "what": done.what, "about": done.about,
            "words": done.words, "from_where": done.from_where,
        })  # fmt: skip
        before = now
    with database.write() as connection:
        if rows:
            connection.execute(audit.insert(), rows)
            connection.execute(audit_head.update().values(number=many, hash=before))
