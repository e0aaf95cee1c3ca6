"""The API's routes, by what they are about."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from samepic.portal.api import giving, people, plans, runs, standing

ROUTES: tuple[HTTPRouteHandler, ...] = (
    *standing.ROUTES,
    *runs.ROUTES,
    *plans.ROUTES,
    *people.ROUTES,
    *giving.ROUTES,
)
