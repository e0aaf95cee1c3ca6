"""`samepic status`: how each route stands, from what is remembered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from samepic.cli import session
from samepic.cli.options import Config, Json, Log, LogFormat, RouteName
from samepic.cli.orders import order
from samepic.cli.outcome import hold_as_json, people
from samepic.cli.plans import event_as_json
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.runs import as_row
from samepic.model.decision import Reason
from samepic.model.held import PlanEvent, Said, Standing
from samepic.model.outcome import RouteStatus, RunRecord
from samepic.model.plan import Hold
from samepic.model.text import one_line
from samepic.planning.hold_words import STANDINGS
from samepic.planning.words import REASONS
from samepic.wiring import Assembly


def status(
    config: Config = None, route: RouteName = None, as_json: Json = False, log_format: Log = LogFormat.TEXT
) -> None:
    """Show how each route stands as its last run left it.

    No system is asked; `samepic plan` looks anew. What people gave in the portal comes last, as portal:exchange_online.
    """
    settings = session.configuration(config, log_format)

    async def ask(assembly: Assembly) -> RouteStatus:
        return await assembly.engine.status()

    found, given = [], None
    for chosen in session.with_what_is_given(settings, route):
        one = session.run_chosen(settings, chosen, ask)
        if not chosen.gives:
            found.append(one)
        elif one.remembered or one.unfinished or route is not None:
            given = one
    service = order(settings, do="status")
    if as_json:
        of_portal = _given_as_json(given) if given is not None else None
        print_json({"routes": [_as_json(one) for one in found], "given": of_portal, "service": service})
        return
    for one in found:
        _show(one, reader())
    if given is not None:
        _show_given(given, reader(), goes_on=settings.settings.portal.uploads == "app")
    _show_service(service, {one.route for one in found}, reader())


def _as_json(one: RouteStatus) -> dict[str, Any]:
    return {
        "route": one.route,
        "remembered": one.remembered,
        "counts": {reason.value: count for reason, count in one.counts.items()},
        "counted": as_row(one.counted) if one.counted else None,
        "requested": one.requested,
        "last": as_row(one.last) if one.last else None,
        "running": as_row(one.running) if one.running else None,
        "held": hold_as_json(one.held) if one.held else None,
        "held_plan": one.held_plan,
        "held_last": event_as_json(one.held_last) if one.held_last else None,
        "unfinished": one.unfinished,
        "last_full": _full_as_json(one),
        "news": one.news,
    }


def _given_as_json(one: RouteStatus) -> dict[str, Any]:
    return {"route": one.route, "remembered": one.remembered, "unfinished": one.unfinished}


def _show_given(one: RouteStatus, console: Console, *, goes_on: bool) -> None:
    """No run goes over it: people do, one at a time. goes_on: whether they may still."""
    did = f"{people(one.remembered)} gave a picture in the portal, or took one back"
    console.print(f"[bold]{one.route}[/]: {did}", highlight=False)
    if one.unfinished:
        words = "1 write was" if one.unfinished == 1 else f"{one.unfinished:,} writes were"
        rest = "`samepic serve` finishes it at its start"
        if not goes_on:
            rest = 'nobody finishes it with \\[portal] uploads = "off"; `samepic vault forget PERSON` forgets it too'
        console.print(f"  {words} interrupted; {rest}.", highlight=False)


def _full_as_json(one: RouteStatus) -> dict[str, Any] | None:
    if one.heard is None:
        return None
    began, ended = one.heard.full_began_at, one.heard.full_ended_at
    return {"began_at": began.isoformat(), "ended_at": ended.isoformat()}


def _show(one: RouteStatus, console: Console) -> None:
    console.print(f"[bold]{one.route}[/]: {people(one.remembered)} remembered", highlight=False)
    if one.running is not None:
        console.print(f"  A run is at work since {one.running.started_at:%Y-%m-%d %H:%M:%S} UTC.", highlight=False)
    if one.last is None:
        console.print("  No run yet; `samepic plan` shows what a sync would do.")
        return
    console.print(f"  Last run: {_named(one.last)}, {one.last.state}.", highlight=False)
    if one.heard is not None:
        last = f"  Last full sweep that ended well: {one.heard.full_began_at:%Y-%m-%d %H:%M:%S} UTC"
        console.print(f"{last}; news since then of {people(one.news)}.", highlight=False)
    if one.counted is not None:
        _show_counts(one, one.counted, console)
    if one.held is not None:
        _show_held(one.held, one.held_last, console)
        console.print(f"  Look at it: samepic plans {one.held_plan}", highlight=False)
    if one.unfinished:
        words = "1 write was" if one.unfinished == 1 else f"{one.unfinished:,} writes were"
        console.print(f"  {words} interrupted; the next run finishes what was begun.", highlight=False)


def _show_held(held: Hold, last: PlanEvent | None, console: Console) -> None:
    """How the plan stands now: a word may have been given since the run that held it."""
    said = last.said if last is not None else Said()
    by = f" by {said.who}" if said.who else ""
    why = f": {said.why.rstrip('.')}" if said.why else ""
    match last.what if last is not None else Standing.HELD:
        case Standing.APPROVED:
            words = f"{by}{why}. Waits for the next `samepic sync`, which does it if the facts are the same."
            console.print(f"  [bold green]Approved[/]{escape(one_line(words))}", highlight=False)
        case Standing.REJECTED if held.reason != "rejected":
            words = f"{by}{why}. It stays held until the facts change."
            console.print(f"  [bold yellow]Rejected[/]{escape(one_line(words))}", highlight=False)
        case Standing.HELD | Standing.REJECTED:  # a run that came to a rejected plan names who rejected it, and why
            console.print(f"  [bold yellow]Held:[/] {escape(held.words)}", highlight=False)
            return
        case other:
            console.print(f"  {STANDINGS[other]}", highlight=False)
    console.print(f"  It was held because: {escape(held.words)}", highlight=False)


def _show_service(service: dict[str, Any] | None, routes: set[str], console: Console) -> None:
    """When each route is swept next; nothing where no service is at work."""
    if service is None:
        return
    console.print(f"The service is at work: {service['who']}.", highlight=False, markup=False)
    for route in service["routes"]:
        if route["route"] in routes:
            when = (route["under_way"] and "a sweep is at work") or _when(route["next"], route["time_zone"])
            if route["next_full"] is not None and (route["under_way"] or route["next_full"] != route["next"]):
                when += f", next full sweep {_at(route['next_full'], route['time_zone'])}"
            console.print(f"  {route['route']}: {when}.", highlight=False, markup=False)


def _when(moment: str | None, zone: str) -> str:
    if moment is None:
        return "no schedule"
    return f"next sweep {_at(moment, zone)}"


def _at(moment: str, zone: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} in {zone}"


def _show_counts(one: RouteStatus, counted: RunRecord, console: Console) -> None:
    if one.last != counted:
        console.print(f"  Counted by the {_named(counted)}:", highlight=False)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", min_width=min(10, console.width // 6))
    table.add_column(overflow="fold")
    for reason in Reason:
        if one.counts.get(reason):
            table.add_row(f"{one.counts[reason]:,}", reason.value, REASONS[reason].meaning)
    console.print(table)
    if one.requested:
        what = "picture" if one.requested == 1 else "pictures"
        words = "changed by requests, restores or incremental sweeps"
        console.print(f"  Since then, {one.requested:,} {what} {words}.", highlight=False)


def _named(record: RunRecord) -> str:
    return f"{record.kind} of {record.started_at:%Y-%m-%d %H:%M:%S} UTC"
