"""A system that lives in this process: for tests, for the contract suite, and to read as the smallest connector."""

from samepic.systems.memory.connector import MemorySystem
from samepic.systems.memory.faults import Fault, When
from samepic.systems.memory.settings import MemorySettings

__all__ = ["Fault", "MemorySettings", "MemorySystem", "When"]
