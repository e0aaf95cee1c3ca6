"""What the portal needs beside its systems, tried with the real credentials; nothing is written anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from samepic.model.person import is_object_id
from samepic.model.system import Grant, Probe
from samepic.portal.sign_in.routes import DONE
from samepic.portal.site import Site
from samepic.ports.errors import AccessDenied, PersonGone, SystemFault
from samepic.transport.tokens import CREDENTIAL

NAME = "portal"

_ASKS_GROUPS = (
    "who is in the groups of [portal] cannot be asked. Sign-ins have to tell it then: App registrations, Token "
    "configuration, Add groups claim, Security groups; or grant GroupMember.Read.All (Microsoft Graph, application)"
)
_NO_ADMINISTRATOR = (
    "nobody is an administrator: [portal] administrators takes object ids of groups, or names of app roles"
)


@dataclass(slots=True)
class _Found:
    """What is collected on the way. well, ill: parts of the sentence that tells all of it."""

    well: list[str] = field(default_factory=list)
    ill: list[str] = field(default_factory=list)
    missing: list[Grant] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def probed(site: Site) -> Probe:
    """The sign-in with its address and proof, the groups, and whether pictures that people give can be put in."""
    found = _Found()
    await _sign_in(site, found)
    await _groups(site, found)
    uploads = await _uploads(site, found)
    words = "; ".join([*found.ill, *found.well])
    return Probe(NAME, not found.ill, words, tuple(found.missing), tuple(found.notes), uploads)


async def _sign_in(site: Site, found: _Found) -> None:
    back = site.url + DONE
    try:
        await site.provider.keys()
        sent_back, saw = await site.provider.sends_back_to(back)
        proven = await site.provider.takes_our_proof(back)
    except SystemFault as fault:
        found.ill.append(str(fault))
        return
    if not proven:
        found.ill.append("the sign-in does not take the app's secret or certificate")
        found.missing.append(CREDENTIAL)
    if sent_back is False:
        found.ill.append(f"the sign-in does not send people back to {back}: {saw}")
        found.missing.append(
            Grant(f"{back} as a redirect URI (App registrations, Authentication, Web)", "people come back there")
        )
    elif sent_back is None:
        found.notes.append(f"only a sign-in shows whether people are sent back to {back}: {saw}")
    if proven and sent_back is not False:
        found.well.append("people can sign in")


async def _groups(site: Site, found: _Found) -> None:
    if not site.groups.administrators:
        found.notes.append(_NO_ADMINISTRATOR)
    for role, groups in (("administrators", site.groups.administrators), ("helpdesk", site.groups.helpdesk)):
        try:
            for group in groups:
                await _group(site, role, group, found)
        except AccessDenied:
            found.notes.append(_ASKS_GROUPS)
            return
        except SystemFault as fault:
            found.ill.append(str(fault))
            return


async def _group(site: Site, role: str, group: str, found: _Found) -> None:
    """Raises SystemFault where the directory does not say."""
    try:
        if await anext(aiter(site.census.members(group)), None) is None:
            found.notes.append(f"the group {group} of [portal] {role} has no members")
    except PersonGone:
        if is_object_id(group):
            found.ill.append(f"there is no group {group}, which [portal] {role} names")
        else:
            found.notes.append(f"no group is called {group!r}, so that [portal] {role} takes it for an app role")


async def _uploads(site: Site, found: _Found) -> bool | None:
    """None where people may give no pictures, or nobody knows."""
    if site.giving is None:
        return None
    probe = await site.giving.route.target.probe()
    said = f"{probe.system}: {probe.words}"
    (found.well if probe.works else found.ill).append(said)
    found.missing += probe.missing
    found.notes += probe.notes
    return probe.can_write
