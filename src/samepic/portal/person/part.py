"""A part of a page for a script that asks for it, the same within a whole page for whoever has none."""

from __future__ import annotations

from litestar.response import Response

from samepic.portal.asked import Asked
from samepic.portal.pages.render import page


def part(request: Asked, template: str, title: str, *, status: int = 200, **values: object) -> Response[str]:
    """template: extends nothing. title: the name of the sentence that heads the whole page."""
    if request.headers.get("hx-request") == "true":
        return page(request, template, status=status, **values)
    return page(request, "person/whole.html", status=status, part=template, title=title, **values)
