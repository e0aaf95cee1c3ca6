"""A person's word about a plan that is held: who gives it, and which route's plan it is about."""

from __future__ import annotations

import os
import pwd
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from samepic.cli import session
from samepic.config.load import Configuration
from samepic.engine import NoSuchPlan, NotWaiting
from samepic.model.held import Said
from samepic.model.plan import PlanId
from samepic.wiring import Assembly

T = TypeVar("T")

Plan = Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id, as `samepic plans` lists it.")]
Who = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who says so; else the name of your account on this machine.")
]
WhyApproved = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why the plan is approved.")]
WhoApproves = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who approves it; else your account.")]


def said(who: str | None, why: str) -> Said:
    """A person's word, with the account that typed it beside the name they give."""
    account = _account()
    return Said((who or "").strip() or account, why.strip(), account)


def said_with(approve: str | None, who: str | None, why: str) -> Said:
    """The word that a run is told beside `--approve`; ends the command where there is a word and nothing approved."""
    if (who or why) and not approve:
        raise session.fail("--as and --why go with --approve PLAN: who approves the plan, and why")
    return said(who, why)


def about(plan: PlanId, settings: Configuration, route: str | None, work: Callable[[Assembly], Awaitable[T]]) -> T:
    """Do the work for the route whose plan it is; ends the command where none has held it, or it waits no more."""
    missing: NoSuchPlan | None = None
    for chosen in session.routes(settings, route):
        try:
            return session.run(settings, chosen, work)
        except NoSuchPlan as error:
            missing = error
        except NotWaiting as error:
            raise session.fail(str(error)) from None
    raise session.fail(str(missing))


def _account() -> str:
    """By the account's number: an environment variable would say whatever it was told to."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
