"""What the portal needs beside its systems, tried with the real credentials; nothing is written anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from samepic.model.person import is_object_id
from samepic.model.sayings import saying, together
from samepic.model.system import Grant, Probe
from samepic.portal.sign_in.routes import DONE
from samepic.portal.site import Site
from samepic.ports.errors import AccessDenied, PersonGone, SystemFault
from samepic.transport.tokens import CREDENTIAL

NAME = "portal"


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
    return Probe(
        NAME, not found.ill, together([*found.ill, *found.well]), tuple(found.missing), tuple(found.notes), uploads
    )


async def _sign_in(site: Site, found: _Found) -> None:
    back = site.url + DONE
    try:
        await site.provider.keys()
        sent_back, saw = await site.provider.sends_back_to(back)
        proven = await site.provider.takes_our_proof(back)
    except SystemFault as fault:
        found.ill.append(fault.said)
        return
    if not proven:
        found.ill.append(saying("probe_no_proof"))
        found.missing.append(CREDENTIAL)
    if sent_back is False:
        found.ill.append(saying("probe_not_back", back=back, saw=saw))
        found.missing.append(Grant(saying("grant_redirect", back=back), saying("grant_back")))
    elif sent_back is None:
        found.notes.append(saying("note_back_untold", back=back, saw=saw))
    if proven and sent_back is not False:
        found.well.append(saying("probe_sign_in"))


async def _groups(site: Site, found: _Found) -> None:
    if not site.groups.administrators:
        found.notes.append(saying("note_no_administrator"))
    for role, groups in (("administrators", site.groups.administrators), ("helpdesk", site.groups.helpdesk)):
        try:
            for group in groups:
                await _group(site, role, group, found)
        except AccessDenied:
            found.notes.append(saying("note_asks_groups"))
            return
        except SystemFault as fault:
            found.ill.append(fault.said)
            return


async def _group(site: Site, role: str, group: str, found: _Found) -> None:
    """Raises SystemFault where the directory does not say."""
    try:
        if await anext(aiter(site.census.members(group)), None) is None:
            found.notes.append(saying("note_group_empty", group=group, role=role))
    except PersonGone:
        if is_object_id(group):
            found.ill.append(saying("probe_no_group", group=group, role=role))
        else:
            found.notes.append(saying("note_app_role", group=group, role=role))


async def _uploads(site: Site, found: _Found) -> bool | None:
    """None where people may give no pictures, or nobody knows."""
    if site.giving is None:
        return None
    probe = await site.giving.route.target.probe()
    said = saying("of_system", system=probe.system, words=probe.words)
    (found.well if probe.works else found.ill).append(said)
    found.missing += probe.missing
    found.notes += probe.notes
    return probe.can_write
