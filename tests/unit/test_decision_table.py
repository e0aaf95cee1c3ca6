"""The decision table over the full product of its facts, each cell named by the readable table below.

The table is read from the top, the first line that fits names the cell. A line fits where each of its words does;
`*` fits everything. It is written from docs/reference/reasons.md, not from the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from samepic.model.decision import Action, Decision, Facts, History, Likeness, Reason, Side
from samepic.model.person import NotEligible
from samepic.model.policy import Policy, WhenDifferent, WhenRemoved
from samepic.planning import decide

# `shown`: what the target shows. A placeholder is `blank`, by its pixels or by the word of the target's own sync.
# `old` is the stamp from before our last write. `none`, `gone` and `not_told` are what they say.
#
#  source                target's                                     the two
#                        shown               history                  pictures    reason           action
TABLE = """
   gone                  *                   *                        *           unmatched        nothing
   *                     gone                *                        *           unmatched        nothing
   not_told              *                   *                        *           waiting          nothing
   *                     not_told            *                        *           waiting          nothing

# nobody has one
   none,removed          none,removed,blank,pulled  *                 *           absent           nothing

# never met: whatever is there is met for the first time
   none,removed          *                   never                    *           kept             nothing
   *                     none,removed,blank,pulled  never             *           new              write
   *                     *                   never                    same        in_step          nothing
   *                     *                   never                    different   first_meeting    by_policy
   *                     *                   never                    unknown     first_meeting    compare

# we put back what the target showed earlier: a person's word stands until the source changes
   as_left,none          changed,as_left,old  restored                same        in_step          nothing
   as_left,none          *                   restored                 *           restored         nothing
   changed               as_left             restored                 unknown     changed          compare

# met, but the target never had the source's picture
   *                     none,removed,blank,pulled  met               *           new              write
   removed               changed,old         met                      *           parted           nothing
   none,removed          *                   met                      *           kept             nothing
   *                     *                   met                      same        in_step          nothing
   as_left               as_left             met                      different   first_meeting    by_policy
   as_left               as_left             met                      unknown     first_meeting    compare
   changed               as_left             met                      *           changed          write
   as_left               changed,old         met                      different   drifted          by_policy
   as_left               changed,old         met                      unknown     drifted          compare
   changed               changed,old         met                      different   clash            by_policy
   changed               changed,old         met                      unknown     clash            compare

# just written: what shows from before is lag, not somebody's doing
   as_left               none,removed,blank,pulled,old  settling      *           waiting          nothing
   changed               none,removed,blank,pulled,old  settling      *           changed          write
   none,removed          old                 settling                 *           waiting          nothing

# the target had our picture and shows none
   as_left               pulled              ours,blanked             *           overruled        nothing
   as_left               none,removed,blank  blanked                  *           overruled        nothing
   *                     none                ours,blanked,restored    *           new              write
   *                     removed,blank,pulled  ours,blanked,restored  *           blanked          write

# the target had our picture and shows one
   none,removed          changed,old         *                        *           parted           nothing
   none,removed          as_left             *                        *           removed          by_policy
   *                     *                   *                        same        in_step          nothing
   as_left               as_left             *                        *           in_step          nothing
   changed               as_left             *                        *           changed          write
   as_left               changed,old         *                        different   drifted          by_policy
   as_left               changed,old         *                        unknown     drifted          compare
   changed               changed,old         *                        different   clash            by_policy
   changed               changed,old         *                        unknown     clash            compare
"""

SHOW_ALL = Policy(first_meeting=WhenDifferent.SHOW)
WRITE_ALL = Policy(
    when_removed=WhenRemoved.MIRROR,
    drifted=WhenDifferent.WRITE,
    clash=WhenDifferent.WRITE,
    first_meeting=WhenDifferent.WRITE,
)
POLICIES = (Policy(), SHOW_ALL, WRITE_ALL)

BY_POLICY: dict[Reason, Callable[[Policy], Action]] = {
    Reason.REMOVED: lambda policy: Action.CLEAR if policy.when_removed is WhenRemoved.MIRROR else Action.NOTHING,
    Reason.DRIFTED: lambda policy: Action.WRITE if policy.drifted is WhenDifferent.WRITE else Action.NOTHING,
    Reason.CLASH: lambda policy: Action.WRITE if policy.clash is WhenDifferent.WRITE else Action.NOTHING,
    Reason.FIRST_MEETING: lambda policy: (
        Action.WRITE if policy.first_meeting is WhenDifferent.WRITE else Action.NOTHING
    ),
}


def lines() -> list[tuple[list[set[str]], Reason, str]]:
    """The table's lines: what each column lets through, the reason, what is done."""
    found = []
    for line in TABLE.splitlines():
        if line.strip() and not line.startswith("#"):
            *columns, reason, done = line.split()
            found.append(([set(column.split(",")) for column in columns], Reason(reason), done))
    return found


LINES = lines()


def shown(facts: Facts) -> str:
    """The table's word for what the target shows."""
    if facts.target in (Side.AS_LEFT, Side.CHANGED):
        if facts.blanked_by_system:
            return "pulled"
        if facts.target_blank:
            return "blank"
        if facts.target is Side.CHANGED and facts.target_as_before:
            return "old"
    if facts.target in (Side.NONE, Side.REMOVED):
        if facts.blanked_by_system:
            return "pulled"
        if facts.target_blank:
            return "blank"
    return facts.target.value


def named(facts: Facts) -> int:
    """The number of the line that names the cell."""
    cell = (facts.source.value, shown(facts), facts.history.value, facts.likeness.value)
    for number, (columns, _, _) in enumerate(LINES):
        if all("*" in column or word in column for column, word in zip(columns, cell, strict=True)):
            return number
    raise AssertionError(f"no line of the table names {cell}")


def cells() -> Iterator[Facts]:
    """Every combination of what the decision is made from, where nothing rules the person out beforehand."""
    flags = (False, True)
    for source, target, history, likeness, blank, before, pulled in product(
        Side, Side, History, Likeness, flags, flags, flags
    ):
        yield Facts(source, target, history, likeness, blank, before, pulled)


@pytest.mark.parametrize("policy", POLICIES, ids=["default", "show", "write"])
def test_every_cell_has_the_reason_and_action_that_the_table_names(policy: Policy) -> None:
    wrong = []
    for facts in cells():
        _, reason, done = LINES[named(facts)]
        compare = done == "compare"
        action = BY_POLICY[reason](policy) if done == "by_policy" else Action(done if not compare else "nothing")
        decision = decide(facts, policy)
        if (decision.reason, decision.action, decision.needs_comparison) != (reason, action, compare):
            wrong.append(f"{facts}: {decision}, the table says {reason} {done}")
    assert not wrong, f"{len(wrong)} cells, the first: " + "\n".join(wrong[:5])


def test_every_line_of_the_table_names_a_cell_and_every_cell_has_a_line() -> None:
    assert {named(facts) for facts in cells()} == set(range(len(LINES)))


def test_the_table_knows_every_reason() -> None:
    told_beforehand = {Reason.NOT_ELIGIBLE, Reason.REFUSED}
    assert {reason for _, reason, _ in LINES} | told_beforehand == set(Reason)


@pytest.mark.parametrize("why", NotEligible)
def test_whoever_takes_no_part_is_left_alone_whatever_else_is_known(why: NotEligible) -> None:
    for source, target in product(Side, Side):
        facts = Facts(source, target, not_eligible=why, unmatched="two rows", refused="broken")
        assert decide(facts, WRITE_ALL) == Decision(Action.NOTHING, Reason.NOT_ELIGIBLE, why.value)


def test_whoever_has_no_partner_is_left_alone() -> None:
    for source, target in product(Side, Side):
        facts = Facts(source, target, unmatched="two rows", refused="broken")
        assert decide(facts, WRITE_ALL) == Decision(Action.NOTHING, Reason.UNMATCHED, "two rows")


def test_a_refused_picture_is_never_written_and_never_said_to_be_in_step() -> None:
    for cell in cells():
        facts = Facts(cell.source, cell.target, cell.history, cell.likeness, refused="broken")
        decision = decide(facts, WRITE_ALL)
        has_picture = cell.source in (Side.AS_LEFT, Side.CHANGED)
        if has_picture and cell.target is not Side.GONE:
            assert decision == Decision(Action.NOTHING, Reason.REFUSED, "broken")
        else:
            assert decision == decide(Facts(cell.source, cell.target, cell.history, cell.likeness), WRITE_ALL)


def test_what_was_not_told_or_is_gone_is_said_in_words() -> None:
    assert "source" in decide(Facts(Side.NOT_TOLD, Side.NONE), Policy()).detail
    assert "target" in decide(Facts(Side.CHANGED, Side.NOT_TOLD), Policy()).detail
    assert "source and the target" in decide(Facts(Side.GONE, Side.GONE), Policy()).detail
