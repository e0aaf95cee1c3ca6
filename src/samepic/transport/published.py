"""The published budgets and what each call takes of them, read from budgets.toml beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from samepic.model.budget import Budget, BudgetName, Cost

_BATCH = "$batch of "


@dataclass(frozen=True, slots=True)
class Figure:
    """One budget as its page has it. limits: by the smallest number of licences that each holds for, ascending.

    standing: documented, or assumed where no page has a figure. scope: app, tenant or mailbox: who shares it.
    """

    name: BudgetName
    meaning: str
    unit: str
    window: timedelta | None
    limits: tuple[tuple[int, float], ...]
    scope: str
    page: str
    standing: str
    note: str

    def at(self, licences: int) -> float:
        """The figure for a tenant with so many licences."""
        return [limit for least, limit in self.limits if least <= licences][-1]


@dataclass(frozen=True, slots=True)
class Operation:
    """What one call takes. takes: units by budget. page: where that is documented, empty where it is assumed."""

    name: str
    takes: Cost
    page: str
    standing: str
    note: str


@dataclass(frozen=True, slots=True)
class Published:
    """The whole file."""

    figures: Mapping[BudgetName, Figure]
    operations: Mapping[str, Operation]

    def budgets(
        self, licences: int, own: Mapping[BudgetName, float] | None = None, time_scale: float = 1.0
    ) -> dict[BudgetName, Budget]:
        """Every budget that is kept, for a tenant of so many licences.

        own: figures that hold instead. time_scale: how many times as fast the other side's time passes.
        """
        return {
            name: Budget(
                name,
                (own or {}).get(name, figure.at(licences)),
                figure.window / time_scale if figure.window is not None else None,
            )
            for name, figure in self.figures.items()
            if figure.scope != "mailbox"
        }

    def cost(self, doing: str, parts: int = 1) -> Cost:
        """What a call takes. doing: the operation, or `$batch of` it, in which each of the parts counts.

        An operation that is not listed takes nothing.
        """
        operation = self.operations.get(doing.removeprefix(_BATCH))
        if operation is None:
            return {}
        if parts == 1:
            return operation.takes
        at_once = self.figures[BudgetName.PICTURES_AT_ONCE].at(0)
        return {
            name: min(parts * units, at_once) if name is BudgetName.PICTURES_AT_ONCE else parts * units
            for name, units in operation.takes.items()
        }


@cache
def published() -> Published:
    """The file, read once."""
    told = tomllib.loads(files("samepic.transport").joinpath("budgets.toml").read_text(encoding="utf-8"))
    pages = told["pages"]
    figures = {BudgetName(name): _figure(name, one, pages) for name, one in told["budgets"].items()}
    operations = {name: _operation(name, one, pages, told["draws"]) for name, one in told["operations"].items()}
    return Published(figures, operations)


def _figure(name: str, told: Mapping[str, Any], pages: Mapping[str, str]) -> Figure:
    seconds = told.get("seconds")
    return Figure(
        name=BudgetName(name),
        meaning=told["meaning"],
        unit=told["unit"],
        window=timedelta(seconds=seconds) if seconds else None,
        limits=tuple(sorted((int(least), float(limit)) for least, limit in told["limits"].items())),
        scope=told["scope"],
        page=pages[told["page"]],
        standing=told["standing"],
        note=told.get("note", ""),
    )


def _operation(name: str, told: Mapping[str, Any], pages: Mapping[str, str], draws: Mapping[str, Any]) -> Operation:
    takes = {BudgetName(budget): float(units) for of, units in told["of"].items() for budget in draws[of]}
    page = pages[told["page"]] if "page" in told else ""
    return Operation(name, takes, page, told["standing"], told.get("note", ""))
