"""What a directory may hold that means ill, or only badly: texts for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

TRICKS = (
    "Ola", "ola@contoso.example", "..", "../..", "/", "\\", "%2e%2e%2f", "%00", "%0d%0a", "'", "''", '"', "`",
    "\x00", "\n", "\r\n", "\t", "\x1b[2J", "\x1b]0;owned\x07", "\x9b31m", "\x7f", "\x08", "\u2028", "\u200f", "\u202e",
    "\u2066", "\u200b", "\U0001f600", "\U0001f468\u200d\U0001f469", "e\u0301", "\ufeff", "\ufffe", "Ko\u0308ln",
    "\u041e\u043b\u0430", "\u0130i\u0131", "\u00df", "SS", "delta", "$count", "$batch", "?$select=*", "#EXT#", "&", ";",
    "' or 1 eq 1", "eq", "(guid'x')", "</Parameter>", "<![CDATA[", "]]>", "<!ENTITY x SYSTEM 'file:///'>", "&lt;",
    "<script>alert(1)</script>", "<img src=x onerror=1>", "{{ 7*7 }}", "{% raw %}", "[bold]", "[/]", "[link=x]",
    "%s", "%(x)s", "{0}", "{x.__class__}", "Bearer ", "2026-11-22 06:00:00 ERROR", "=cmd|' /C calc'!A0", "x" * 500,
)  # fmt: skip

TEXT = st.lists(st.sampled_from(TRICKS) | st.text(max_size=8), min_size=1, max_size=5).map("".join).filter(bool)
"""Any text that can be encoded."""

HALVES = st.sampled_from(["\ud83d.", "\udc00", "\udfff\ud800."])
WHATEVER = st.lists(TEXT | HALVES, min_size=1, max_size=4).map("".join).filter(bool)
"""The same, and texts that JSON can name and no encoding has."""
