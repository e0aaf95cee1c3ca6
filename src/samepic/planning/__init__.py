"""Pure decisions: who is who, what differs, why, and whether the plan is held."""

from samepic.planning.deciding import decide
from samepic.planning.holding import hold, overwrites
from samepic.planning.matching import Match, file_name_stem, match_one

__all__ = ["Match", "decide", "file_name_stem", "hold", "match_one", "overwrites"]
