"""What is English of a page or a text that is said in another language."""

from __future__ import annotations

from dataclasses import astuple
from string import Formatter

from samepic.model.decision import Reason
from samepic.model.sayings import SAYINGS
from samepic.planning.words import NOT_ELIGIBLE, REASONS, next_steps
from samepic.portal.pages.language import Speaker, words
from samepic.portal.pages.sayings import spoken

AS_IT_CAME = ("system.", "page.")
"""Names of products, and of languages."""
_LONG_ENOUGH = 18


def _all() -> set[str]:
    """Of every sentence that is composed for a page, what stands between the places that something fills in."""
    said = [text for every in (REASONS, NOT_ELIGIBLE) for one in every.values() for text in astuple(one)]
    said += [text for reason in Reason for text in next_steps(reason)] + list(SAYINGS.values())
    for name, one in words("en").items():
        if not name.startswith(AS_IT_CAME):
            said += [one] if isinstance(one, str) else list(one.values())
    parts = (part.strip(" ;:.,()") for text in said for part, *_ in Formatter().parse(text))
    return {part for part in parts if len(part) > _LONG_ENOUGH and "Microsoft Graph" not in part}


ENGLISH = _all()


def english_in(text: str) -> set[str]:
    """Sentences of ours that are not translated."""
    return {one for one in ENGLISH if one in text}


def left_in_english(text: str) -> dict[str, str]:
    """By language, how a text is shown, where it is shown in English all the same."""
    shown = {language: str(spoken(Speaker(language), text)) for language in ("nb", "lv")}
    return {language: one for language, one in shown.items() if "lang=" in one or english_in(one)}
