"""Orders and answers as messages; what an answer says is checked, because a picture may have taken the worker over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from samepic.imaging.drawn import Cell, Drawn
from samepic.imaging.faults import DoesNotFit, Fault, PictureFault, Unreadable
from samepic.imaging.header import Header
from samepic.imaging.worker_wire import Garbled, Message
from samepic.model.picture import CropBox, Fingerprint, Miniature, Picture, PictureFormat, format_of
from samepic.model.system import Rendition

_MOST_WORDS = 500


def order_to_draw(
    data: bytes, renditions: Sequence[Rendition], crop: CropBox | None, background: str, cpu_seconds: float
) -> Message:
    """See Workers.draw."""
    facts = {
        "job": "draw",
        "cpu_seconds": cpu_seconds,
        "renditions": [asdict(rendition) for rendition in renditions],
        "crop": crop and asdict(crop),
        "background": background,
    }
    return Message(facts, [data])


def renditions_in(order: Message) -> list[Rendition]:
    """The other side's reading of it."""
    return [Rendition(**{**one, "format": PictureFormat(one["format"])}) for one in order.facts["renditions"]]


def crop_in(order: Message) -> CropBox | None:
    """The other side's reading of it."""
    crop = order.facts["crop"]
    return None if crop is None else CropBox(**crop)


def answer_with(drawn: Drawn) -> Message:
    """See drawn_of. The miniature's bytes come after the renditions."""
    small = drawn.fingerprint.miniature
    facts = {
        "format": drawn.header.format,
        "size": [drawn.header.width_px, drawn.header.height_px],
        "is_scaled": drawn.header.is_scaled,
        "edges": [made.width_px for made in drawn.renditions],
        "hashes": [drawn.fingerprint.upper, drawn.fingerprint.centre],
        "blank": drawn.fingerprint.blank,
        "miniature": [small.width, small.height, small.columns],
    }
    return Message(facts, [*(made.data for made in drawn.renditions), small.lightness, small.colours])


def drawn_of(answer: Message, renditions: Sequence[Rendition]) -> Drawn:
    """What was made. Raises Garbled where it is not what was asked for."""
    facts = answer.facts
    try:
        width, height = (_whole(px) for px in facts["size"])
        header = Header(PictureFormat(facts["format"]), width, height, bool(facts["is_scaled"]))
        edges = [_whole(px) for px in facts["edges"]]
        *pictures, lightness, colours = answer.parts
        asked = zip(renditions, edges, pictures, strict=True)
        made = tuple(_rendition(rendition, edge, data) for rendition, edge, data in asked)
        width, height, columns = (_whole(px) for px in facts["miniature"])
        upper, centre = (_whole(value) for value in facts["hashes"])
        small = Miniature(width, height, lightness, columns, colours)
        return Drawn(header, made, Fingerprint(upper, centre, small, _whole(facts["blank"]) == 1))
    except (KeyError, TypeError, ValueError):
        raise Garbled("the answer is not what was asked for") from None


def order_to_show(title: str, cells: Sequence[Cell], people: int, cpu_seconds: float) -> Message:
    """See Workers.contact_sheet. Faces are parts, told by their number."""
    parts: list[bytes] = []

    def number(face: bytes | None) -> int | None:
        if face is None:
            return None
        parts.append(face)
        return len(parts) - 1

    rows = [[cell.name, cell.address, cell.reason, number(cell.before), number(cell.after)] for cell in cells]
    facts = {"job": "contact_sheet", "cpu_seconds": cpu_seconds, "title": title, "cells": rows, "people": people}
    return Message(facts, parts)


def cells_in(order: Message) -> list[Cell]:
    """The other side's reading of it."""

    def face(number: int | None) -> bytes | None:
        return None if number is None else order.parts[number]

    return [
        Cell(name, address, reason, face(before), face(after))
        for name, address, reason, before, after in order.facts["cells"]
    ]


def sheet_of(answer: Message) -> bytes:
    """The one picture in an answer. Raises Garbled."""
    if len(answer.parts) != 1 or format_of(answer.parts[0]) is not PictureFormat.PNG:
        raise Garbled("the answer is no contact sheet")
    return answer.parts[0]


def fault_of(answer: Message) -> PictureFault | None:
    """The refusal in an answer, if that is what it is. Raises Garbled."""
    kind, words = answer.facts.get("fault"), answer.facts.get("words")
    if kind is None:
        return None
    if kind not in set(Fault) or not isinstance(words, str) or not words.isprintable() or len(words) > _MOST_WORDS:
        raise Garbled("the answer is no refusal of ours")
    fault = Fault(kind)
    return DoesNotFit(fault, words) if fault is Fault.DOES_NOT_FIT else Unreadable(fault, words)


def _rendition(rendition: Rendition, edge: int, data: bytes) -> Picture:
    if format_of(data) is not rendition.format or (rendition.max_bytes and len(data) > rendition.max_bytes):
        raise ValueError(rendition.name)
    return Picture(data, rendition.format, edge, edge)


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
