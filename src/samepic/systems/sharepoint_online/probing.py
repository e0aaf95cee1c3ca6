"""What works with the real credentials, tried without a trace."""

from __future__ import annotations

from samepic.model.sayings import saying
from samepic.model.system import Probe
from samepic.ports.errors import AccessDenied, SystemFault
from samepic.systems.sharepoint_online.library import Library
from samepic.systems.sharepoint_online.profiles import Profiles
from samepic.systems.sharepoint_online.settings import FILES, SharePointOnlineSettings
from samepic.systems.sharepoint_online.wire import Profile
from samepic.transport.api import Api
from samepic.transport.tokens import SIGN_IN

_SOMEBODY = "/v1.0/users?$select=userPrincipalName&$filter=userType%20eq%20'Member'&$top=5"


_NO_UPLOADS = saying("probe_no_uploads")
_APP_DENIED = saying("probe_app_denied")
_PERSON_DENIED = saying("probe_person_denied")


async def probe(
    settings: SharePointOnlineSettings, library: Library, profiles: Profiles, people: Api, *, signed_in: bool
) -> Probe:
    """The library, its folder, whether files may be put there, somebody's profile, and whether it might be written.

    signed_in: it would be written in the name of an administrator, not of the app.
    """
    name = settings.name
    try:
        items = await library.count()
        folder = await library.folder()
        may_upload = await library.may_write() if settings.writes else None
        if may_upload is False:
            facts = {"items": str(items), "folder": folder}
            return Probe(name, works=False, words=_NO_UPLOADS, missing=(FILES,), can_write=False, facts=facts)
        somebody = await _somebody(profiles, people)
        may_write = await profiles.may_write(somebody) if settings.writes and somebody is not None else None
    except AccessDenied as error:
        return Probe(name, works=False, words=error.said, missing=error.missing)
    except SystemFault as error:
        return Probe(name, works=False, words=error.said)
    facts = {"items": str(items), "folder": folder}
    if may_write is False:
        return Probe(
            name,
            works=False,
            words=_PERSON_DENIED if signed_in else _APP_DENIED,
            missing=(SIGN_IN,),
            can_write=False,
            facts=facts if signed_in else {**facts, "app_only_profile_writes": "denied"},
        )
    notes = (saying("note_no_profile"),) if somebody is None else ()
    return Probe(
        name,
        works=True,
        words=saying("probe_items", items=str(items), library=settings.library),
        notes=notes,
        can_write=may_write,
        facts=facts,
    )


async def _somebody(profiles: Profiles, people: Api) -> Profile | None:
    """The first of a few members who has a profile."""
    found = await people.get_json(_SOMEBODY, doing="users")
    try:
        upns = [str(row["userPrincipalName"]) for row in found["value"]]
    except (KeyError, TypeError):
        raise people.out_of_contract("users", saying("other_shape")) from None
    for upn in upns:
        profile = await profiles.read(upn)
        if profile is not None:
            return profile
    return None
