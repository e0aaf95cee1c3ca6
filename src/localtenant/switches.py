"""The table of switches: where the documents contradict each other or are silent, each value with its source.

Sources in short: *doc*: a page of the vendor's; *seen*: what people observed and wrote down; *guess*: nobody says.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """One way it may be, and who says so."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One switch; its first value is the default.

    points: the numbers of the contradictions it settles (`contradictions.POINTS`). operation: the ledger's name of
    the request whose answer differs; shown_by: that request in words.
    """

    name: str
    about: str
    operation: str
    shown_by: str
    choices: tuple[Value, ...]
    points: tuple[int, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the values."""
        return tuple(choice.name for choice in self.choices)


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "gate_hours",
        "how long SharePoint waits between two pulls of a person's picture",
        "userphoto.aspx",
        "`GET /_layouts/15/userphoto.aspx?size=L` as the person, 30 and 60 hours after the last pull",
        (
            Value(
                "24", "doc: profile-picture-not-showing (2022), “isn't showing within 24 hours”; seen: spknowledge 2020"
            ),
            Value("48", "seen: the profile editor's text of December 2024"),
            Value("72", "seen: blogs of 2015 and 2016 (dpickett, spbreed, paulryan)"),
        ),
        (1,),
    ),
    Behaviour(
        "pull_trigger",
        "which request of a picture makes SharePoint pull it from Exchange",
        "userphoto.aspx",
        "`GET userphoto.aspx` of a picture never pulled: by another person, by herself with `size=M`, with `size=L`",
        (
            Value("own_large", "doc: Set-UserPhoto, “any SharePoint page that shows their large thumbnail image”"),
            Value(
                "own_any", "seen: copies of support article 20594d76, “every time the user requests their own photo”"
            ),
            Value(
                "any_page", "doc: profile-picture-not-showing (2022), a page with a People web part that includes them"
            ),
        ),
        (2,),
    ),
    Behaviour(
        "large_px",
        "the edge of the large thumbnail",
        "userphoto.aspx",
        "`GET userphoto.aspx?size=L` after a pull: the picture's width",
        (
            Value("300", "seen: SharePoint 2013's code (thesharepointfarm)"),
            Value("200", "doc: PnP Core.ProfilePictureUploader"),
            Value("240", "seen: measured by vitalyzhukov"),
        ),
        (3,),
    ),
    Behaviour(
        "upscaling",
        "whether thumbnails are made larger than the original",
        "userphoto.aspx",
        "`GET userphoto.aspx?size=L` after a pull of a picture of 100 px: its width",
        (
            Value("enlarges", "seen: SharePoint 2013's code, 48 becomes 300 (thesharepointfarm)"),
            Value("never", "doc: spsocial 2011 for SharePoint 2010, “do not upscale”"),
        ),
        (4,),
    ),
    Behaviour(
        "file_prefix",
        "what SharePoint names its own files after",
        "GetUserProfilePropertyFor",
        "`GET GetUserProfilePropertyFor(…, propertyName='PictureURL')` after a first pull",
        (
            Value("object_id", "doc: two samples of 2022 in cli-microsoft365's `spo userprofile get`"),
            Value("mangled_upn", "seen: public samples of 2018 and 2020; doc: PnP's uploader"),
        ),
        (5,),
    ),
    Behaviour(
        "userphoto_answer",
        "how userphoto.aspx answers",
        "userphoto.aspx",
        "`GET userphoto.aspx`: 200 with the picture, or 302 to the library's file",
        (Value("bytes", "guess: both are remembered, neither is written down"), Value("redirect", "guess, as above")),
        (6,),
    ),
    Behaviour(
        "missing_picture",
        "how Graph describes a picture that is not there",
        "photo",
        "`GET /users/{id}/photo` of somebody without a picture: 404, or 200 with a description of 1x1",
        (
            Value("not_found", "seen: live answers in public code"),
            Value("one_pixel", "doc: profilephoto-get, `image/gif`, `1x1`"),
        ),
        (7,),
    ),
    Behaviour(
        "missing_code",
        "the error code of a missing picture",
        "photo",
        "`GET /users/{id}/photo` of somebody without a picture: `error.code`",
        (
            Value("ImageNotFound", "doc: change-user-profile-photos"),
            Value("ErrorEntityNotFound", "doc: msgraph-sdk-dotnet-core issue 851 (2024)"),
            Value("ErrorItemNotFound", "doc: the older Outlook path"),
        ),
        (7,),
    ),
    Behaviour(
        "metadata_id",
        "the id in a picture's description",
        "photo",
        "`GET /users/{id}/photo`: `id`",
        (
            Value("240x240", "doc: profilephoto-get: the picture's own size"),
            Value("default", "doc: change-user-profile-photos, “Id: The value is Default”; seen: live answers"),
        ),
        (8,),
    ),
    Behaviour(
        "put_status",
        "what a successful upload answers",
        "photo/$value",
        "`PUT /users/{id}/photo/$value`: the status",
        (
            Value("200", "doc: profilephoto-update"),
            Value("204", "seen: microsoft-graph-docs issue 298"),
        ),
        (9,),
    ),
    Behaviour(
        "max_upload_mb",
        "the largest upload by Graph",
        "photo/$value",
        "`PUT /users/{id}/photo/$value` with 5 MB: the status",
        (
            Value("4", "doc: profilephoto-update since October 2023 (contrib pull request 8706)"),
            Value("8", "doc: the beta's page of 2021"),
        ),
        (10,),
    ),
    Behaviour(
        "picture_store",
        "where SharePoint takes the picture of people without an Exchange plan",
        "userphoto.aspx",
        "`GET userphoto.aspx` of somebody without an Exchange plan whom the directory has a picture of",
        (
            Value("exchange", "doc: the seeds' article, “not Azure Active Directory”"),
            Value("people_system", "doc: message MC653734, images by Graph from Microsoft's people system"),
        ),
        (11,),
    ),
    Behaviour(
        "graph_fallback",
        "whether the directory's picture stands in where the mailbox has none",
        "photo",
        "`GET /users/{id}/photo` and `GetUserPhoto` of somebody with a picture in the directory only",
        (
            Value("directory", "doc: profilephoto, “Exchange Online or Microsoft Entra ID”; PnP README"),
            Value("none", "doc: v1.0 of 2021, the mailbox only; pnp/PnP issue 1914, 404 by EWS"),
        ),
        (11, 13),
    ),
    Behaviour(
        "small_thumbnail",
        "which store answers EWS's smallest size",
        "GetUserPhoto",
        "`GET …/s/GetUserPhoto?size=HR48x48` of somebody with both pictures",
        (
            Value("mailbox_first", "doc: [MS-OXWSPHOTO], “as long as no image is stored on the server”"),
            Value("directory_first", "doc: how-to-get-user-photos, “always returns the AD DS thumbnail image”"),
        ),
        (14,),
    ),
    Behaviour(
        "ews_unknown_user",
        "what EWS answers for an unknown address",
        "GetUserPhoto",
        "`GET …/s/GetUserPhoto?email=` with an unknown address: the status",
        (
            Value("404", "doc: the managed API takes 404 for “photo or user not found”"),
            Value("500", "doc: getuserphoto-operation"),
        ),
        (15,),
    ),
    Behaviour(
        "app_only_profile_writes",
        "whether an app may write profile properties",
        "SetSingleValueProfileProperty",
        "`POST SetSingleValueProfileProperty` by an app with a certificate: the status",
        (
            Value("allowed", "doc: PnP's permissions for Set-PnPUserProfileProperty"),
            Value("denied", "doc: sp-dev-docs issue 3718 (2019), pnp/powershell issue 277 (2021)"),
        ),
        (17,),
    ),
    Behaviour(
        "delta_pictures",
        "whether a new picture shows its person in /users/delta",
        "users/delta",
        "`GET /users/delta` from a delta link, after an upload: how many people",
        (
            Value("untold", "doc: delta-query-overview; `ChangeTracking` false in the metadata"),
            Value("told", "seen: microsoft-graph-docs issue 5572 (2019), some tenants"),
        ),
        (18,),
    ),
    Behaviour(
        "min_upload_px",
        "the smallest picture that Graph takes",
        "photo/$value",
        "`PUT /users/{id}/photo/$value` with a picture of 30x30: the status",
        (
            Value("48", "guess: the smallest of the documented sizes"),
            Value("24", "doc: contrib issue 423: 23x23 is refused, and nothing larger is known to be"),
        ),
        (22,),
    ),
    Behaviour(
        "timestamp_zone",
        "the time zone that SPS-PictureTimestamp counts in",
        "GetUserProfilePropertyFor",
        "`GET GetUserProfilePropertyFor(…, propertyName='SPS-PictureTimestamp')` after a pull",
        (
            Value("utc", "guess: fits the dates of public samples"),
            Value("minus_8", "guess: fits them as well; the servers' zone where SharePoint is made"),
        ),
        (23,),
    ),
    Behaviour(
        "placeholder_file",
        "whether a pull that finds no picture leaves a file in the library",
        "User Photos",
        "`GET /User Photos/…/{id}_LThumb.jpg` after such a pull: the status",
        (
            Value("stored", "doc: sp-dev-docs issue 7392, “replacing user's photos with empty placeholders”"),
            Value("removed", "guess: the samples show the property set, never a file"),
        ),
        (26,),
    ),
    Behaviour(
        "group_photo_app_only",
        "whether an app may see a group's picture",
        "photo",
        "`GET /groups/{id}/photo` by an app: the status",
        (
            Value("allowed", "doc: profilephoto-get since July 2024"),
            Value("denied", "doc: contrib @073a3963, “An app with only application permissions cannot access”"),
        ),
        (27,),
    ),
    Behaviour(
        "picture_concurrency",
        "for whom Outlook's part of Graph has four places for requests under way",
        "photo",
        "`GET /users/{id}/photo` while four requests for other people's pictures are under way: the status",
        (
            Value(
                "per_mailbox",
                "doc: devblogs, “Each application is limited to 4 concurrent requests per mailbox”; seen: the page "
                "of 2025 as Infor's documentation repeats it",
            ),
            Value(
                "per_app",
                "doc: throttling-limits @01351749 (2023), “regardless of whether the requests all access the same "
                "mailbox, or access different mailboxes”",
            ),
        ),
        (19,),
    ),
    Behaviour(
        "ratelimit_headers",
        "whether SharePoint sends RateLimit-Limit, -Remaining and -Reset once 80 % of an app's minute are used",
        "web",
        "`GET /_api/web` by an app that has used its minute: the headers",
        (
            Value("sent", "doc: how-to-avoid-getting-throttled, RateLimit headers (beta)"),
            Value("none", "doc: the same page, “best efforts”: an app must not depend on them"),
        ),
    ),
    Behaviour(
        "throttle_status",
        "the status by which SharePoint refuses what is over a budget",
        "web",
        "`GET /_api/web` by an app that has used its minute: the status",
        (
            Value("429", "doc: how-to-avoid-getting-throttled, “exceeded a predetermined limit”"),
            Value("503", "doc: the same page, “Server Too Busy”, also for an app that goes on over its limits"),
        ),
    ),
    Behaviour(
        "sharepoint_secrets",
        "whether SharePoint takes app tokens that a secret got",
        "web",
        "`GET /_api/web` by an app with a secret: the status",
        (
            Value("refused", "doc: security-apponly-azuread, “you must use a certificate”"),
            Value("accepted", "guess: for clients that are tried out before they have a certificate"),
        ),
    ),
    Behaviour(
        "large_folder_listing",
        "whether a folder of more than 5,000 files is listed",
        "Files",
        "`GET GetFolderByServerRelativeUrl('…')/Files` of such a folder: the status",
        (
            Value("refused", "doc: the list view threshold (onedrive-api-docs issue 1510)"),
            Value("served", "guess: for clients that know of no threshold"),
        ),
    ),
    Behaviour(
        "folder_name",
        "the picture folder's name, which follows the My Site host's language",
        "GetUserProfilePropertyFor",
        "`GET GetUserProfilePropertyFor(…, propertyName='PictureURL')` after a first pull",
        (
            Value("Profile Pictures", "seen: copies of support article 20594d76, English"),
            Value("Profilbilleder", "seen: public URLs, Danish"),
        ),
    ),
)
