"""Pure decisions: who is who, what differs, why, and whether the plan is held."""

from samepic.planning.deciding import decide
from samepic.planning.holding import hold, overwrites

__all__ = ["decide", "hold", "overwrites"]
