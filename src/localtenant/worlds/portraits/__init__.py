"""Portraits drawn by the program: varied people, calm and lit from a side, no two alike."""

from localtenant.worlds.portraits.drawing import draw, form

__all__ = ["draw", "form"]
