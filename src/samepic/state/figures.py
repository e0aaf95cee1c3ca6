"""What workers' sweeps sent, whom they passed over, and what looks showed afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import and_, exists, func, select, update

from samepic.model.outcome import Failure, LookedAt
from samepic.model.plan import RunId
from samepic.model.remembered import Stage
from samepic.model.sweeping import Figures
from samepic.model.system import Grant
from samepic.state.database import Database
from samepic.state.rows import of_stage
from samepic.state.tables import change, person, run_skip, sweep, sweep_requests

_TOLD = 100
"""People who are told by name, as a sweep in one process tells them."""


class FigureTables:
    """The part of `samepic.ports.sweeping.SweepStore` that is about figures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent(self, run: RunId, requests: Mapping[str, int]) -> None:
        """Add to the requests that a sweep has sent, by system."""
        with self._database.write() as connection:
            for system, count in sorted(requests.items()):
                this = (sweep_requests.c.run == run, sweep_requests.c.system == system)
                more = update(sweep_requests).where(*this).values(count=sweep_requests.c.count + count)
                if not connection.execute(more).rowcount:
                    row = {"run": run, "system": system, "count": count}
                    self._database.upsert(connection, sweep_requests, [row])

    def passed_over(self, run: RunId, key: str, words: str) -> None:
        """Enter that a person's step was not taken, because the facts were others than planned."""
        with self._database.write() as connection:
            self._database.upsert(connection, run_skip, [{"run": run, "key": key, "words": words}])

    def looked_back(self, run: RunId, looked_at: LookedAt) -> None:
        """Enter what looks at written people showed."""
        with self._database.write() as connection:
            told = json.dumps(asdict(looked_at))
            connection.execute(update(sweep).where(sweep.c.run == run).values(looked_at=told))

    def figures(self, run: RunId) -> Figures:
        """What else came of it, as far as it has come; of people as long as the run's rows are there."""
        taken = exists().where(change.c.run == person.c.run, change.c.key == person.c.key)
        skipped = exists().where(run_skip.c.run == person.c.run, run_skip.c.key == person.c.key)
        of_run = (person.c.run == run, ~taken)
        told = (person.c.upn, person.c.mail, person.c.key)
        joined = person.join(run_skip, and_(run_skip.c.run == person.c.run, run_skip.c.key == person.c.key))
        passed_over = (*of_run, person.c.failed.is_(None))
        with self._database.read() as connection:

            def count(*which: Any) -> int:
                return int(connection.execute(select(func.count()).select_from(person).where(*which)).scalar_one())

            skips = select(*told, run_skip.c.words).select_from(joined).where(*passed_over)
            failures = select(*told, person.c.failed).where(person.c.run == run, of_stage(Stage.FAILED))
            requests = select(sweep_requests.c.system, sweep_requests.c.count).where(sweep_requests.c.run == run)
            wanted = select(sweep.c.missing, sweep.c.looked_at).where(sweep.c.run == run)
            missing, looked_at = connection.execute(wanted).one()
            return Figures(
                left=count(*of_run, of_stage(Stage.TO_TAKE), ~skipped),
                requests=dict(connection.execute(requests).all()),
                skipped=count(*passed_over, skipped),
                skips=_failures(connection.execute(skips.order_by(person.c.key).limit(_TOLD)).all()),
                failures=_failures(connection.execute(failures.order_by(person.c.key).limit(_TOLD)).all()),
                missing=tuple(Grant(**one) for one in json.loads(missing or "[]")),
                looked_at=LookedAt(**json.loads(looked_at or "{}")),
            )


def _failures(told: Any) -> tuple[Failure, ...]:
    return tuple(Failure(upn or mail or key, words) for upn, mail, key, words in told)
