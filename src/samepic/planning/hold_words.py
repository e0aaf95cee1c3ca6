"""What is said of a plan that is held, in whole sentences: why, and how it stands."""

from __future__ import annotations

from samepic.model.held import Standing

HOLDS: dict[str, tuple[str, str]] = {
    "incomplete": (
        "A listing was cut short, or nobody is listed any more.",
        "Run again: what was not seen is not known to be missing. Approving it takes what was seen for all there is.",
    ),
    "emptied": (
        "The target had pictures and shows none, or has lost most of them since the last run that ended well.",
        "Find out who emptied or moved it. Approving has Samepic fill it again.",
    ),
    "source_lost": (
        "The source has lost most of its pictures since the last run that ended well.",
        "Find out who took them away. Under the policy `keep` approving changes nobody's picture; under `mirror` it "
        "clears them.",
    ),
    "share": (
        "The plan would overwrite or clear more than the policy's share of the target's pictures.",
        "Look at the faces before and after. If the new ones are right, approve it.",
    ),
    "wave": (
        "Together with what runs without approval have overwritten and cleared lately, the plan exceeds the share.",
        "Look as for a share, and at `samepic runs`: each of those runs was too small to be held.",
    ),
    "same": (
        "One and the same picture would be written to more people than the policy lets through.",
        "Look at it. A placeholder or a logo at the source is to be taken away there; if it is meant, approve it.",
    ),
    "blank": (
        "At the source more people than the policy lets through show a blank who never had one before.",
        "Find out what made them. Approving writes none of them and accepts that they are there.",
    ),
    "changed": (
        "The plan that was to be approved is no longer the plan: the facts have changed.",
        "Look at the new plan, whose id is told, and approve that.",
    ),
    "rejected": (
        "Somebody has rejected this plan.",
        "Put right what they name. The plan stays held until the facts change.",
    ),
}
"""By `held.reason`: what it means, and what the administrator can do."""

STANDINGS: dict[Standing, str] = {
    Standing.HELD: "It waits for `samepic approve` or `samepic reject`.",
    Standing.APPROVED: "The next `samepic sync` carries it out, if the facts are the same then.",
    Standing.REJECTED: "It stays held, and says why, until the facts change; also when the same facts come back.",
    Standing.BEGUN: "It was approved, and a sync is at it or was cut short; the next one goes on.",
    Standing.DONE: "A sync carried it out.",
    Standing.STALE: "The facts have changed: whatever was said about it is about another plan.",
}
"""How a held plan stands, by what happened to it last."""
