"""The imperative shell of a run: observe, ask, decide, apply, remember."""

from samepic.engine.engine import Engine
from samepic.engine.person import UnknownPerson
from samepic.engine.route import Route

__all__ = ["Engine", "Route", "UnknownPerson"]
