"""What is remembered of runs in words, in the visitor's language."""

from __future__ import annotations

from markupsafe import Markup, escape

from samepic.model.sayings import Saying
from samepic.portal.pages.language import Speaker


def spoken(t: Speaker, text: str) -> Markup:
    """A saying in the visitor's language; what has no code is marked as the English that it is."""
    if isinstance(text, Saying) and t.knows(f"said.{text.code}"):
        return escape(_said(t, text))
    return Markup('<span lang="en">{}</span>').format(text)


def as_named(t: Speaker, text: str) -> Markup:
    """The same of a name that somebody else gave: it is in no language, and marked as none."""
    return spoken(t, text) if isinstance(text, Saying) else escape(text)


def _said(t: Speaker, saying: Saying) -> str:
    fields = dict[str, object](saying.fields)
    for name, value in fields.items():
        if isinstance(value, Saying) and t.knows(f"said.{value.code}"):
            fields[name] = _said(t, value)
    system = f"system.{fields.get('system')}"
    if t.knows(system):
        fields["system"] = t(system)
    return t(f"said.{saying.code}", **fields)
