"""The types that routes are written in."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from samepic.portal.sessions import Session, Visitor
from samepic.portal.site import Site

Asked: TypeAlias = Request[Visitor, Session, Any]
"""What a browser asks. Before the sign-in `user` and `auth` are None: routes for anybody look at neither."""

TheSite: TypeAlias = NamedDependency[Site]
"""A parameter that is called `site`."""

PathText: TypeAlias = Annotated[str, PathParameter(max_length=200)]
QueryText: TypeAlias = Annotated[str, QueryParameter(max_length=4_000)]
