"""Addresses below `/_api` resolved to what they mean, without a look at what is stored.

Sources: sp-dev-docs `working-with-folders-and-files-with-rest.md`, `working-with-lists-and-list-items-with-rest.md`;
names from the $metadata that Office365-REST-Python-Client carries (SharePoint.xml).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from localtenant.sharepoint.errors import bad_query, no_resource
from localtenant.sharepoint.names import LIBRARY
from localtenant.sharepoint.odata import Segment

START = Segment("")


@dataclass(frozen=True, slots=True)
class Target:
    """What an address leads to. `kind` names the resource or the method; the rest is what its steps said.

    path: of a file or a folder, server-relative. unique_id: of either, where it is named so. item_id: of a list item.
    last: the final step, with its arguments.
    """

    kind: str
    path: str = ""
    item_id: int | None = None
    unique_id: str | None = None
    title: str | None = None
    last: Segment = START


Step = Callable[[Target, Segment], Target]


def resolve(steps: Sequence[Segment]) -> Target:
    """The target of an address; 404 with the vendor's words for a step that leads nowhere."""
    target = Target("api")
    for segment in steps:
        name = segment.name.casefold()
        step = _STEPS.get((target.kind, name, segment.called)) or _STEPS.get((target.kind, name, None))
        if step is None:
            raise no_resource(segment.name)
        target = replace(step(target, segment), last=segment)
    return target


def _to(kind: str) -> Step:
    return lambda target, _: replace(target, kind=kind)


def _text(segment: Segment, *names: str) -> str:
    found = segment.argument(*names)
    if not isinstance(found, str):
        raise bad_query(f"The method {segment.name} takes a text.")
    return found


def server_relative(path: str) -> str:
    """A path with one slash in front and none behind; whole URLs lose their origin."""
    if "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    return "/" + path.strip("/")


def _by_path(kind: str) -> Step:
    names = ("serverrelativeurl", "serverrelativepath", "decodedurl", "url", "path")
    return lambda target, s: replace(target, kind=kind, path=server_relative(_text(s, *names)))


def _by_id(kind: str) -> Step:
    return lambda target, s: replace(target, kind=kind, unique_id=_text(s, "uniqueid", "id").strip("{}").lower())


def _inside(kind: str) -> Step:
    return lambda target, s: replace(target, kind=kind, path=f"{target.path}/{_text(s, 'name', 'url', 'decodedurl')}")


def _list(target: Target, segment: Segment) -> Target:
    return replace(
        target, kind="list", title=_text(segment, "title", "strtitle", "id", "strurl", "strlisturl", "decodedurl")
    )


def _item(target: Target, segment: Segment) -> Target:
    found = segment.argument("id", "itemid")
    if isinstance(found, str) and found.isdigit():
        found = int(found)
    if not isinstance(found, int):
        raise bad_query(f"The method {segment.name} takes a number.")
    return replace(target, kind="item", item_id=found)


_STEPS: dict[tuple[str, str, bool | None], Step] = {
    ("api", "contextinfo", None): _to("contextinfo"),
    ("api", "web", False): _to("web"),
    ("api", "site", False): _to("site"),
    ("site", "rootweb", False): _to("web"),
    ("api", "sp.userprofiles.peoplemanager", None): _to("people"),
    ("api", "lists", False): _to("lists"),
    ("api", "lists", True): _list,
    ("web", "lists", False): _to("lists"),
    ("web", "lists", True): _list,
    ("web", "getlist", True): _list,
    ("web", "getlistusingpath", True): _list,
    ("lists", "getbytitle", True): _list,
    ("lists", "getbyid", True): _list,
    ("list", "items", False): _to("items"),
    ("list", "items", True): _item,
    ("list", "getitembyid", True): _item,
    ("items", "getbyid", True): _item,
    ("list", "rootfolder", False): lambda target, _: replace(target, kind="folder", path=LIBRARY),
    ("item", "file", False): _to("file"),
    ("web", "getfilebyserverrelativeurl", True): _by_path("file"),
    ("web", "getfilebyserverrelativepath", True): _by_path("file"),
    ("web", "getfilebyurl", True): _by_path("file"),
    ("web", "getfolderbyserverrelativeurl", True): _by_path("folder"),
    ("web", "getfolderbyserverrelativepath", True): _by_path("folder"),
    ("web", "getfilebyid", True): _by_id("file"),
    ("web", "getfolderbyid", True): _by_id("folder"),
    ("web", "rootfolder", False): lambda target, _: replace(target, kind="folder", path=""),
    ("web", "folders", False): lambda target, _: replace(target, kind="folders", path=""),
    ("folder", "folders", False): _to("folders"),
    ("folder", "folders", True): _inside("folder"),
    ("folders", "getbyurl", True): _inside("folder"),
    ("folders", "add", True): _to("folders_add"),
    ("folders", "addusingpath", True): _to("folders_add"),
    ("folder", "files", False): _to("files"),
    ("folder", "files", True): _inside("file"),
    ("files", "getbyurl", True): _inside("file"),
    ("files", "add", True): _to("files_add"),
    ("files", "addusingpath", True): _to("files_add"),
    ("file", "$value", False): _to("value"),
    ("file", "openbinarystream", None): _to("value"),
    ("file", "listitemallfields", False): _to("item"),
    ("file", "deleteobject", None): _to("file_delete"),
    **{
        ("people", name.casefold(), None): _to(name)
        for name in (
            "GetMyProperties",
            "GetPropertiesFor",
            "GetUserProfilePropertyFor",
            "GetUserProfileProperties",
            "SetSingleValueProfileProperty",
            "SetMultiValuedProfileProperty",
            "SetMyProfilePicture",
        )
    },
}
