"""The size that an AVIF's own data has, whatever the boxes around it say (AV1 specification, 5.5)."""

from __future__ import annotations

_SEQUENCE_HEADER, _TEMPORAL_DELIMITER = 1, 2
_MOST_BYTES = 64
"""Of an item: a sequence header comes first and is shorter."""


def sequence_size(data: bytes) -> tuple[int, int] | None:
    """Width and height by the sequence header that an item begins with; None where it begins with something else."""
    at = 0
    data = data[:_MOST_BYTES]
    while at + 1 < len(data):
        kind, flags, at = data[at] >> 3, data[at] & 7, at + 1
        if data[at - 1] == 0 or not flags & 2:  # forbidden bit and kind, or no size: nothing that is written so
            return None
        at += flags >> 2  # an extension of one byte
        length, at = _leb128(data, at)
        if kind == _SEQUENCE_HEADER:
            return _size(_Bits(data[at:]))
        if kind != _TEMPORAL_DELIMITER:
            return None
        at += length
    return None


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


class _Bits:
    """Reads numbers from the most significant bit on. Raises IndexError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> int:
        """The next `count` bits as a number."""
        value = 0
        for _ in range(count):
            value = value << 1 | self._data[self._at >> 3] >> (7 - self._at % 8) & 1
            self._at += 1
        return value

    def variable(self) -> None:
        """Pass over a number of variable length (4.10.3)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        self.take(zeros)


def _size(bits: _Bits) -> tuple[int, int]:
    """The fields before the size differ between a still picture's short header and a film's."""
    bits.take(3 + 1)  # profile, still picture
    if bits.take(1):  # reduced
        bits.take(5)
    else:
        _pass_timing(bits)
    across, down = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(across) + 1, bits.take(down) + 1


def _pass_timing(bits: _Bits) -> None:
    delay_bits = 0
    has_model = 0
    if bits.take(1):  # timing info
        bits.take(64)
        if bits.take(1):  # equal picture interval
            bits.variable()
        has_model = bits.take(1)
        if has_model:
            delay_bits = bits.take(5) + 1
            bits.take(32 + 5 + 5)
    has_delay = bits.take(1)
    for _ in range(bits.take(5) + 1):  # operating points
        bits.take(12)
        if bits.take(5) > 7:  # level
            bits.take(1)
        if has_model and bits.take(1):
            bits.take(2 * delay_bits + 1)
        if has_delay and bits.take(1):
            bits.take(4)
