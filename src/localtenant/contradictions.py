"""The 27 points on which the vendor's documents contradict each other or are silent, and how the tenant settles each.

`python -m localtenant.contradictions` prints docs/reference/behaviours.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from localtenant.switches import BEHAVIOURS, Behaviour


@dataclass(frozen=True, slots=True)
class Point:
    """A contradiction. unseen: why no client of the tenant can notice it; empty where a switch settles it."""

    number: int
    about: str
    unseen: str = ""


POINTS: tuple[Point, ...] = (
    Point(1, "24, 48 or 72 hours between two pulls"),
    Point(2, "which request starts a pull: any of one's own picture, the large one, any page with it, the tile"),
    Point(3, "the large thumbnail: 300, 200 or 240 px (48 and 72 are agreed)"),
    Point(4, "whether thumbnails are enlarged"),
    Point(5, "files named after the UPN or the object id"),
    Point(6, "userphoto.aspx: status, redirect, headers"),
    Point(7, "a missing picture by Graph: 200 with 1x1 or 404, and under which code"),
    Point(8, "the id of a description: a size or “default”"),
    Point(9, "an upload answers 200 or 204"),
    Point(
        10,
        "limits by store and year: 4 MB, 8 MB, 500 KB, 100 KB, 10 KB, 5,000,000 bytes",
    ),
    Point(11, "the primary store today: mailbox, directory or people system"),
    Point(
        12,
        "pictures go from Active Directory to the cloud once or every time",
        "The tenant has no Active Directory; its directory starts with whatever was synchronised, and only Graph "
        "changes it afterwards.",
    ),
    Point(13, "EWS for a mailbox on the premises: the directory's picture or 404"),
    Point(14, "HR48x48: the directory's thumbnail always, or only where the mailbox has none"),
    Point(15, "EWS for an unknown address: 500, 404 or a SOAP error"),
    Point(
        16,
        "`Remove-UserPhoto -ClearMailboxPhotoRecord`: blank, or looked up in the directory",
        "The cmdlet ended with November 2023 (MC678855) and the tenant serves no cmdlets. The mark itself is there: "
        "a deletion by Graph leaves it, an upload clears it.",
    ),
    Point(17, "profile properties written by an app: denied or possible"),
    Point(18, "whether /users/delta tells of a picture"),
    Point(
        19,
        "Outlook's limit of 4 concurrent requests: for each app and mailbox, or for each app",
    ),
    Point(
        20,
        "`UserPhotoExpiration` counts hours or days",
        "It is a property of a farm on the premises that no request of SharePoint Online reads; what it would do is "
        "`gate_hours`.",
    ),
    Point(
        21,
        "the thumbnail that Exchange writes into Active Directory: 48x48 or 64x64",
        "The tenant has no Active Directory, and Exchange Online writes to none.",
    ),
    Point(22, "the smallest picture that Graph takes: 23x23 is refused, more is not known"),
    Point(23, "the time zone of SPS-PictureTimestamp"),
    Point(
        24,
        "the Latvian seed turns the key sentence round",
        "An error of translation, not of behaviour. The help pages say in each language that SharePoint takes "
        "pictures from Exchange only; a test looks for the “not” in Latvian.",
    ),
    Point(
        25,
        "the two linked support articles are known from copies only",
        "Says how sure the sources of points 1 and 2 are, nothing that an answer could show.",
    ),
    Point(26, "whether a placeholder file is stored where there is no picture"),
    Point(27, "a group's picture for an app: denied before July 2024, allowed since"),
)


def page() -> str:
    """docs/reference/behaviours.md."""
    return "\n".join(
        [
            "# Behaviours of the local tenant",
            "",
            "<!-- Written by `python -m localtenant.contradictions`; change src/localtenant/switches.py instead. -->",
            "",
            "Where Microsoft's documents contradict each other or say nothing, the tenant has a switch. The first "
            "value is the default. Turn one with `samepic tenant serve --behaviour NAME=VALUE` or, while it runs, with "
            "`PATCH /_tenant/behaviours`. For each switch a test asks the request that is named here under each value "
            "and sees the answer differ (tests/contract/test_behaviours_differ.py).",
            "",
            "## The 27 contradictions",
            "",
            "| # | point | settled by |",
            "|---|---|---|",
            *(f"| {point.number} | {point.about} | {_settled(point)} |" for point in POINTS),
            "",
            "## The switches",
            "",
            *(line for behaviour in BEHAVIOURS for line in _section(behaviour)),
        ]
    )


def _settled(point: Point) -> str:
    named = [f"[`{b.name}`](#{b.name})" for b in BEHAVIOURS if point.number in b.points]
    return ", ".join(named) or f"No client can notice. {point.unseen}"


def _section(behaviour: Behaviour) -> list[str]:
    points = ", ".join(map(str, behaviour.points)) or "none of the 27"
    rows = [
        f"| `{choice.name}`{' (default)' if choice is behaviour.choices[0] else ''} | {choice.source} |"
        for choice in behaviour.choices
    ]
    return [
        f"### {behaviour.name}",
        "",
        f"{behaviour.about[0].upper()}{behaviour.about[1:]}. Points: {points}.",
        "",
        f"Differs in: {behaviour.shown_by}.",
        "",
        "| value | source |",
        "|---|---|",
        *rows,
        "",
    ]


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201  # this is the command that writes the page
