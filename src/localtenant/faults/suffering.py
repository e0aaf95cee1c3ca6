"""What happens to a request that meets a fault."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message

from localtenant.clock import SKEW
from localtenant.faults import paging
from localtenant.faults.cutting import Collected, send_changed, send_cut_body, send_cut_listing
from localtenant.faults.fault import Fault
from localtenant.faults.resetting import reset
from localtenant.faults.shapes import refusal
from localtenant.store.past import AS_OF, View
from localtenant.traffic import Ended, Exchange

if TYPE_CHECKING:
    from localtenant.tenant import Tenant

PAGE = """<!DOCTYPE html>
<html><head><title>Service unavailable</title></head>
<body><h1>Our services aren't available right now</h1><p>We're working to restore all services as soon as possible.
Please check back soon.</p></body></html>
"""
CORRUPTED_BYTES = 16
STEPS_PER_SECOND = 20
NEVER_STALE = frozenset({"userphoto.aspx"})  # it writes what it has read

Suffer = Callable[["Tenant", Fault, Exchange, ASGIApp], Awaitable[None]]


async def suffer(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    """Answer as the fault wants it, or not at all."""
    await _KINDS[fault.kind](tenant, fault, exchange, app)


async def _status(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    request = Request(exchange.scope)
    answer = refusal(tenant, exchange.ask.api, request, fault.status or 503, fault.code, fault.message)
    answer.headers.update(fault.headers)
    await answer(exchange.scope, exchange.receive, exchange.send)


async def _error_page(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    await HTMLResponse(PAGE)(exchange.scope, exchange.receive, exchange.send)


async def _expired_cursor(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    if not paging.has_cursor(exchange.scope):
        await app(exchange.scope, exchange.receive, exchange.send)
        return
    _account(fault, exchange)
    answer = paging.expired(tenant, exchange.ask.api, Request(exchange.scope), fault)
    answer.headers.update(fault.headers)
    await answer(exchange.scope, exchange.receive, exchange.send)


async def _hold_before(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    await exchange.whole_body()
    if await exchange.hold(fault) is Ended.RELEASED:
        await app(exchange.scope, exchange.receive, exchange.send)


async def _hold_after(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    collected = await _carried_out(exchange, app)
    if await exchange.hold(fault) is Ended.RELEASED:
        await send_changed(collected, None, exchange.send)


async def _stall(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    await exchange.whole_body()
    await exchange.hold(fault)
    reset(exchange.scope)


async def _reset_before(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    await exchange.whole_body()
    reset(exchange.scope)


async def _reset_after(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    await _carried_out(exchange, app)
    reset(exchange.scope)


async def _cut_body(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    await send_cut_body(await _carried_out(exchange, app), fault.share, exchange.send)


async def _corrupt_body(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    collected = await _carried_out(exchange, app)
    await send_changed(collected, corrupted(collected.body, fault.share, fault.met), exchange.send)


async def _slow_body(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    collected = await _carried_out(exchange, app)
    collected.declare(len(collected.body))
    await exchange.send(collected.start)
    step, at = max(1, fault.bytes_per_second // STEPS_PER_SECOND), 0
    while at < len(collected.body):
        ended = await exchange.hold(fault, step / fault.bytes_per_second)
        if ended is Ended.GONE:
            return
        upto = len(collected.body) if ended is Ended.RELEASED else at + step
        await exchange.send({"type": "http.response.body", "body": collected.body[at:upto], "more_body": True})
        at = upto
    await exchange.send({"type": "http.response.body", "body": b"", "more_body": False})


async def _cut_listing(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    if await send_cut_listing(await _carried_out(exchange, app), fault.share, exchange.send):
        _account(fault, exchange)


async def _repeat_page(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    collected = await _carried_out(exchange, app)
    changed = paging.repeated(collected.body, paging.own_address(exchange.scope))
    if changed is not None:
        _account(fault, exchange)
    await send_changed(collected, changed, exchange.send)


async def _skip_page(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    collected = await _carried_out(exchange, app)
    changed = await paging.skipped(collected.body, exchange.scope, app)
    if changed is not None:
        _account(fault, exchange)
    await send_changed(collected, changed, exchange.send)


async def _stale_reads(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    view = View(tenant.store.past, tenant.clock.now() - timedelta(seconds=fault.seconds))
    if not await _only_reads(exchange):
        await app(exchange.scope, exchange.receive, exchange.send)
        return
    before = AS_OF.set(view)
    try:
        await app(exchange.scope, exchange.receive, exchange.send)
    finally:
        AS_OF.reset(before)
        if view.shown:
            _account(fault, exchange)


async def _clock_skew(tenant: Tenant, fault: Fault, exchange: Exchange, app: ASGIApp) -> None:
    async def dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            others = [(name, value) for name, value in message.get("headers", []) if name.lower() != b"date"]
            date = format_datetime(tenant.clock.now(), usegmt=True)
            message["headers"] = [*others, (b"date", date.encode())]
        await exchange.send(message)

    before = SKEW.set(timedelta(seconds=fault.seconds))
    try:
        await app(exchange.scope, exchange.receive, dated)
    finally:
        SKEW.reset(before)


def corrupted(body: bytes, share: float, time: int) -> bytes:
    """As many bytes as before, some of them others: from `share` of the whole on. time: no two have the same ones."""
    at = int(len(body) * share)
    flips = 1 + (164 + 29 * time) % 255
    wrong = bytes(byte ^ flips for byte in body[at : at + CORRUPTED_BYTES])
    return body[:at] + wrong + body[at + len(wrong) :]


async def _carried_out(exchange: Exchange, app: ASGIApp) -> Collected:
    """Have the request carried out and counted; its answer goes nowhere yet."""
    collected = Collected()
    await app(exchange.scope, exchange.receive, collected.send)
    exchange.count(collected.start.get("status", 500))
    return collected


async def _only_reads(exchange: Exchange) -> bool:
    if exchange.ask.operation == "ProcessQuery":
        return b'Name="Set' not in await exchange.whole_body()
    return exchange.scope["method"] in ("GET", "HEAD") and exchange.ask.operation not in NEVER_STALE


def _account(fault: Fault, exchange: Exchange) -> None:
    fault.account((exchange.ask.app, exchange.ask.person, exchange.ask.operation))


_KINDS: dict[str, Suffer] = {
    "status": _status,
    "error_page": _error_page,
    "expired_cursor": _expired_cursor,
    "cut_listing": _cut_listing,
    "repeat_page": _repeat_page,
    "skip_page": _skip_page,
    "cut_body": _cut_body,
    "corrupt_body": _corrupt_body,
    "slow_body": _slow_body,
    "hold_before": _hold_before,
    "hold_after": _hold_after,
    "stall": _stall,
    "reset_before": _reset_before,
    "reset_after": _reset_after,
    "stale_reads": _stale_reads,
    "clock_skew": _clock_skew,
}
