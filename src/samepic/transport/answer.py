"""What came back, whole and within its limit, and the vendor's words for what went wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from samepic.model.text import keepable, one_line
from samepic.transport.unspoken import without_secrets

_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]*\.?[\w-]*|(?<=Bearer )\S+")
_LONGEST_WORDS = 300
_LONGEST_PAGE = 20_000  # looked through for secrets before it is cut: half of one is none that would be known
_UNKEEPABLE = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)|\xed[\xa0-\xbf]")  # may be: a half of a character, or zero


def shortened(words: str) -> str:
    """Words for a reader: one line, not endless, and nothing in them that looks like a token."""
    line = " ".join(one_line(_TOKEN.sub("[token]", without_secrets(words[:_LONGEST_PAGE]))).split())
    return line if len(line) <= _LONGEST_WORDS else line[: _LONGEST_WORDS - 1] + "…"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Header names are in lower case. taken: what was decoded apart from the body, see batch_bodies."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    taken: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _understood: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Any 2xx; vendors differ in which."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON, its texts such as can be kept; ValueError where it is none, or nested too deep.

        Understood once: it is looked at to see whether the answer is whole, and by whoever asked. Nobody changes it.
        """
        if not self._understood:
            try:
                told = json.loads(self.body)
                self._understood.append(keepable(told) if _UNKEEPABLE.search(self.body) else told)
            except RecursionError:
                raise ValueError("JSON nested too deep") from None
        return self._understood[0]

    @property
    def told(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is anything else."""
        try:
            body = self.json()
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def error(self) -> tuple[str, str]:
        """The vendor's code and message, from any of the shapes that Graph, SharePoint and the authority use."""
        try:
            body = self.json()
        except ValueError:
            return "", self.body[:_LONGEST_PAGE].decode("utf-8", "replace")
        if not isinstance(body, dict):
            return "", ""
        if isinstance(body.get("error_description"), str):
            return str(body.get("error", "")), body["error_description"]
        told = body.get("odata.error") or body.get("error") or {}
        if not isinstance(told, dict):
            return "", str(told)
        message = told.get("message", "")
        if isinstance(message, dict):
            message = message.get("value", "")
        return str(told.get("code", "")), str(message)

    @property
    def words(self) -> str:
        """Status, code and message in one line that may be shown and logged."""
        code, message = self.error
        return shortened(f"{self.status} {code} {message}".strip())

    def wait(self, now: datetime | None = None) -> timedelta | None:
        """How long the vendor wants us to wait: the greater of `Retry-After` and `RateLimit-Reset`; None if neither.

        Source: how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online ("honor the greater of the two").
        `RateLimit-Reset` alone does not ask for a pause while `RateLimit-Remaining` is above nothing.
        """
        asked = [_retry_after(self.headers.get("retry-after"), now or datetime.now(UTC))]
        remaining = self.headers.get("ratelimit-remaining", "0").strip()
        if self.status >= 400 or remaining == "0":
            asked.append(_seconds(self.headers.get("ratelimit-reset")))
        told = [wait for wait in asked if wait is not None]
        return max(told) if told else None


def _seconds(value: str | None) -> timedelta | None:
    try:
        return timedelta(seconds=max(0.0, float(value))) if value else None
    except (ValueError, OverflowError):
        return None


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """RFC 9110 10.2.3: seconds, or an HTTP date."""
    seconds = _seconds(value)
    if seconds is not None or not value:
        return seconds
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(timedelta(0), at - now)
