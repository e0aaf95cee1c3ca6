"""What a request hears of its budgets: the vendor's headers, and the vendor's refusal.

Graph: graph/throttling-limits, “regular responses” and “throttled responses”. SharePoint: RateLimit-* of draft-03, best
effort, from 80 % of an app's minute on, only to apps by themselves (sp-dev-docs; devblogs, “Prevent throttling …”).
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from localtenant.budgets.ask import Ask
from localtenant.budgets.costs import units_of
from localtenant.budgets.enforcing import MINUTE, Refusal, Share, Verdict
from localtenant.budgets.table import Per
from localtenant.faults.shapes import refusal as refusal_answer
from localtenant.tenant import Tenant

TELLS_FROM = 0.8
CONCURRENCY = ("ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
"""Code and words as people saw them (learn.microsoft.com answers 734143 and 1660054)."""


def headers_of(tenant: Tenant, ask: Ask, verdict: Verdict) -> dict[str, str]:
    """What an answer carries beside its own headers, whether it was let in or not."""
    shares = verdict.shares or {}
    if ask.family == "graph directory":
        return _of_directory(tenant, ask, verdict.refusal, shares)
    minute = shares.get(MINUTE)
    if minute is None or ask.person is not None or tenant.behaviours["ratelimit_headers"] == "none":
        return {}
    if minute.used < TELLS_FROM * minute.limit or (verdict.refusal and verdict.refusal.budget.name != MINUTE):
        return {}
    return {
        "RateLimit-Limit": str(minute.limit),
        "RateLimit-Remaining": str(minute.remaining),
        "RateLimit-Reset": str(minute.resets_in_seconds),
    }


def _of_directory(tenant: Tenant, ask: Ask, refused: Refusal | None, shares: Mapping[str, Share]) -> dict[str, str]:
    headers = {"x-ms-resource-unit": str(units_of(ask))} if ask.is_known else {}
    share = shares.get("directory")
    if share is not None and share.used > TELLS_FROM * share.limit:
        headers["x-ms-throttle-limit-percentage"] = f"{share.used / share.limit:.2f}"
    if refused is not None:
        writes = refused.budget.name == "directory_writes"
        kind, limit = ("WriteLimitExceeded", "Write") if writes else ("ResourceUnitLimitExceeded", "ReadWrite")
        headers["x-ms-throttle-information"] = kind
        headers["x-ms-throttle-scope"] = f"Tenant_Application/{limit}/{ask.app}/{tenant.tenant_id}"
    return headers


def refusal_of(tenant: Tenant, ask: Ask, request: Request, refused: Refusal) -> Response:
    """429, or at SharePoint 503 where the behaviour says so, with Retry-After."""
    status = int(tenant.behaviours["throttle_status"]) if ask.api == "sharepoint" else 429
    code, words = CONCURRENCY if refused.budget.name == "pictures_at_once" else (None, None)
    answer = refusal_answer(tenant, ask.api, request, status, code, words)
    answer.headers["Retry-After"] = str(refused.wait_seconds)
    return answer


def is_of_mailbox(tenant: Tenant, refused: Refusal) -> bool:
    """Whether only calls about the same mailbox have to wait."""
    if refused.budget.name == "pictures_at_once":
        return tenant.behaviours["picture_concurrency"] == "per_mailbox"
    return refused.budget.per is Per.APP_AND_MAILBOX
