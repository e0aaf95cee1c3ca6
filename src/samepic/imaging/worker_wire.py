"""What goes over the pipes between this process and a worker: lengths, then JSON and plain bytes.

Whoever reads may not trust whoever writes: nothing here can run code, and every length has a bound.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_FACTS = 1 << 20
"""Bytes of JSON: a contact sheet's names are the longest."""

MOST_PARTS, MOST_BYTES = 1024, 64 << 20
"""Pictures in one message, and their bytes together."""

_HEAD = struct.Struct(">4sII")
_MARK = b"same"


class Garbled(Exception):
    """What came is no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """Facts that JSON can say, and encoded pictures beside them, in an order that both sides know."""

    facts: Mapping[str, Any]
    parts: Sequence[bytes] = field(default=(), repr=False)


def packed(message: Message) -> list[bytes]:
    """The message as it is sent, in pieces: a picture of megabytes is not copied for it."""
    facts = json.dumps(message.facts, separators=(",", ":")).encode()
    lengths = struct.pack(f">{len(message.parts)}I", *(len(part) for part in message.parts))
    return [_HEAD.pack(_MARK, len(facts), len(message.parts)), lengths, facts, *message.parts]


def unpacked(read: Callable[[int], bytes]) -> Message:
    """Read one message by `read`, which gives exactly as many bytes as it is asked for. Raises Garbled."""
    mark, facts_length, count = _HEAD.unpack(read(_HEAD.size))
    if mark != _MARK or facts_length > MOST_FACTS or count > MOST_PARTS:
        raise Garbled("no message begins like this")
    lengths = struct.unpack(f">{count}I", read(4 * count))
    if sum(lengths) > MOST_BYTES:
        raise Garbled("more pictures than a message carries")
    try:
        facts = json.loads(read(facts_length))
    except (ValueError, RecursionError):
        raise Garbled("the facts are no JSON") from None
    if not isinstance(facts, dict):
        raise Garbled("the facts have no names")
    return Message(facts, [read(length) for length in lengths])
