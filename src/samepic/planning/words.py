"""The words for every reason, written once: `explain`, reports and docs/reference/reasons.md all take them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samepic.model.decision import Action, Decision, Reason
from samepic.model.person import NotEligible
from samepic.model.sayings import saying

BLANK_SOURCE = saying("blank_source")


@dataclass(frozen=True, slots=True)
class Words:
    """What a reason says to its readers, in whole sentences.

    next_step: what Samepic does at its next run. person_can, administrator_can: what they can do, or that there is
    nothing to do.
    """

    meaning: str
    next_step: str
    person_can: str
    administrator_can: str


_LEFT_ALONE = "The next run leaves both pictures as they are."
_WRITTEN = "The next run writes the source's picture to the target."
_NOTHING_TO_DO = "Nothing needs doing."
_NEW_PICTURE = "Set the picture in the source again: a new picture there is carried over."

REASONS: Mapping[Reason, Words] = {
    Reason.IN_STEP: Words(
        "Both systems show the same picture.",
        "The next run leaves it so.",
        _NOTHING_TO_DO,
        _NOTHING_TO_DO,
    ),
    Reason.ABSENT: Words(
        "Neither system has a picture of this person.",
        "As soon as the source has a picture, the next run writes it to the target.",
        "Add a picture in the source.",
        "Invite the person to add a picture, or add one for them in the source.",
    ),
    Reason.NEW: Words(
        "The source has a picture and the target has none.",
        _WRITTEN,
        "Ask for the picture at once, or wait for the next run.",
        "Run `samepic sync` for this person to have it now.",
    ),
    Reason.CHANGED: Words(
        "The source has a new picture, and the target still shows the one that was there after the last run.",
        _WRITTEN,
        "Ask for the picture at once, or wait for the next run.",
        "Run `samepic sync` for this person to have it now.",
    ),
    Reason.REMOVED: Words(
        "The picture was removed from the source, and the target still shows it.",
        "The next run leaves the target's picture, because the policy keeps it.",
        "Remove the picture in the target too, if it should not be shown there.",
        "Set `when_removed` to mirror if removals should be carried over.",
    ),
    Reason.KEPT: Words(
        "The source has no picture, and the target has one of its own.",
        "The next run leaves the target's picture.",
        "Add a picture in the source if both should show the same.",
        _NOTHING_TO_DO,
    ),
    Reason.BLANKED: Words(
        "The target had the source's picture and now shows none, or a placeholder.",
        _WRITTEN,
        "Ask for the picture at once, or wait for the next run.",
        "If this happens again and again, see who takes the picture away: the target's own sync, or another program.",
    ),
    Reason.OVERRULED: Words(
        "The target took the picture away although the source's did not change: the system itself disagrees.",
        "The next run writes nothing, because the target would take it away again.",
        "Set the picture again where the target itself looks for it. For SharePoint that is the mailbox in Exchange "
        "Online, for instance by Outlook on the web.",
        "See whether the person's picture lies in Exchange Online or only in the directory: SharePoint reads Exchange "
        "Online alone, and Graph shows the directory's picture without saying so.",
    ),
    Reason.DRIFTED: Words(
        "Somebody else has put another picture into the target, and the source's did not change.",
        _LEFT_ALONE,
        _NEW_PICTURE,
        "Set `drifted` to write if the source's picture should win, or find out which program writes to the target.",
    ),
    Reason.CLASH: Words(
        "Both pictures changed since the last run, to different ones.",
        _LEFT_ALONE,
        "Choose one picture and set it in both systems; the next run finds them the same.",
        "Set `clash` to write if the source's picture should win.",
    ),
    Reason.PARTED: Words(
        "The picture was removed from the source, and somebody else has put another into the target.",
        "The next run leaves the target's picture.",
        "Remove the target's picture, or add one in the source.",
        "Ask the person which is meant; no policy decides it.",
    ),
    Reason.FIRST_MEETING: Words(
        "Both systems have a picture, they are different, and the two have never been the same.",
        _LEFT_ALONE,
        "Set the picture that you want in the source.",
        "Set `first_meeting` to write if the source's picture should win.",
    ),
    Reason.WAITING: Words(
        "What a system shows is not settled yet, or the system did not tell.",
        "The next run looks again and decides then.",
        "Wait a little and reload the page; browsers keep old pictures for a while.",
        "If it stays so for more than a day, run `samepic check` to see whether the system answers as it should.",
    ),
    Reason.UNMATCHED: Words(
        "It is not certain who this person is in the other system, so nothing is done.",
        "The next run leaves both systems alone until the keys agree.",
        "Tell your administrator.",
        "Compare the person's object id, user principal name and mail address in both systems.",
    ),
    Reason.NOT_ELIGIBLE: Words(
        "This person takes no part.",
        "The next run leaves this person alone.",
        "Tell your administrator if you expected otherwise.",
        "See the detail for which rule it is.",
    ),
    Reason.REFUSED: Words(
        "The source's picture cannot be read, or cannot be made to fit the target.",
        "The next run writes nothing for this person until the source has another picture.",
        "Upload another picture in the source: JPEG, PNG or WebP.",
        "See the detail for what is wrong with the picture.",
    ),
    Reason.RESTORED: Words(
        "An administrator has put back what the target showed earlier, and the source's picture has not changed since.",
        "The next run leaves the target as it is until the source has another picture.",
        _NEW_PICTURE,
        "Run `samepic history` for this person to see what was put back; to have the source's present picture after "
        "all, run `samepic restore` for this person, which undoes the latest write, or set it in the source again.",
    ),
}
"""What each reason says where the target is left alone, or where only one action is possible."""

WHEN: Mapping[Reason, str] = {
    Reason.NOT_ELIGIBLE: "A rule takes the person out, whatever the pictures are.",
    Reason.UNMATCHED: "Keys are ambiguous or disagree, or one of the systems has no such person.",
    Reason.REFUSED: "The source's picture is broken, blank, or cannot be made to fit.",
    Reason.WAITING: "A system did not tell; or, within the target's settling time after a write, it shows what it "
    "showed before or nothing, and the source stood still.",
    Reason.ABSENT: "Neither has a picture. A placeholder is none.",
    Reason.RESTORED: "We put back what the target showed earlier, and the source's did not change since; or `restore` "
    "is about to.",
    Reason.PARTED: "The source's was removed and the target's was changed by another.",
    Reason.KEPT: "The source has none; the target has its own, which never was the source's.",
    Reason.NEW: "The source has one and the target none; the target never had the source's, or it was cleared by us.",
    Reason.FIRST_MEETING: "Both have one, they differ, they have never been the same, and neither changed since the "
    "two were last seen, if they ever were.",
    Reason.OVERRULED: "The target had ours and shows none, the source stood still, and either the target's own sync "
    "says that it found none or it is the second time within seven days.",
    Reason.BLANKED: "The target had ours and shows none, or a placeholder.",
    Reason.REMOVED: "The source's was removed and the target's is as we left it.",
    Reason.IN_STEP: "Both are as we left them, or they are the same picture.",
    Reason.CHANGED: "The source's changed and the target's is as we left it.",
    Reason.DRIFTED: "The target's was changed by another, to another picture.",
    Reason.CLASH: "Both changed, to different pictures.",
}
"""The facts behind each reason in a line, in the order in which they are asked."""

_BY_ACTION: Mapping[tuple[Reason, Action], str] = {
    (Reason.REMOVED, Action.CLEAR): "The next run clears the target's picture, because the policy mirrors removals.",
    (Reason.DRIFTED, Action.WRITE): "The next run writes the source's picture over the target's; that one is kept.",
    (Reason.CLASH, Action.WRITE): "The next run writes the source's picture over the target's; that one is kept.",
    (Reason.FIRST_MEETING, Action.WRITE): (
        "The next run writes the source's picture over the target's; that one is kept."
    ),
}

_POLICY_DECIDES: Mapping[Reason, str] = {
    Reason.REMOVED: "Set `when_removed` to keep if removals should not be carried over.",
    Reason.DRIFTED: "Set `drifted` to show if the target's picture should stay.",
    Reason.CLASH: "Set `clash` to show if the target's picture should stay.",
    Reason.FIRST_MEETING: "Set `first_meeting` to show if the target's picture should stay.",
}

_PERSON_CANNOT = "Tell your administrator if you expected otherwise."

NOT_ELIGIBLE: Mapping[NotEligible, Words] = {
    NotEligible.GUEST: Words(
        "A guest's picture belongs to their own organisation.",
        "The next run leaves guests alone.",
        "Change the picture in your own organisation.",
        "Set `guests` in the policy if guests should take part.",
    ),
    NotEligible.DISABLED: Words(
        "The account is disabled.",
        "The next run leaves disabled accounts alone.",
        _PERSON_CANNOT,
        "Enable the account, or set `disabled` in the policy if disabled accounts should take part.",
    ),
    NotEligible.NO_MAILBOX: Words(
        "The person has no mailbox in Exchange Online, and SharePoint's pictures come from there, never from the "
        "directory.",
        "The next run takes the person in as soon as they have a mailbox.",
        "Upload a picture in the target yourself, if it lets you.",
        "Give the person a licence with Exchange Online.",
    ),
    NotEligible.ON_PREMISES_MAILBOX: Words(
        "The person's mailbox is on premises, where Exchange Online's pictures cannot be set or read.",
        "The next run takes the person in as soon as the mailbox is in Exchange Online.",
        _PERSON_CANNOT,
        "Move the mailbox to Exchange Online.",
    ),
    NotEligible.OPTED_OUT: Words(
        "The person has been taken out of this route by name.",
        "The next run leaves the person alone.",
        "Ask your administrator to take you in again, if you wish.",
        "Take the person off the route's `opted_out` list.",
    ),
    NotEligible.OUTSIDE_GROUP: Words(
        "Only members of a group take part in this route, and this person is not one.",
        "The next run takes the person in as soon as they are a member.",
        _PERSON_CANNOT,
        "Add the person to the group that `only_group` names.",
    ),
    NotEligible.EXCEPTED_GROUP: Words(
        "Members of a group are left out of this route, and this person is one.",
        "The next run takes the person in as soon as they have left the group.",
        _PERSON_CANNOT,
        "Take the person out of the group that `except_group` names.",
    ),
    NotEligible.SYNC_SWITCHED_OFF: Words(
        "Somebody has switched the picture sync off for this person in the target.",
        "The next run leaves the person alone while it is off.",
        "Upload a picture in the target yourself, if it lets you.",
        "Set the profile property SPS-PictureExchangeSyncState to 1 for this person.",
    ),
    NotEligible.PICTURE_NOT_EDITABLE: Words(
        "The picture property of the target's profiles may not be edited by users, so the target takes no picture.",
        "The next run tries again as soon as the property is editable.",
        _PERSON_CANNOT,
        "Allow users to edit the Picture property in SharePoint's user profile settings.",
    ),
    NotEligible.PEOPLE_SYSTEM: Words(
        "The target shows this person's picture from Microsoft's people system, whatever lies in its library.",
        "The next run leaves the person alone.",
        "Change the picture in your Microsoft 365 profile.",
        "Give the person a licence with Exchange Online, or set their picture through Graph.",
    ),
    NotEligible.OTHER_GEOGRAPHY: Words(
        "The person's data are kept in another geography than this target.",
        "The next run leaves the person to that geography's own route.",
        _PERSON_CANNOT,
        "Set up a route to the target in the person's geography.",
    ),
    NotEligible.NO_PROFILE: Words(
        "The target has no profile for this person yet.",
        "The next run takes the person in as soon as there is a profile.",
        "Sign in to the target once.",
        "Wait for the target's own import of profiles, which may take a day after the account was made.",
    ),
}


def next_steps(reason: Reason) -> tuple[str, ...]:
    """Everything that the next run may do for this reason, the default policy's first."""
    others = tuple(text for (named, _), text in _BY_ACTION.items() if named is reason)
    steps = (REASONS[reason].next_step, *others)
    return steps[::-1] if reason is Reason.FIRST_MEETING else steps


def words_for(decision: Decision, not_eligible: NotEligible | None = None) -> Words:
    """Say one decision in whole sentences, for the action that was decided."""
    if not_eligible is not None and decision.reason is Reason.NOT_ELIGIBLE:
        return NOT_ELIGIBLE[not_eligible]
    words = REASONS[decision.reason]
    next_step = _BY_ACTION.get((decision.reason, decision.action))
    if next_step is None:
        return words
    return Words(words.meaning, next_step, words.person_can, _POLICY_DECIDES[decision.reason])
