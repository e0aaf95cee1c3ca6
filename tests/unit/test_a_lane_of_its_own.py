"""Whoever asks for their own picture waits for nothing that a sweep holds: no connection, and nobody else's lock."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web
from sqlalchemy import URL
from tests.office import opened
from tests.vendor import Vendor, says

from samepic.model.budget import Lane
from samepic.ports.budgets import calling_for
from samepic.transport.client import Meter

PATIENCE_S = 60.0
CONNECTIONS, OF_SWEEPS = 6, 4


async def test_a_sweep_whose_requests_all_stall_leaves_connections_to_a_person(vendor: Vendor) -> None:
    stalled, goes_on, most, waiting = 0, asyncio.Event(), 0, asyncio.Event()

    async def stalls(request: web.Request) -> web.StreamResponse:
        nonlocal stalled, most
        stalled += 1
        most = max(most, stalled)
        if stalled == OF_SWEEPS:
            waiting.set()
        await goes_on.wait()
        stalled -= 1
        return web.json_response({})

    vendor.answers |= {"/v1.0/everybody": stalls, "/v1.0/me": says({})}
    connection = vendor.connection(connections=CONNECTIONS, sweeps_at_once=OF_SWEEPS)
    systems = [connection.graph(Meter(name), grants=(), at_once=4) for name in ("source", "target")]
    sweep = [asyncio.create_task(system.get_json("/v1.0/everybody", doing="x")) for system in systems for _ in range(4)]
    await asyncio.wait_for(waiting.wait(), PATIENCE_S)
    with calling_for(Lane.REQUEST):
        for system in systems:
            assert await asyncio.wait_for(system.get_json("/v1.0/me", doing="x"), PATIENCE_S) == {}
    goes_on.set()
    await asyncio.gather(*sweep)
    assert most == OF_SWEEPS
    for system in systems:
        await system.aclose()


async def test_a_person_who_signs_in_first_does_not_wait_for_a_sweep_either(vendor: Vendor) -> None:
    goes_on, waiting = asyncio.Event(), asyncio.Event()

    async def stalls(request: web.Request) -> web.StreamResponse:
        waiting.set()
        await goes_on.wait()
        return web.json_response({})

    vendor.answers |= {"/v1.0/everybody": stalls, "/v1.0/me": says({})}
    connection = vendor.connection(sweeps_at_once=1)
    one, other = (connection.graph(Meter(name), grants=(), at_once=4) for name in ("source", "target"))
    sweep = asyncio.create_task(one.get_json("/v1.0/everybody", doing="x"))
    await asyncio.wait_for(waiting.wait(), PATIENCE_S)
    connection.tokens.discard(f"{connection.cloud.graph_resource}/.default", "tok-1")
    renewed = asyncio.create_task(other.get_json("/v1.0/everybody", doing="x"))  # the sweep's, and for all
    with calling_for(Lane.REQUEST):
        assert await asyncio.wait_for(other.get_json("/v1.0/me", doing="x"), PATIENCE_S) == {}
    goes_on.set()
    await asyncio.gather(sweep, renewed)
    for system in (one, other):
        await system.aclose()


def test_two_people_never_share_a_lock_however_many_a_sweep_holds(any_database: Path | URL) -> None:
    sweep, request = opened(any_database), opened(any_database)
    held = [sweep.person_lock("route", f"id-{number}") for number in range(300)]
    assert all(lock.take() for lock in held), "one has waited for another"
    assert not request.person_lock("route", "id-7").take()
    assert request.person_lock("another", "id-7").take()
    held[7].release()
    assert request.person_lock("route", "id-7").take()
    for one in (sweep, request):
        one.close()
