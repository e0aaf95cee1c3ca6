"""The leases of workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from samepic.model.lease import Holder, Lease
from samepic.ports.leases import LeaseLost
from samepic.state.database import Database
from samepic.state.postgresql import end_sessions_of
from samepic.state.tables import lease as lease_table

_TAKING_OVER = 0x53616D65_4C656173
"""PostgreSQL's number of the lock; in a SQLite file one transaction at a time writes whoever asks."""


class LeaseTable:
    """`samepic.ports.leases.Leases` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, holder: str, who: str, at: datetime) -> Lease:
        """Enter a new worker; its name is one that no worker ever had."""
        row = {"holder": holder, "epoch": 1, "who": who, "since": at, "beats": 0, "lapsed": False}
        with self._database.write() as connection:
            connection.execute(insert(lease_table).values(row))
        return Lease(holder, 1)

    def beat(self, lease: Lease) -> None:
        """Say that the holder lives. Raises LeaseLost where the lease has been voided."""
        beaten = update(lease_table).where(*_is(lease)).values(beats=lease_table.c.beats + 1)
        with self._database.write() as connection:
            if not connection.execute(beaten).rowcount:
                raise LeaseLost(lease.holder)

    def holders(self) -> list[Holder]:
        """Every worker that has not ended in good order, or was voided and is remembered yet."""
        with self._database.read() as connection:
            told = connection.execute(select(lease_table).order_by(lease_table.c.holder)).mappings()
            return [_holder(row) for row in told]

    def void(self, seen: Holder) -> bool:
        """Take away a lease, if its holder has said nothing since it was seen; whether this call took it away.

        PostgreSQL ends its sessions first: where it was stopped in a transaction, or with somebody's lock, nobody need
        wait until it is woken or killed. Should it live after all, it connects again and begins anew what was cut off.
        """
        with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                end_sessions_of(connection, seen.lease.holder)
        silent = update(lease_table).where(*_is(seen.lease), lease_table.c.beats == seen.beats)
        with self._database.write() as connection:
            return bool(connection.execute(silent.values(epoch=seen.lease.epoch + 1, lapsed=True)).rowcount)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other worker out of what this is held for; it may take a moment, and is short."""
        with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_TAKING_OVER)))
            yield

    def give_back(self, lease: Lease) -> None:
        """Forget a worker, which ends in good order or of which nothing is left to take over."""
        with self._database.write() as connection:
            connection.execute(delete(lease_table).where(*_is(lease)))


def hold_to(connection: Connection, lease: Lease) -> None:
    """Let a transaction go on only while the lease is the holder's, and nobody void it before the commit.

    Raises LeaseLost.
    """
    wanted = select(lease_table.c.epoch).where(*_is(lease)).with_for_update(read=True)
    if connection.execute(wanted).first() is None:
        raise LeaseLost(lease.holder)


def _is(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (lease_table.c.holder == lease.holder, lease_table.c.epoch == lease.epoch)


def _holder(told: RowMapping) -> Holder:
    lease = Lease(told["holder"], told["epoch"])
    return Holder(lease, told["who"], told["since"], told["beats"], told["lapsed"])
