"""What is said of a run and of whoever failed: English as it stands, and a code with its fields for other languages.

A saying is a text like any other, so that whoever only passes it on need not know. Whoever composes a new one of
several names a code for that, too: a text that is put together by hand is English everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Field = str | int
"""What fills a sentence: a number, a name, what a system said, or another saying."""

_AS_IT_CAME = "{system}: {doing}: {saw}"

SAYINGS: Mapping[str, str] = {
    "cancelled": "cancelled",
    "interrupted": "interrupted",
    "died": "the process ended without saying so",
    "job_ended": "its job ended as {state}",
    "broken": "{saw}",
    "and": "{first}; {second}",
    "full_instead": "full instead of incremental: {why}",
    "did_not_take": "{n} did not take",
    "never_full": "no full sweep has ended well yet",
    "grounds_unknown": "by which policy the last full sweep decided is not known",
    "other_rules": "this version of Samepic decides by other rules than the last full sweep did",
    "settings_changed": "the route's settings have changed since the last full sweep: {names}",
    "no_cursor": "the census told the last full sweep nothing that could be gone on from",
    "cursor_expired": "{system} tells no changes since the last sweep any more ({saw})",
    "much_news": "there is news of {n} people, and to list everybody costs less",
    "news_cut": "{system}: what has changed was not told to its end",
    "group_empty": "{system}: the group '{group}' has no members: nobody would take part",
    "many_in_a_row": "{n} people in a row failed, the last one so: {last}",
    "shut_out": "{system}: {saw}",
    "shut_out_lacks": "{system}: {saw}; needs {lacks}",
    "vault_unusable": "the vault {where} cannot be used: {saw}. No picture is replaced without it",
    "busy": _AS_IT_CAME,
    "denied": _AS_IT_CAME,
    "denied_lacks": f"{_AS_IT_CAME}; needs {{lacks}}",
    "out_of_contract": _AS_IT_CAME,
    "not_done": _AS_IT_CAME,
    "source_silent": "the source did not answer for this person",
    "target_silent": "the target did not answer for this person",
    "kept_changing": "the pictures kept changing while they were compared",
    "put_back": "An administrator has put back what the target showed earlier, and the source's picture has not "
    "changed since. It was run {run}, at {at} UTC.",
    "probe_read": "pictures can be read",
    "probe_written": "pictures can be read and written",
    "probe_no_writing": "pictures can be read, but the app lacks the permission to write them",
    "probe_elsewhere": "pictures can be read, but the organisation has them written elsewhere only",
    "probe_lists": "lists people, pictures and groups",
    "probe_items": "{items} items in {library}",
    "probe_no_uploads": "the library can be read, but the app lacks the permission to put files there",
    "probe_app_denied": "files can be written, but profiles of other people cannot: this tenant denies that to apps",
    "probe_person_denied": "whoever signed in may not change other people's profiles; a SharePoint administrator may",
    "not_known_then": "Nobody kept what the target showed then.",
    "grant_see_pictures": "to see everybody's picture",
    "grant_find_by_name": "to find a person by name",
    "grant_write_mailboxes": "to change pictures in mailboxes",
    "grant_list_people": "to list who exists, with plans and account state",
    "grant_members": "to tell who is in a route's groups",
    "grant_directory_pictures": "to see the pictures that the directory holds",
    "grant_library": "to read and write the picture library",
    "grant_profiles": "to read and change the pictures of user profiles",
    "grant_certificate": "SharePoint refuses tokens that an app got by a secret",
    "grant_find_by_key": "to find a person by object id or mail",
    "grant_host": "to find out SharePoint's host; or set tenant_name",
    "grant_sign_in": "an administrator signs in once with a device code; their right is then used",
    "grant_credential": "the app's certificate or secret is unknown there, or expired",
    "grant_consent": "the app has no consent in this tenant yet",
    "grant_public_flows": "an administrator signs in by device code, and the app cannot prove itself in that",
    "note_policy_untold": "whether pictures are mastered on premises cannot be told without PeopleSettings.Read.All",
    "note_roles_untold": (
        "whether pictures can be written only a write shows: the app's token does not tell its permissions, "
        "of which ProfilePhoto.ReadWrite.All (Microsoft Graph, application) is needed"
    ),
    "note_on_premises": (
        "photoUpdateSettings.source is onPremises: pictures are changed in Active Directory only, and Graph "
        "refuses to write them"
    ),
    "note_hybrid": "people are synchronised from an Active Directory; those with a mailbox there are not eligible here",
    "note_people": "{n} people",
    "note_groups_denied": "groups cannot be read; {permission} is needed only for only_group, except_group",
    "note_no_profile": "nobody's profile could be found, so that writing is untried",
    "no_longer_kept": "The picture is no longer in the vault.",
}
"""By code, in English. The portal has each of them in its languages, by the same code and fields."""

_MARK = '{"saying": '


class Saying(str):
    """A sentence. code: "" where it is nobody's but whoever wrote it."""

    code: str
    fields: Mapping[str, Field]

    def __new__(cls, text: str, code: str = "", fields: Mapping[str, Field] | None = None) -> Saying:
        made = super().__new__(cls, text)
        made.code, made.fields = code, dict(fields or {})
        return made


def saying(code: str, **fields: Field) -> Saying:
    """A sentence by its code."""
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in fields.items()}
    return Saying(SAYINGS[code].format(**shown), code, fields)


def as_kept(text: str) -> str:
    """A text for the state; that of no saying is kept as it is."""
    code = text.code if isinstance(text, Saying) else ""
    return json.dumps(_told(text), ensure_ascii=False) if code or text.startswith(_MARK) else str(text)


def from_kept(text: str) -> str:
    """Back from what was kept."""
    return _of(json.loads(text)) if text.startswith(_MARK) else text


def _told(text: str) -> dict[str, Any]:
    if not isinstance(text, Saying):
        return {"saying": "", "text": str(text)}
    fields = {name: _told(value) if isinstance(value, Saying) else value for name, value in text.fields.items()}
    return {"saying": text.code, "text": str(text), "fields": fields}


def _of(told: Mapping[str, Any]) -> Saying:
    """The text is kept beside the code: a version that words it otherwise, or knows it not, tells what was meant."""
    fields = {name: _of(one) if isinstance(one, dict) else one for name, one in told.get("fields", {}).items()}
    return Saying(told["text"], told["saying"], fields)
