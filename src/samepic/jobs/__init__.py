"""Durable execution: sweeps in shards, by any number of workers, that outlive each of them.

`Sweeps` begins, cancels and retries them and tells how they stand; a `Worker` in a process of its own does them.
DBOS is loaded by a worker that starts and by nobody else.
"""

from samepic.jobs.sweeps import NotSwept, Progress, Sweeps
from samepic.jobs.worker import Engines, OutOfReach, Worker, WorkerOptions, new_holder
from samepic.ports.leases import LeaseLost

__all__ = [
    "Engines",
    "LeaseLost",
    "NotSwept",
    "OutOfReach",
    "Progress",
    "Sweeps",
    "Worker",
    "WorkerOptions",
    "new_holder",
]
