"""What works with the real credentials, tried without a trace."""

from __future__ import annotations

from samepic.model.system import Probe
from samepic.ports.errors import AccessDenied, SystemFault
from samepic.systems.sharepoint_online.library import Library
from samepic.systems.sharepoint_online.profiles import Profiles
from samepic.systems.sharepoint_online.settings import SharePointOnlineSettings
from samepic.transport.tokens import SIGN_IN


async def probe(settings: SharePointOnlineSettings, library: Library, profiles: Profiles) -> Probe:
    """The library, its folder, a profile that cannot exist, and whether one might be written."""
    name = settings.name
    try:
        items = await library.count()
        folder = await library.folder()
        await profiles.read("samepic-probe@samepic.invalid")
        may_write = await profiles.may_write() if settings.writes else None
    except AccessDenied as error:
        return Probe(name, works=False, words=str(error), missing=error.missing)
    except SystemFault as error:
        return Probe(name, works=False, words=str(error))
    facts = {"items": str(items), "folder": folder}
    if may_write is False:
        return Probe(
            name,
            works=False,
            words="files can be written, but profiles of other people cannot: this tenant denies that to apps",
            missing=(SIGN_IN,),
            can_write=False,
            facts={**facts, "app_only_profile_writes": "denied"},
        )
    return Probe(name, works=True, words=f"{items} items in {settings.library}", can_write=may_write, facts=facts)
