"""Made-up organisations drawn from a seed: people, their cases, their portraits."""

from localtenant.worlds.making import make
from localtenant.worlds.world import World

__all__ = ["World", "make"]
