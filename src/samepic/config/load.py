"""Read samepic.toml; say everything that is wrong with it at once."""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from samepic.config import database_url
from samepic.config.lines import line_of
from samepic.config.secrets import MissingSecret
from samepic.config.settings import OPEN_CLIENT_ID, Settings

DEFAULT_FILE = "samepic.toml"
FILE_VARIABLE = "SAMEPIC_CONFIG"

_COMMENT = re.compile(r"(^|\s)#.*")
"""A `#` within a name is part of it: guests are called `jane_elsewhere.com#EXT#@contoso.com`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where (None: the file as a whole) and what is allowed."""

    line: int | None
    key: str
    words: str


class BadConfiguration(Exception):
    """The configuration cannot be used; `faults` has all there is to mend."""

    def __init__(self, path: Path, faults: tuple[Fault, ...]) -> None:
        self.path = path
        self.faults = faults
        lines = [f"{path}{f':{f.line}' if f.line else ''}: {f.key + ': ' if f.key else ''}{f.words}" for f in faults]
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings that hold, with the secrets fetched. Paths are absolute."""

    path: Path
    settings: Settings
    secret: str | None
    opted_out: dict[str, frozenset[str]]
    state_url: str | None = None
    """The state's database with its password; None: a file in the state's folder."""

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"Configuration({self.path})"

    def file(self, path: Path) -> Path:
        """A path of the configuration, relative to its folder."""
        return (self.path.parent / path).resolve()

    @property
    def state_folder(self) -> Path:
        """Where the state lies, and the vault beside it."""
        return self.file(self.settings.state.folder)


def find(explicit: Path | None) -> Path:
    """The file to read: as said, else $SAMEPIC_CONFIG, else ./samepic.toml."""
    return explicit or Path(os.environ.get(FILE_VARIABLE) or DEFAULT_FILE)


def load(path: Path) -> Configuration:
    """Read and check the file. Raises BadConfiguration with every fault there is."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        words = "there is no such file; `samepic init` writes one, --config names another"
        raise BadConfiguration(path, (Fault(None, "", words),)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(path, (Fault(None, "", f"cannot be read: {error}"),)) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(path, (Fault(None, "", f"is not TOML: {error}"),)) from None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        faults = _faults(error, text) + _secret_faults(raw, path, text)
        raise BadConfiguration(path, faults) from None
    return _with_files(path.resolve(), settings, text)


def _with_files(path: Path, settings: Settings, text: str) -> Configuration:
    """Fetch what the settings point at; the faults are collected as those of the file itself are."""
    faults: list[Fault] = []
    cloud = settings.microsoft365
    secret = None
    if cloud.secret is not None:
        try:
            secret = cloud.secret.value(path.parent)
        except MissingSecret as error:
            faults.append(_fault(text, ("microsoft365", "secret"), str(error)))
    state_url = None
    try:
        state_url = _state_url(settings, path.parent)
    except MissingSecret as error:
        faults.append(_fault(text, ("state", "password"), str(error)))
    except ValueError as error:
        faults.append(Fault(None, database_url.VARIABLE, str(error)))
    if cloud.client_id == OPEN_CLIENT_ID:
        words = "is still open: register the application and put its id here (docs/how-to/connect-microsoft-365.md)"
        faults.append(_fault(text, ("microsoft365", "client_id"), words))
    for key in ("certificate", "ca_file"):
        file = getattr(cloud, key)
        if file is not None and not (path.parent / file).is_file():
            faults.append(_fault(text, ("microsoft365", key), f"there is no file {path.parent / file}"))
        elif file is not None and key == "ca_file" and not _holds_authorities(path.parent / file):
            words = f"{path.parent / file} holds no certificate in PEM; ask your network's people for their authority's"
            faults.append(_fault(text, ("microsoft365", key), words))
    opted_out: dict[str, frozenset[str]] = {}
    for index, route in enumerate(settings.routes):
        listed = [*route.opted_out]
        if route.opted_out_file is not None:
            try:
                lines = (path.parent / route.opted_out_file).read_text(encoding="utf-8-sig").splitlines()
                listed += [_COMMENT.sub("", line) for line in lines]
            except (OSError, UnicodeDecodeError) as error:
                # Without the list nobody can be left out: that must not pass for an empty list.
                faults.append(_fault(text, ("routes", index, "opted_out_file"), f"cannot be read: {error}"))
        opted_out[route.name] = frozenset(_folded(entry) for entry in listed if entry.strip())
    if faults:
        raise BadConfiguration(path, tuple(faults))
    return Configuration(path, settings, secret, opted_out, state_url)


def _state_url(settings: Settings, folder: Path) -> str | None:
    """The variable goes before the file. Raises MissingSecret, and ValueError where the variable is no address."""
    told = os.environ.get(database_url.VARIABLE, "").strip()
    if told:
        database_url.refuse(told)
        return told
    state = settings.state
    if state.url is None or state.password is None:
        return state.url  # libpq finds a password in its own places: PGPASSWORD, ~/.pgpass, a certificate
    return database_url.with_password(state.url, state.password.value(folder))


def _holds_authorities(file: Path) -> bool:
    import ssl  # loaded by the client anyway; whoever has no file of their own need not wait for it here

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except OSError:  # ssl.SSLError is one
        return False
    return True


def _folded(entry: str) -> str:
    """As keys are compared; composed, because some editors take an accented letter apart."""
    return unicodedata.normalize("NFC", entry.strip()).casefold()


def _secret_faults(raw: dict[str, Any], path: Path, text: str) -> tuple[Fault, ...]:
    """A missing secret is told together with the file's other faults, as far as its source can be read."""
    from samepic.config.secrets import SecretSource

    try:
        SecretSource.model_validate(raw["microsoft365"]["secret"]).value(path.parent)
    except MissingSecret as error:
        return (_fault(text, ("microsoft365", "secret"), str(error)),)
    except (KeyError, TypeError, ValidationError):
        pass
    return ()


def _faults(error: ValidationError, text: str) -> tuple[Fault, ...]:
    found = []
    for item in error.errors(include_url=False, include_input=False):
        location = item["loc"]
        words = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            words = f"is not known here; there are: {', '.join(_allowed(location[:-1]))}"
        elif item["type"] == "missing":
            words = "is missing"
        found.append(_fault(text, location, words))
    return tuple(found)


def _fault(text: str, location: tuple[str | int, ...], words: str) -> Fault:
    key = ""
    for part in location:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return Fault(line_of(text, location), key, words)


def _allowed(location: tuple[str | int, ...]) -> list[str]:
    """The keys of the section at a location."""
    model: type[BaseModel] = Settings
    for part in location:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _section(model.model_fields[part].annotation)
        if inner is not None:
            model = inner
    return list(model.model_fields)


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _section(inner)
        if found is not None:
            return found
    return None
