"""What is said of a run and of whoever failed: English as it stands, and a code with its fields for other languages.

A saying is a text like any other, so that whoever only passes it on need not know. Whoever composes a new one of
several names a code for that, too: a text that is put together by hand is English everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

Field = str | int | float
"""What fills a sentence: a number, a name, what a system said, or another saying."""

_AS_IT_CAME = "{system}: {doing}: {saw}"
_LIMIT = "{limit:g} % may pass without a person's word."

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
    "then": "{first} {second}",
    "grant": "{permission} ({why})",
    "grants": "{first}; needs {second}",
    "answered": "it answered {status}",
    "of_system": "{system}: {words}",
    "probe_sign_in": "people can sign in",
    "probe_no_proof": "the sign-in does not take the app's secret or certificate",
    "probe_not_back": "the sign-in does not send people back to {back}: {saw}",
    "probe_no_group": "there is no group {group}, which [portal] {role} names",
    "grant_back": "people come back there",
    "grant_redirect": "{back} as a redirect URI (App registrations, Authentication, Web)",
    "note_back_untold": "only a sign-in shows whether people are sent back to {back}: {saw}",
    "note_no_administrator": (
        "nobody is an administrator: [portal] administrators takes object ids of groups, or names of app roles"
    ),
    "note_asks_groups": (
        "who is in the groups of [portal] cannot be asked. Sign-ins have to tell it then: App registrations, Token "
        "configuration, Add groups claim, Security groups; or grant GroupMember.Read.All (Microsoft Graph, application)"
    ),
    "note_group_empty": "the group {group} of [portal] {role} has no members",
    "note_app_role": "no group is called {group!r}, so that [portal] {role} takes it for an app role",
    "cut_people": "{system}: the listing of people was cut short",
    "cut_people_saw": "{system}: the listing of people was cut short ({saw})",
    "cut": "{system}: the listing was cut short",
    "cut_saw": "{system}: the listing was cut short ({saw})",
    "nobody_listed": "{system}: nobody is listed, and {people} people are remembered",
    "hold_incomplete": "Not everything could be seen: {what}. What was not seen is not known to be missing.",
    "hold_emptied": "The target had {n} pictures and now shows none.",
    "hold_lost_most": "The target had {n} pictures and now shows {now}.",
    "hold_source_lost": (
        "The source had {n} pictures and now shows {now}: somebody, or something, took them away at once."
    ),
    "would_lose": "The plan would overwrite {overwrites} and clear {clears} of the target's {n} pictures",
    "lost_lately": "the last {hours:g} hours' runs have lost those of {n} people more",
    "hold_share": f"{{would}} ({{percent:.1f}} %); {_LIMIT}",
    "hold_share_of_none": f"{{would}}; {_LIMIT}",
    "hold_wave": f"{{would}}, and {{lately}}: together {{together}} ({{percent:.1f}} %); {_LIMIT}",
    "hold_wave_of_none": f"{{would}}, and {{lately}}: together {{together}}; {_LIMIT}",
    "same_now": "One and the same picture would be written to {n} people",
    "same_before": "was written to {n} people before",
    "hold_same": "{now}; {limit} may have it without a person's word.",
    "hold_same_before": "{now}, and {before}; {limit} may have it without a person's word.",
    "hold_blank": (
        "The source shows blanks for {n} people who never had one before. None of these is ever written; "
        "a source that shows so many may have lost more."
    ),
    "facts_changed": "The facts have changed since plan {plan} was made, so that its approval is stale.",
    "nothing_objects": "This is plan {plan}, and nothing objects to it: run it without approving any.",
    "look_and_approve": "This is plan {plan}: look at it and approve it.",
    "rejected": "Plan {plan} was rejected at {at} UTC",
    "rejected_by": "Plan {plan} was rejected by {who} at {at} UTC",
    "stays_held": "{rejected}. It stays held until the facts change.",
    "stays_held_why": "{rejected}: {why}. It stays held until the facts change.",
    "approved_then": "Plan {plan} was approved, and the facts have changed since: this is another plan.",
    "approved_then_by": "Plan {plan} was approved by {who}, and the facts have changed since: this is another plan.",
    "object_id": "object id",
    "upn": "user principal name",
    "mail": "mail address",
    "file_name": "file name",
    "no_row": "no row of the listing has any of this person's keys",
    "row_elses": "a row has this person's address and somebody else's {key}",
    "rows_many": "{rows} rows of the listing have this person's {key}",
    "row_stronger": "the row with this person's address belongs to somebody else by a stronger key",
    "key_shared": "somebody else has the same {key}",
    "key_untold": "{system} knows people by {key}, and the census tells none",
    "nobody_has": "nobody has any of this person's keys",
    "blank_source": "The source shows a blank or a placeholder, and nobody's picture is replaced by one.",
    "picture_empty": "The picture has no bytes.",
    "picture_not_an_image": "What is there is no picture.",
    "picture_unsupported_format": "The picture is of a kind that is not read.",
    "picture_polyglot": "Something else hides in the picture's file.",
    "picture_too_many_bytes": "The picture's file is too large.",
    "picture_too_many_pixels": "The picture has too many pixels.",
    "picture_truncated": "The picture is cut short.",
    "picture_broken": "The picture is broken.",
    "picture_too_slow": "Reading the picture takes too long.",
    "picture_too_much_memory": "Reading the picture needs too much memory.",
    "picture_crashed": "The picture could not be read to its end.",
    "picture_does_not_fit": "The picture cannot be made small enough for the system.",
    "other_shape": "an answer of another shape",
    "other_shape_told": "an answer of another shape: {words}",
    "another_now": "another picture is there now",
    "another_was_quicker": "another run was quicker with this person; the next one looks again",
    "not_shown": "took the picture and does not show it",
    "of_somebody_else": "somebody else than was asked for",
    "leads_back": "a page that leads back to an earlier one",
    "link_elsewhere": "a link to another host",
    "cursor_of_others": "a cursor that is none of ours",
    "folder_elsewhere": "a folder of another library",
    "no_library": "no library at {library}",
    "no_group": "no group {group}",
    "groups_called": "{groups} groups are called {group}",
    "no_person_or_group": "no such person, or no such group",
    "no_profile": "no profile of this account",
    "profile_elsewhere": "profile at {host}",
    "nobody_signed_in": "nobody has signed in",
    "no_answer_in_time": "no answer in time from {host}",
    "answer_cut_short": "the answer was cut short",
    "half_came": "{came} of {length} bytes",
    "connection_broke": "the connection broke: {words}",
    "no_connection": "no connection to {host}: {words}",
    "no_connection_to_proxy": "no connection to the proxy {proxy}: {words}",
    "no_http": "no HTTP answer: {kind}",
    "no_json": "{status}, but {bytes} bytes that are no JSON",
    "page_of_html": "{status} with a page of HTML",
    "batch_uneven": "{asked} requests in a batch, {came} answers",
    "budget_used_up": "what Microsoft lets us call is used up for {seconds} s more",
    "asked_to_wait": "asked everybody to wait {seconds} s more",
    "no_picture_came": "what came back is no picture of a kind that is read",
    "too_many_came": "{bytes} bytes, more than {most}",
    "more_came": "more than {most} bytes",
    "vault_damaged": (
        "vault: {sha256}: the bytes are not the ones that were kept; `samepic vault verify --repair` may mend it"
    ),
}
"""By code, in English. The portal has each of them in its languages, by the same code and fields."""

_OF_ONE: Mapping[str, str] = {
    code: SAYINGS[code].replace("{n} pictures", "1 picture").replace("{n} people", "1 person")
    for code in (
        "hold_emptied",
        "hold_lost_most",
        "hold_source_lost",
        "would_lose",
        "lost_lately",
        "same_now",
        "same_before",
        "hold_blank",
    )
}
"""Of those that count, the ones that English says otherwise where n is 1."""

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
    """A sentence by its code. A whole number is shown with commas, a fraction as the sentence says."""
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in fields.items()}
    text = _OF_ONE.get(code, SAYINGS[code]) if fields.get("n") == 1 else SAYINGS[code]
    return Saying(text.format(**shown), code, fields)


def together(parts: Iterable[str], code: str = "and") -> str:
    """Several as one: "" of none, itself of one. code: how two are joined, as `first` and `second`."""
    told = list(parts)
    return reduce(lambda first, second: saying(code, first=first, second=second), told) if told else ""


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
