"""What a browser that comes for the first time is sent until it shows a page: as few bytes as it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.visitor import Seen, Visitor

_AS_A_BROWSER = {"Accept_Encoding": "gzip, deflate, br, zstd"}


@dataclass(slots=True)
class FirstView:
    """Bytes on the wire, without headers, by address. later: what comes by itself afterwards, with its pictures."""

    now: dict[str, int] = field(default_factory=dict)
    later: dict[str, int] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """All of it."""
        return sum(self.now.values()) + sum(self.later.values())


def first_view(visitor: Visitor, address: str) -> FirstView:
    """Styles, scripts and marks with the page; pictures that its parts bring, lazy ones in a list too."""
    view = FirstView()
    view.now[address] = len(asked(visitor, address).body)
    page = visitor.ask(address)
    tags = page.soup.select("script[src], link[rel=stylesheet], link[rel=icon], img[src]")
    for file in {str(one.get("src") or one.get("href")) for one in tags}:
        view.now[file] = len(asked(visitor, file).body)
    for tag in page.soup.select("[hx-get][hx-trigger=load]"):
        part = str(tag["hx-get"])
        view.later[part] = len(asked(visitor, part, HX_Request="true").body)
        for image in visitor.ask(part, HX_Request="true").soup.select("img[src]"):
            view.later[str(image["src"])] = len(asked(visitor, str(image["src"])).body)
    return view


def asked(visitor: Visitor, address: str, **headers: str) -> Seen:
    """One of these, as a browser asks for it. It has to be there."""
    seen = visitor.ask(address, **_AS_A_BROWSER, **headers)
    assert seen.status == 200, (address, seen.status)
    return seen
