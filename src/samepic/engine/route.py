"""What a run is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from samepic.model.policy import Policy
from samepic.ports.system import Census, PictureSource, PictureTarget


@dataclass(frozen=True, slots=True)
class Route:
    """One source, one target, a policy, and the census that says who exists.

    The census may be the same object as the source. Whoever made the systems closes them. beside: other names under
    which pictures are put into the source, and kept; they are let go of as this route's are.
    """

    name: str
    census: Census
    source: PictureSource
    target: PictureTarget
    policy: Policy = field(default_factory=Policy)
    beside: tuple[str, ...] = ()
