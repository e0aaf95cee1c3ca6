"""Writes docs/reference/reasons.md from the words in samepic.planning; a test sees that it is up to date."""

from __future__ import annotations

from pathlib import Path

from samepic.model.person import NotEligible
from samepic.planning import HOLDS, NOT_ELIGIBLE, REASONS, STANDINGS, WHEN, next_steps

PAGE = Path(__file__).parents[1] / "docs/reference/reasons.md"

INTRODUCTION = """# Reasons

Every person in a plan has exactly one reason, from this closed list. `samepic plan` counts them, `samepic explain
PERSON` says them in whole sentences, reports and logs use the same words. This page is made by
`.venv/bin/python tools/write_reasons.py` from `samepic.planning.words`.

Two rules stand above the table. A *placeholder* (one colour, a grey figure, or the target's own word that it shows
one) counts as no picture. And where a system has not told what it has, nothing is decided.

The facts are asked from the top; the first line that fits gives the reason.

| reason | the facts |
|---|---|
"""


def page() -> str:
    """The whole page, in Markdown."""
    table = "".join(f"| [{reason}](#{reason}) | {facts} |\n" for reason, facts in WHEN.items())
    return INTRODUCTION + table + "".join(_sections()) + _not_eligible() + _holds()


def _sections() -> list[str]:
    made = []
    for reason, words in REASONS.items():
        first, *others = next_steps(reason)
        steps = first + "".join(f" Under another policy: {step[0].lower()}{step[1:]}" for step in others)
        made.append(
            f"\n## {reason}\n\n{words.meaning}\n\n"
            f"- Next: {steps}\n- The person: {words.person_can}\n- The administrator: {words.administrator_can}\n"
        )
    return made


def _not_eligible() -> str:
    rows = "".join(
        f"| {why} | {(words := NOT_ELIGIBLE[why]).meaning} | {words.next_step} | {words.person_can} "
        f"| {words.administrator_can} |\n"
        for why in NotEligible
    )
    return (
        "\n## Who takes no part, and why\n\n"
        "| not_eligible | meaning | next | the person | the administrator |\n|---|---|---|---|---|\n" + rows
    )


def _holds() -> str:
    rows = "".join(f"| {name} | {meaning} | {advice} |\n" for name, (meaning, advice) in HOLDS.items())
    standings = "".join(f"| {standing} | {words} |\n" for standing, words in STANDINGS.items())
    return (
        "\n## Why a plan is held\n\n"
        "`held.reason` is the first of those that object, `held.objections` are all; "
        "[what to do](../how-to/when-a-plan-is-held.md), and [why these](../why/2026-11-22-hold.md).\n\n"
        "| held | meaning | the administrator |\n|---|---|---|\n" + rows + "\n## How a held plan stands\n\n"
        "`samepic plans` lists them by what happened to them last; nothing that happened is ever changed or removed."
        "\n\n| standing | meaning |\n|---|---|\n" + standings
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
