"""What decisions rest on beside the facts: the rules, and what a policy says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from samepic.model.policy import Policy
from samepic.model.sayings import Saying, saying

RULES = 2
"""The version of the rules: one more whenever the same facts are decided otherwise than before."""

_RULES = "rules"
_NOT_OF_ONE_PERSON = frozenset({"hold_share", "hold_at_least", "hold_within", "hold_same", "retention"})
"""Of a policy, what decides when a plan waits and how long is kept what was; nobody's step is another for it."""


def grounds_of(policy: Policy) -> dict[str, str]:
    """What somebody's step may rest on, by setting, each as a digest: it says whether two are the same, and no more."""
    told = {
        one.name: _digest(getattr(policy, one.name)) for one in fields(policy) if one.name not in _NOT_OF_ONE_PERSON
    }
    return {_RULES: str(RULES)} | told


def other_grounds(before: Mapping[str, str], now: Mapping[str, str]) -> Saying | None:
    """In words, on what else decisions rest now; None where it is the same."""
    if not before:
        return saying("grounds_unknown")
    others = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if _RULES in others:
        return saying("other_rules")
    return saying("settings_changed", names=", ".join(others)) if others else None


def _digest(value: Any) -> str:
    text = "\n".join(sorted(value)) if isinstance(value, frozenset) else repr(value)
    return hashlib.sha256(f"{type(value).__name__}\n{text}".encode()).hexdigest()[:16]
