"""Graph's `$batch`: up to twenty requests in one. Source: learn.microsoft.com/graph/json-batching"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from samepic.model.sayings import saying
from samepic.transport.answer import Answer
from samepic.transport.api import JSON, Api
from samepic.transport.batch_bodies import body_of
from samepic.transport.client import NOT_APPLIED

MOST = 20
"""Requests in one batch."""

_FAILED_DEPENDENCY = 424


@dataclass(frozen=True, slots=True)
class Inner:
    """A request within a batch, which only reads. `after`: the index of the one in it that has to be done first.

    body: makes it a POST, as some operations want that only tell something.
    """

    url: str  # below the version root, e.g. /users/{id}/photo
    after: int | None = None
    body: Mapping[str, Any] | None = None


async def batch(
    api: Api, inner: Sequence[Inner], *, doing: str, version: str = "v1.0", max_bytes: int = 16_000_000
) -> list[Answer]:
    """Answers in the order of `inner`; what stays busy has its last 429 or 5xx, and harms no other.

    What was refused for the moment is sent again without those that were answered.
    """
    if len(inner) > MOST:
        raise ValueError(f"{len(inner)} requests, more than {MOST}")
    patience, waited = api.patience, timedelta(0)
    found: dict[int, Answer] = {}
    left = list(range(len(inner)))
    for attempt in range(patience.attempts):
        found.update(await _send(api, inner, left, doing, version, max_bytes))
        left = [i for i in left if _again(i, inner, found)]
        if not left or attempt + 1 == patience.attempts:
            break
        for i in left:
            await api.heard(doing, found[i])
        asked = [wait for i in left if (wait := found[i].wait()) is not None]
        pause = patience.pause(attempt, max(asked, default=None))
        waited += pause
        if waited > patience.altogether:
            break
        await api.pause(pause)
    return [found[i] for i in range(len(inner))]


def _again(i: int, inner: Sequence[Inner], found: dict[int, Answer]) -> bool:
    """Whether a request is worth another sending: it was throttled, or hung on one that was."""
    answer, after = found[i], inner[i].after
    if answer.status == _FAILED_DEPENDENCY and after is not None:
        return _again(after, inner, found)
    return answer.status == 429 or answer.status >= 500


async def _send(
    api: Api, inner: Sequence[Inner], chosen: Sequence[int], doing: str, version: str, max_bytes: int
) -> dict[int, Answer]:
    requests: list[dict[str, Any]] = []
    for i in chosen:
        request: dict[str, Any] = {"id": str(i), "method": "GET", "url": inner[i].url}
        if (body := inner[i].body) is not None:
            request |= {"method": "POST", "headers": {"Content-Type": JSON}, "body": body}
        if inner[i].after in chosen:
            request["dependsOn"] = [str(inner[i].after)]
        requests.append(request)
    answer = await api.send(
        "POST",
        f"/{version}/$batch",
        doing=doing,
        body={"requests": requests},
        max_bytes=max_bytes,
        repeat=True,
        parse_json=True,
        bodies_apart=True,
        parts=len(chosen),
    )
    if not answer.ok:
        raise api.fault(answer, doing)
    try:
        parts = [(int(part["id"]), _answer(part, answer.taken)) for part in answer.json()["responses"]]
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError):
        raise api.out_of_contract(doing, saying("other_shape")) from None
    found = dict(parts)
    api.refused_within(part.status for part in found.values() if part.status in NOT_APPLIED)
    if len(parts) != len(chosen) or set(found) != set(chosen):  # two answers to one request: nobody knows which holds
        raise api.out_of_contract(doing, saying("batch_uneven", asked=str(len(chosen)), came=str(len(parts))))
    return found


def _answer(part: dict[str, Any], taken: Mapping[str, bytes]) -> Answer:
    """One inner answer; JSON bodies come as objects, others as base64."""
    headers = {str(k).lower(): str(v) for k, v in (part.get("headers") or {}).items()}
    body = part.get("body")
    if body is None:
        data = b""
    elif isinstance(body, str) and "json" not in headers.get("content-type", ""):
        data = body_of(body, taken)
    else:
        data = json.dumps(body).encode()
    return Answer(int(part["status"]), headers, data)
