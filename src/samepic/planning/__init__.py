"""Pure decisions: who is who, what differs, why, and whether the plan is held."""

from samepic.planning.deciding import decide
from samepic.planning.grounds import grounds_of, other_grounds
from samepic.planning.hold_words import HOLDS, STANDINGS
from samepic.planning.holding import hold, overwrites
from samepic.planning.matching import Match, file_name_stem, match_one, named
from samepic.planning.verifying import verified
from samepic.planning.words import BLANK_SOURCE, NOT_ELIGIBLE, REASONS, WHEN, Words, next_steps, words_for

__all__ = [
    "BLANK_SOURCE",
    "HOLDS",
    "NOT_ELIGIBLE",
    "REASONS",
    "STANDINGS",
    "WHEN",
    "Match",
    "Words",
    "decide",
    "file_name_stem",
    "grounds_of",
    "hold",
    "match_one",
    "named",
    "next_steps",
    "other_grounds",
    "overwrites",
    "verified",
    "words_for",
]
