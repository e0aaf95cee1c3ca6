"""The switches where the documents contradict each other or are silent: names, values, the default first.

A behaviour is read by name where an answer is made: `tenant.behaviours["metadata_id"]`. Each value's source and
the request whose answer differs are in docs/reference/behaviours.md, generated from this table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One switch. `values[0]` is the default. `points` are the numbers of the contradiction it settles."""

    name: str
    values: tuple[str, ...]
    about: str
    points: tuple[int, ...] = ()


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("gate_hours", ("24", "48", "72"), "how long SharePoint waits between two pulls", (1,)),
    Behaviour("pull_trigger", ("own_large", "own_any", "any_page"), "which request of a picture pulls it", (2,)),
    Behaviour("large_px", ("300", "200", "240"), "the edge of the large thumbnail", (3,)),
    Behaviour("upscaling", ("enlarges", "never"), "whether thumbnails are enlarged beyond the original", (4,)),
    Behaviour("file_prefix", ("object_id", "mangled_upn"), "what SharePoint names its own files after", (5,)),
    Behaviour("userphoto_answer", ("bytes", "redirect"), "200 with the picture, or 302 to the library's file", (6,)),
    Behaviour("missing_picture", ("not_found", "one_pixel"), "404, or 200 with a 1x1 description", (7,)),
    Behaviour(
        "missing_code",
        ("ImageNotFound", "ErrorEntityNotFound", "ErrorItemNotFound"),
        "the 404's error code",
        (7,),
    ),
    Behaviour("metadata_id", ("240x240", "default"), "the id in a picture's description: its size, or a word", (8,)),
    Behaviour("put_status", ("200", "204"), "what a successful upload answers", (9,)),
    Behaviour("picture_store", ("exchange", "people_system"), "where people without a mailbox are shown from", (11,)),
    Behaviour("graph_fallback", ("directory", "none"), "whether Graph shows the directory's picture", (11, 13)),
    Behaviour("small_thumbnail", ("mailbox_first", "directory_first"), "which store answers EWS's HR48x48", (14,)),
    Behaviour("ews_unknown_user", ("404", "500"), "what EWS answers for an unknown address", (15,)),
    Behaviour("app_only_profile_writes", ("allowed", "denied"), "profile properties written by an app", (17,)),
    Behaviour("sharepoint_secrets", ("refused", "accepted"), "app tokens born of a secret at SharePoint", ()),
    Behaviour("large_folder_listing", ("refused", "served"), "listing a folder of more than 5,000 files", ()),
    Behaviour("folder_name", ("Profile Pictures", "Profilbilleder"), "the picture folder's localised name", ()),
    Behaviour("timestamp_zone", ("utc", "minus_8"), "the time zone of SPS-PictureTimestamp", (23,)),
    Behaviour(
        "placeholder_file",
        ("stored", "removed"),
        "what a pull that finds no picture leaves in the library",
        (26,),
    ),
    Behaviour("group_photo_app_only", ("allowed", "denied"), "a group's picture for an app", (27,)),
)


class UnknownBehaviour(ValueError):
    """No such switch, or no such value; the words say what there is."""


class Behaviours(Mapping[str, str]):
    """The switches as set. What they start with is what `restore` goes back to."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._values: dict[str, str] = {}
        self.change(chosen or {}, others_default=True)
        self._at_start = dict(self._values)

    def set(self, name: str, value: str) -> None:
        """Turn one switch; `-` and `_` are the same in a name."""
        self.change({name: value})

    def change(self, chosen: Mapping[str, str], *, others_default: bool = False) -> None:
        """Turn several switches, or none if one of them is unknown. Raises UnknownBehaviour."""
        checked = dict(_checked(name, value) for name, value in chosen.items())
        if others_default:
            self._values = {b.name: b.values[0] for b in BEHAVIOURS}
        self._values.update(checked)

    def restore(self) -> None:
        """All switches as at the start."""
        self._values = dict(self._at_start)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _checked(name: str, value: str) -> tuple[str, str]:
    name = name.replace("-", "_")
    known = {b.name: b for b in BEHAVIOURS}
    if name not in known:
        raise UnknownBehaviour(f"no behaviour is called {name!r}; there are: {', '.join(sorted(known))}")
    if value not in known[name].values:
        raise UnknownBehaviour(f"{name} is one of: {', '.join(known[name].values)}; not {value!r}")
    return name, value
