"""What all workers of one state have taken of their budgets together."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Row, select, text

from samepic.model.budget import Budget, BudgetName, Lane
from samepic.model.spending import Lease, Spending, give_back, lease, others_wait, throttled, told
from samepic.ports.budgets import Ask
from samepic.state.database import Database, upsert
from samepic.state.tables import budget as table


class BudgetTable:
    """A `samepic.ports.budgets.Spendings` in a table: a row for each budget, changed by each lease.

    Workers lease some hundred milliseconds' worth of calls at a time, so that a call is no write. What a worker leased
    and did not use counts as used until its window has passed, whether it lives or not. Times are the database's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lease(self, asks: Sequence[Ask], whom: Lane, in_flight: float) -> list[Lease]:
        """See the port."""
        return await asyncio.to_thread(self._lease, asks, whom, in_flight)

    async def give_back(self, scope: str, budget: Budget, until: float, units: float, whom: Lane) -> bool:
        """See the port."""
        return await asyncio.to_thread(self._give_back, scope, budget, until, units, whom)

    async def throttled(self, scope: str, budgets: Sequence[Budget], wait: float) -> None:
        """See the port."""
        await asyncio.to_thread(self._throttled, scope, budgets, wait)

    def used(self) -> dict[BudgetName, tuple[float, float]]:
        """Of each budget that calls were made of: units that count now, of whoever shares it and uses most; the share.

        share: of the published figure, which we keep below at present.
        """
        found: dict[BudgetName, tuple[float, float]] = {}
        with self._database.read() as connection:
            now = _now(connection)
            for row in connection.execute(select(table)):
                spending = _spending(row)
                units = sum(units for until, units in spending.taken if until > now)
                most, least = found.get(BudgetName(row.name), (0.0, 1.0))
                found[BudgetName(row.name)] = (max(most, units), min(least, spending.share))
        return found

    def _lease(self, asks: Sequence[Ask], whom: Lane, in_flight: float) -> list[Lease]:
        leases = []
        with self._database.write() as connection:
            for ask in asks:  # in one order by everybody, so that nobody waits in a circle
                spending = self._of(connection, ask.scope, ask.budget)
                now = _now(connection)
                if ask.back is not None:
                    spending = give_back(spending, *ask.back, whom)
                if ask.told is not None:
                    spending = told(spending, ask.budget, now, ask.told)
                spending, leased = lease(spending, ask.budget, now, ask.need, ask.wanted, whom, in_flight)
                self._keep(connection, ask.scope, ask.budget, spending)
                leases.append(leased)
        return leases

    def _give_back(self, scope: str, budget: Budget, until: float, units: float, whom: Lane) -> bool:
        with self._database.write() as connection:
            spending = give_back(self._of(connection, scope, budget), until, units, whom)
            self._keep(connection, scope, budget, spending)
            return others_wait(spending, _now(connection))

    def _throttled(self, scope: str, budgets: Sequence[Budget], wait: float) -> None:
        def less(spending: Spending, budget: Budget, now: float) -> Spending:
            return throttled(spending, budget, now, wait)

        self._change(scope, budgets, less)

    def _change(
        self, scope: str, budgets: Sequence[Budget], change: Callable[[Spending, Budget, float], Spending]
    ) -> None:
        with self._database.write() as connection:
            for budget in sorted(budgets, key=lambda one: one.name):
                spending = self._of(connection, scope, budget)
                self._keep(connection, scope, budget, change(spending, budget, _now(connection)))

    def _of(self, connection: Connection, scope: str, budget: Budget) -> Spending:
        """The row, which nobody else changes until this transaction ends."""
        wanted = select(table).where(table.c.scope == scope, table.c.name == budget.name).with_for_update()
        row = connection.execute(wanted).one_or_none()
        if row is None:  # whoever enters it at the same time is not overwritten
            upsert(connection, table, [_row(scope, budget, Spending())], only="asked_at")
            row = connection.execute(wanted).one()
        return _spending(row)

    def _keep(self, connection: Connection, scope: str, budget: Budget, spending: Spending) -> None:
        upsert(connection, table, [_row(scope, budget, spending)])


def _row(scope: str, budget: Budget, spending: Spending) -> dict[str, object]:
    return {
        "scope": scope,
        "name": budget.name.value,
        "taken": json.dumps(spending.taken),
        "share": spending.share,
        "reckoned_at": spending.reckoned_at,
        "refused_at": spending.refused_at,
        "held_until": spending.held_until,
        "level": spending.level,
        "asked_at": spending.asked_at,
    }


def _spending(row: Row[tuple[object, ...]]) -> Spending:
    told = row._asdict()
    taken = tuple((float(until), float(units)) for until, units in json.loads(told.pop("taken")))
    del told["scope"], told["name"]
    return replace(Spending(taken), **told)


def _now(connection: Connection) -> float:
    """Seconds by a clock that all workers share: of this machine, or of the server that they all speak to."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    return time.time()
