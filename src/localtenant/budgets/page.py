"""`python -m localtenant.budgets.page` prints docs/reference/tenant-budgets.md."""

from __future__ import annotations

from collections.abc import Iterator

from localtenant.budgets.costs import COSTS
from localtenant.budgets.table import BUDGETS, LICENCES, PEOPLE, Budget, Shape

HEAD = """\
# Budgets of the local tenant

<!-- Written by `python -m localtenant.budgets.page`; change src/localtenant/budgets instead. -->

What Microsoft lets an application call, as its pages give it, and the tenant enforces it: a request over a budget is
refused as Microsoft refuses it. The figures are those of a tenant of its size: the directory's by its people,
SharePoint's by its licences, which are as many unless `samepic tenant serve --licences N` says otherwise.
`samepic tenant serve --budget NAME=VALUE` sets another figure, `NAME=off` none, `all=off` none at all (repeatable; the
last one counts); `PATCH /_tenant/budgets` does so while it runs ([control.md](control.md)). A figure is for each app,
each app and mailbox, each person, or the tenant with all its apps.

Only requests with a valid token, or of a signed-in person, draw on budgets. A refused request counts too (“throttled
requests count towards usage limits”, sp-dev-docs). Requests in a batch count one by one, and are refused one by one: a
batch at Graph is answered 200 with 429s inside, each with its own `Retry-After`.

## Pace

`--time-scale N`, up to 20, lets budgets and the gate between two pulls pass N times faster: a minute's budget is whole
again after 60/N seconds. Figures stay. Tokens, form digests, dates and clocks go by real time, and a client sleeps in
real time; so `Retry-After` and `RateLimit-Reset` are told in real seconds, rounded up to whole ones, one at least. At
a scale of 20 a budget of 10 seconds passes in half a second, while a client that waits as told waits for a second:
measure with spans that are long beside a second. `--latency MS` makes every API's answer take longer, by real
milliseconds; a batch once, not for each request in it. The switchboard under `/_tenant` is never slow or refused.

## The budgets
"""

ANSWERS = """\
## What an answer tells

- Refused: 429 with `Retry-After` in seconds; SharePoint also 503, behaviour `throttle_status`. Source: both pages.
- SharePoint, to an app by itself from 80 % of its minute on: `RateLimit-Limit`, `RateLimit-Remaining` and
  `RateLimit-Reset`; not where another budget refuses; behaviour `ratelimit_headers`. Source: sp-dev-docs, “RateLimit
  headers”; devblogs, “Prevent throttling in your application by using RateLimit headers”.
- Graph's directory: `x-ms-resource-unit`, and above 80 % `x-ms-throttle-limit-percentage`, from 0.80 to 1.80. Source:
  graph/throttling-limits, “regular responses”.
- Graph's directory, refused: `x-ms-throttle-scope` as `Tenant_Application/ReadWrite/{app}/{tenant}` and
  `x-ms-throttle-information`, `ResourceUnitLimitExceeded` or `WriteLimitExceeded`. Source: “throttled responses” there.
- Pictures without a place: the code `ApplicationThrottled`, “Application is over its MailboxConcurrency limit.”, as
  people saw it, and `Retry-After: 1`; how long is assumed.

Injected faults of the kind `status` and genuine refusals are made by the same code.

## What a request takes

Budgets that count requests take 1. Resource units, by the operation's name in the ledger:

| API | operation | method | units | |
|---|---|---|---|---|
"""

TAIL = """
In the directory `$select` and a `$top` below 20 take one unit off each and `$expand` adds one; never less than 1
(graph/throttling-limits, “other factors”). SharePoint's page gives no figures for REST and CSOM and says that they
usually take more than Graph does for the same; the tenant takes Graph's.
"""


def page() -> str:
    """docs/reference/tenant-budgets.md."""
    costs = [
        f"| {cost.api} | `{cost.operation}` | {cost.method} | {cost.units} | {cost.standing}: {cost.source} |"
        for cost in COSTS
    ]
    return "\n".join([HEAD, *_budgets(), ANSWERS + "\n".join(costs), TAIL])


def _budgets() -> Iterator[str]:
    for budget in BUDGETS:
        yield f"### {budget.name}"
        yield ""
        yield f"{budget.about[0].upper()}{budget.about[1:]}; {_span(budget)}, per {budget.per.replace('_', ' ')}."
        yield f"When it is used up, `{budget.scope}` shall wait."
        yield f"Source: {budget.source}."
        yield ""
        yield from _figures(budget)
        yield ""


def _span(budget: Budget) -> str:
    if budget.shape is Shape.AT_ONCE:
        return "at the same time"
    return f"{budget.counts} in {budget.span_seconds:,.0f} seconds, {budget.shape.replace('_', ' ')}"


def _figures(budget: Budget) -> Iterator[str]:
    if len(budget.limits) < 2:
        yield f"Figure: {budget.limits[0]:,}." if budget.limits else "Figure: off."
        return
    said = {LICENCES: "licences", PEOPLE: "people"}[budget.sizes]
    yield f"| {said} | " + " | ".join(f"from {size:,}" for size in budget.sizes) + " |"
    yield "|---" * (len(budget.sizes) + 1) + "|"
    yield "| figure | " + " | ".join(f"{limit:,}" for limit in budget.limits) + " |"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201  # this is the command that writes the page
