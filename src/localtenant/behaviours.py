"""The tenant's behaviours as they are set.

A behaviour is read by name where an answer is made: `tenant.behaviours["metadata_id"]`. The switches, with each
value's source and the request whose answer differs, are in `switches.py` and docs/reference/behaviours.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from localtenant.switches import BEHAVIOURS


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
