"""What a browser takes from a page: its forms, links and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Form:
    """A form with the values it would send if nobody touched it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The forms, links and pictures of one page, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []  # address, text
        self.pictures: list[str] = []
        self._text: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what matters of a tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self.forms and "name" in given and given.get("type") not in ("submit", "file"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "img" and given.get("src"):
            self.pictures.append(given["src"])
        elif tag == "a" and given.get("href"):
            self.links.append((given["href"], ""))
            self._text = []

    def handle_data(self, data: str) -> None:
        """A link's text."""
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """The end of a link gives it its text."""
        if tag == "a" and self._text is not None:
            self.links[-1] = (self.links[-1][0], " ".join("".join(self._text).split()))
            self._text = None

    def link_named(self, text: str) -> str | None:
        """The address of the first link whose text holds these words."""
        return next((address for address, words in self.links if text in words), None)
