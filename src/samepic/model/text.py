"""What people and systems wrote, made fit to be kept and to be shown.

A directory's names are other people's input. Kept, a text needs to be Unicode that can be encoded; shown, it is one
line that commands no terminal, begins no line of its own in a log, and turns nobody's reading direction.
"""

from __future__ import annotations

import re
from typing import Any

_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_TURNING = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Overrides, embeddings and isolates of the reading direction; the marks U+200E and U+200F turn nothing but spaces."""

_COMMANDS = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNING}\ud800-\udfff]")
_NOT_KEPT = re.compile("[\x00\ud800-\udfff]")
_STRANGE = "\ufffd"


def one_line(text: str) -> str:
    """The text as it may be shown: other white space becomes a space, a command the sign that stands for it."""
    return _COMMANDS.sub(_sign, text)


def several_lines(text: str) -> str:
    """The same for words of our own that have lines."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def keepable(value: Any) -> Any:
    """A value as JSON gives it, its texts without what no database and no request can carry.

    JSON may name half of a character (`"\\ud83d"`, a name cut within an emoji) and the character zero.
    """
    if isinstance(value, str):
        return _NOT_KEPT.sub(_STRANGE, value)
    if isinstance(value, dict):
        return {keepable(key): keepable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [keepable(inner) for inner in value]
    return value


def escaped(json_text: str) -> str:
    """JSON whose strings command no terminal: what JSON itself leaves as it is becomes its \\u notation."""
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def _sign(found: re.Match[str]) -> str:
    character = found[0]
    if character in _SPACES:
        return " "
    if character < " ":
        return chr(0x2400 + ord(character))
    return "\u2421" if character == "\x7f" else _STRANGE
