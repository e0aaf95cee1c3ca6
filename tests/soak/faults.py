"""The tenant's faults that the story asks for: each lasts until somebody has met it, whoever is killed meanwhile."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from tests.soak.ground import Ground
from tests.tenant_control import ControlError


@dataclass
class Posted:
    """One of them. about: the number of the person whom alone it is about. seen: requests of its sort."""

    fault: dict[str, Any]
    about: int | None
    id: str = ""
    met: int = 0
    seen: int = 0

    def __str__(self) -> str:
        of = "" if self.about is None else f" of person {self.about}"
        return f"{self.fault}{of}: met {self.met} times, {self.seen} requests of its sort"


@dataclass
class Faults:
    """The tenant keeps account of who has met which; what it has told by then is kept where it is killed."""

    ground: Ground
    posted: list[Posted] = field(default_factory=list)
    _there: list[Posted] = field(default_factory=list)

    def post(self, fault: dict[str, Any], about: int | None, upn: str | None) -> Posted:
        """Have it go wrong from now on."""
        one = Posted(fault | ({} if upn is None else {"person": upn}), about)
        self.posted.append(one)
        self._post(one)
        return one

    def look(self) -> None:
        """Take down what the tenant tells; a fault whose turn others have taken has another."""
        with contextlib.suppress(ControlError, OSError):
            told = {one["id"]: one for one in self.ground.tenant.control.faults()}
            for one in [one for one in self._there if one.id in told]:
                one.met, one.seen = told[one.id]["met"], max(one.seen, told[one.id]["seen"])
                passed = one.fault["nth"] + one.fault["times"] if one.fault.get("times") else None
                if not one.met and passed is not None and told[one.id]["seen"] >= passed:
                    self.take_back(one)
                    self._post(one)

    def take_back(self, one: Posted) -> None:
        """It goes wrong no more. Of one that was lost with the tenant another may have the name now."""
        if one in self._there:
            self._there.remove(one)
            with contextlib.suppress(ControlError, OSError):  # killed meanwhile, and its faults with it
                self.ground.tenant.control.delete_fault(one.id)

    def post_again(self) -> None:
        """After the tenant was killed, which keeps none: those that nobody had met."""
        lost, self._there = self._there, []
        for one in lost:
            if not one.met:
                self._post(one)

    def unmet(self) -> list[Posted]:
        """Those that nobody has met yet."""
        return [one for one in self.posted if not one.met]

    def never_struck(self) -> list[Posted]:
        """The same at the end, but for those about a person whom nobody wrote: there was nothing for them to meet."""
        return [one for one in self.unmet() if one.about is None or one.seen >= one.fault["nth"]]

    def _post(self, one: Posted) -> None:
        one.id = self.ground.tenant.control.post_fault(**one.fault)["id"]
        self._there.append(one)
