"""CSOM's XML read safely: no document types, so no entities; bounded in size and depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from localtenant.sharepoint.errors import bad_query

MAX_BYTES = 2_000_000
MAX_DEPTH = 50


@dataclass(slots=True)
class Element:
    """An element by its local name, whatever its namespace."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        """The first child of a name."""
        return next((one for one in self.children if one.name == name), None)


def parse(body: bytes) -> Element:
    """The root of a request; 400 for what is not XML, has a document type, or is too large or too deep."""
    if len(body) > MAX_BYTES:
        raise bad_query("The request is too large.")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise bad_query(f"The request is not valid XML: {error}.") from None
    return reader.root.children[0]


class _Reader:
    def __init__(self) -> None:
        self.root = Element("", {})
        self.open = [self.root]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) > MAX_DEPTH:
            raise bad_query("The request is nested too deeply.")
        element = Element(name.rpartition(":")[2], attributes)
        self.open[-1].children.append(element)
        self.open.append(element)

    def end(self, name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].text += text

    @staticmethod
    def refuse_doctype(*_: object) -> None:
        raise bad_query("The request must not have a document type.")
