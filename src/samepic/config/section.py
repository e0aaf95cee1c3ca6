"""What every table of samepic.toml is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the file: unknown keys are faults, values are not changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def listening(value: str) -> str:
    """An address and a port. Raises ValueError."""
    host, _, port = value.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError('is an address and a port, as in "127.0.0.1:8470" or "[::1]:8470"')
    return value
