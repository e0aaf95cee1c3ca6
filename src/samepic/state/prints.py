"""The pictures of a plan beside each other: which of them may be one and the same.

Of N fingerprints no two have to be held against each other that have nothing in common: each is cut into bands of
bits, and two that differ in fewer bits than there are bands agree in at least one.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, func, select

from samepic.model.picture import FINGERPRINT_BITS, Fingerprint
from samepic.model.plan import RunId
from samepic.state.database import Database
from samepic.state.tables import run_band, run_print

BANDS = 8
_MOST_BUCKETS = 500
"""The fullest come first; one picture that goes to many makes a full one in every band."""

_MOST_IN_A_SMALL_ONE = 64
_MOST_LIKELY = 100
_MOST_AROUND = 128
_MOST_MARKS = 20


class PrintTable:
    """`samepic.ports.state.Prints` in tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run: RunId, prints: Mapping[str, Fingerprint], *, before: bool = False) -> None:
        """Enter people's pictures; before: they were given it by an earlier run."""
        with self._database.write() as connection:
            rows = [{"run": run, "key": key, "fingerprint": p, "before": before} for key, p in prints.items()]
            self._database.upsert(connection, run_print, rows)
            bands = [
                {"run": run, "band": band, "value": value, "key": key}
                for key, one in prints.items()
                for band, value in enumerate(_bands(one))
            ]
            self._database.upsert(connection, run_band, bands)
        for table in (run_print, run_band):
            self._database.grown(table, run, len(prints))

    def buckets(self, run: RunId, more_than: int) -> list[tuple[int, int, int]]:
        """Where more than so many people agree in a band: band, value and how many, the fullest first."""
        wanted = select(run_band.c.band, run_band.c.value, func.count()).where(run_band.c.run == run)
        wanted = wanted.group_by(run_band.c.band, run_band.c.value).having(func.count() > more_than)
        with self._database.read() as connection:
            told = connection.execute(wanted.order_by(func.count().desc()).limit(_MOST_BUCKETS)).all()
            return [(band, value, size) for band, value, size in told]

    def bucket(
        self, run: RunId, bucket: tuple[int, int], after: str, limit: int
    ) -> list[tuple[str, Fingerprint, bool]]:
        """Those who agree, by key, beginning after one: person, picture, and whether it was given them before."""
        band, value = bucket
        joined = run_band.join(run_print, (run_band.c.run == run_print.c.run) & (run_band.c.key == run_print.c.key))
        wanted = select(run_print.c.key, run_print.c.fingerprint, run_print.c.before).select_from(joined)
        wanted = wanted.where(run_band.c.run == run, run_band.c.band == band, run_band.c.value == value)
        with self._database.read() as connection:
            told = connection.execute(wanted.where(run_band.c.key > after).order_by(run_band.c.key).limit(limit)).all()
            return [(key, fingerprint, before) for key, fingerprint, before in told]

    def identical(self, run: RunId, more_than: int) -> list[int]:
        """Marks of which more than so many people have the same, as they do whose pictures agree in every bit."""
        marked = _marked(run).subquery()
        size = func.count()
        wanted = select(marked.c.mark).group_by(marked.c.mark).having(size > more_than).order_by(size.desc())
        with self._database.read() as connection:
            return [int(mark) for mark in connection.execute(wanted.limit(_MOST_MARKS)).scalars()]

    def marked(self, run: RunId, mark: int, after: str, limit: int) -> list[tuple[str, Fingerprint, bool]]:
        """Those of one mark, as `bucket` tells them."""
        marked = _marked(run).subquery()
        wanted = select(run_print.c.key, run_print.c.fingerprint, run_print.c.before)
        wanted = wanted.join(marked, marked.c.key == run_print.c.key)
        wanted = wanted.where(run_print.c.run == run, marked.c.mark == mark, run_print.c.key > after)
        with self._database.read() as connection:
            told = connection.execute(wanted.order_by(run_print.c.key).limit(limit)).all()
            return [(key, fingerprint, before) for key, fingerprint, before in told]

    def likely(self, run: RunId, more_than: int) -> list[str]:
        """People who agree in some band with at least so many others, though not all in the same: most first.

        Buckets so full that they are told of by `buckets` are left out: each pair in them would be counted.
        """
        size = func.count()
        small = select(run_band.c.band, run_band.c.value).where(run_band.c.run == run)
        small = small.group_by(run_band.c.band, run_band.c.value).having(size > 1, size <= _MOST_IN_A_SMALL_ONE)
        bucket, one, other = small.subquery(), run_band.alias(), run_band.alias()
        joined = bucket.join(one, (one.c.band == bucket.c.band) & (one.c.value == bucket.c.value)).join(
            other, (other.c.band == bucket.c.band) & (other.c.value == bucket.c.value)
        )
        others = func.count(other.c.key.distinct())
        wanted = select(one.c.key).select_from(joined)
        wanted = wanted.where(one.c.run == run, other.c.run == run, one.c.key != other.c.key)
        wanted = wanted.group_by(one.c.key).having(others >= more_than).order_by(others.desc(), one.c.key)
        with self._database.read() as connection:
            return list(connection.execute(wanted.limit(_MOST_LIKELY)).scalars())

    def around(self, run: RunId, key: str) -> list[tuple[str, Fingerprint, bool]]:
        """One person and those who agree with them in most bands, as `bucket` tells them; the person comes first."""
        one, other = run_band.alias(), run_band.alias()
        agree = (other.c.run == one.c.run) & (other.c.band == one.c.band) & (other.c.value == one.c.value)
        keys = select(other.c.key, func.count().label("bands")).select_from(one.join(other, agree))
        keys = keys.where(one.c.run == run, one.c.key == key).group_by(other.c.key)
        nearest = keys.order_by(func.count().desc(), other.c.key).limit(_MOST_AROUND).subquery()
        wanted = select(run_print.c.key, run_print.c.fingerprint, run_print.c.before)
        wanted = wanted.join(nearest, nearest.c.key == run_print.c.key).where(run_print.c.run == run)
        wanted = wanted.order_by(run_print.c.key != key, nearest.c.bands.desc(), run_print.c.key)
        with self._database.read() as connection:
            told = connection.execute(wanted).all()
            return [(who, fingerprint, before) for who, fingerprint, before in told]


def _marked(run: RunId) -> Select[tuple[str, int]]:
    """Everybody with a number that follows from all of their bands: equal where these are, and hardly ever else."""
    mark = func.sum(run_band.c.value * (2 * run_band.c.band + 1)).label("mark")
    return select(run_band.c.key, mark).where(run_band.c.run == run).group_by(run_band.c.key)


def _bands(one: Fingerprint) -> list[int]:
    """Every eighth bit: neighbours among a fingerprint's bits are alike in all faces."""
    bits = f"{one.upper:0{FINGERPRINT_BITS}b}"
    return [int(bits[band::BANDS], 2) for band in range(BANDS)]
