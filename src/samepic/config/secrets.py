"""Secrets by reference: the file names where a secret is, never the secret itself."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator


class MissingSecret(Exception):
    """A secret is not where the configuration says. The words never hold any part of it."""


class SecretSource(BaseModel):
    """`{ env = "NAME" }`, `{ file = "PATH" }` or `{ command = "PROGRAM ARGUMENTS" }`: exactly one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str | None = None
    file: Path | None = None
    command: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _not_in_the_file(cls, value: object) -> object:
        if isinstance(value, str):
            raise ValueError(
                "a secret is not written in this file; "
                'use { env = "NAME" }, { file = "PATH" } or { command = "PROGRAM ARGUMENTS" }'
            )
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretSource:
        if sum(x is not None for x in (self.env, self.file, self.command)) != 1:
            raise ValueError("name exactly one of env, file, command")
        return self

    def value(self, relative_to: Path) -> str:
        """The secret without surrounding white space. `relative_to`: the folder of the configuration."""
        if self.env is not None:
            found = os.environ.get(self.env, "")
            where = f"the environment variable {self.env}"
        elif self.file is not None:
            path = relative_to / self.file
            where = f"the file {path}"
            try:
                found = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise MissingSecret(f"{where} cannot be read: {type(error).__name__}") from None
        else:
            found, where = self._from_command()
        if not found.strip():
            raise MissingSecret(f"{where} is empty or not set")
        return found.strip()

    def _from_command(self) -> tuple[str, str]:
        words = shlex.split(self.command or "")
        where = f"the command {words[0] if words else ''!r}"
        try:
            ran = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
        except (OSError, IndexError, subprocess.SubprocessError) as error:
            # The error's own text may hold the command's output.
            raise MissingSecret(f"{where} failed: {type(error).__name__}") from None
        return ran.stdout, where
