"""A picture of the vault, and what the target showed, in words and for programs."""

from __future__ import annotations

from typing import Any

from samepic.model.past import Past
from samepic.model.picture import NO_PICTURE, PictureState
from samepic.model.remembered import Change, Kept

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP"}
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def size_of(kept: Kept) -> str:
    """`648 × 648 px JPEG, 83 kB`."""
    parts = [f"{kept.width_px} × {kept.height_px} px"] if kept.width_px else []
    parts.append(FORMATS.get(kept.media_type, kept.media_type))
    size = f", {kept.size_bytes / 1000:,.0f} kB" if kept.size_bytes else ""
    return " ".join(parts) + size


def words_of(past: Past, picture: PictureState) -> str:
    """What a target showed."""
    if picture is NO_PICTURE:
        return "no picture"
    kept = past.named(picture)
    if kept is not None:
        return size_of(kept) + ("" if kept.sha256 in past.present else ", lost from the vault")
    return "a picture that is no longer kept" if isinstance(picture, str) else "not known"


def as_json(kept: Kept, past: Past) -> dict[str, Any]:
    """For a program."""
    return {
        "sha256": kept.sha256,
        "media_type": kept.media_type,
        "width_px": kept.width_px or None,
        "height_px": kept.height_px or None,
        "size_bytes": kept.size_bytes or None,
        "system": kept.system,
        "stamp": kept.stamp if isinstance(kept.stamp, str) else None,
        "run": kept.run or None,
        "kept_at": kept.kept_at.isoformat(),
        "seen_at": (kept.seen_at or kept.kept_at).isoformat(),
        "in_vault": kept.sha256 in past.present,
    }


def change_as_json(change: Change) -> dict[str, Any]:
    """The same for a change of the target."""
    return {
        "at": change.at.isoformat(),
        "run": change.run,
        "action": change.action.value,
        "reason": change.reason.value,
        "before": _answer(change.before),
        "after": _answer(change.after),
        "source_stamp": change.source if isinstance(change.source, str) else None,
        "target_stamp": change.target if isinstance(change.target, str) else None,
    }


def _answer(picture: PictureState) -> dict[str, Any]:
    told = isinstance(picture, str)
    return {"answer": "picture" if isinstance(picture, str) else picture.value, "sha256": picture if told else None}
