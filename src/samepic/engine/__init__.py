"""The imperative shell of a run: observe, ask, decide, apply, remember."""

from samepic.engine.breaker import NoSuchPlan, NotWaiting
from samepic.engine.engine import Engine
from samepic.engine.keeper import Keeper, UnfinishedWrite
from samepic.engine.person import UnknownPerson
from samepic.engine.restore import NothingToRestore
from samepic.engine.restoring import Wanted
from samepic.engine.route import Route
from samepic.engine.status import glance_at, status_of
from samepic.engine.taking_in import NotTaken

__all__ = [
    "Engine",
    "Keeper",
    "NoSuchPlan",
    "NotTaken",
    "NotWaiting",
    "NothingToRestore",
    "Route",
    "UnfinishedWrite",
    "UnknownPerson",
    "Wanted",
    "glance_at",
    "status_of",
]
