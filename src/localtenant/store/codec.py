"""Records as text and back, whatever frozen records there are."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from localtenant.store import records


def as_text(record: object) -> str:
    """JSON in which every record, time and choice names its type. Raises TypeError for what is no part of a record."""
    return json.dumps(_plain(record), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Any:
    """What `as_text` was given; fields that have been added since take their defaults."""
    return _living(json.loads(text))


def _plain(value: object) -> object:
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, datetime):
        return {"": "datetime", "at": value.isoformat()}
    if isinstance(value, StrEnum):
        return {"": type(value).__name__, "value": value.value}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type) and hasattr(records, type(value).__name__):
        return {"": type(value).__name__} | {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"{type(value).__name__} is no part of a record")


def _living(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_living(item) for item in plain)
    if not isinstance(plain, dict):
        return plain
    name = plain[""]
    if name == "datetime":
        return datetime.fromisoformat(plain["at"])
    made: type = getattr(records, name)
    if issubclass(made, StrEnum):
        return made(plain["value"])
    return made(**{key: _living(value) for key, value in plain.items() if key})
