"""What a page looks like to whom: measured in the browser, so that nobody has to look at every page each time."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_A_SCHEME = ["color-contrast", "target-size", "scrollable-region-focusable"]
"""What of WCAG depends on colours and on how wide a screen is."""

LONGEST_LINE = 90
"""Characters. WCAG 1.4.8 has 80 for a column of text; a sentence in a notice may have a few more."""

LONGEST_MOTION_MS = 10

_NAMED = """const named = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") || ""} `
    + `"${(e.textContent || "").trim().slice(0, 40)}"`;"""

_CUT = f"""() => {{
    {_NAMED}
    const faults = [], edge = document.documentElement.clientWidth;
    const passed = "svg *, #stage, #stage *, .sr, .skip, input, select, select *, textarea, "
        + "progress, canvas, br, script";
    const within = (e) => {{
        for (; e && e !== document.body; e = e.parentElement)
            if (["auto", "scroll"].includes(getComputedStyle(e).overflowX)) return true;
        return false;
    }};
    const texts = [];
    for (const e of document.body.querySelectorAll("*")) {{
        if (e.matches(passed) || !e.checkVisibility()) continue;
        const box = e.getBoundingClientRect(), style = getComputedStyle(e);
        if (!box.width || within(e.parentElement)) continue;
        if (box.right > edge + 1 || box.left < -1) faults.push(`${{named(e)}} is beyond the edge`);
        const told = style.textOverflow === "ellipsis" && e.title;
        if (style.display !== "inline" && !within(e) && !told && e.scrollWidth > e.clientWidth + 1)
            faults.push(`${{named(e)}} is wider than its place`);
        if (["hidden", "clip"].includes(style.overflowY) && !told && e.scrollHeight > e.clientHeight + 1)
            faults.push(`${{named(e)}} is cut`);
        for (const node of e.childNodes) {{
            if (node.nodeType !== 3 || !node.data.trim() || told) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const at of range.getClientRects()) if (at.width > 1) texts.push([e, at]);
        }}
    }}
    texts.sort(([, a], [, b]) => a.top - b.top);
    for (let i = 0; i < texts.length; i++)
        for (let j = i + 1; j < texts.length && texts[j][1].top < texts[i][1].bottom - 6; j++) {{
            const [[one, a], [other, b]] = [texts[i], texts[j]];
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (one !== other && wide > 3 && high > 6) faults.push(`${{named(one)}} lies over ${{named(other)}}`);
        }}
    return faults;
}}"""

_LONG = f"""(most) => {{
    {_NAMED}
    const faults = [];
    for (const e of document.querySelectorAll("main p, main li, main dd, main small, main figcaption, main label")) {{
        const length = e.innerText ? e.innerText.trim().length : 0;
        if (length <= most || !e.checkVisibility()) continue;
        if (e.querySelector("p, li, dd, ul, table, form, img, select")) continue;
        const range = document.createRange(), lines = new Map();
        range.selectNodeContents(e);
        let all = 0;
        for (const at of range.getClientRects()) {{
            const line = Math.round((at.top + at.bottom) / 16);
            lines.set(line, (lines.get(line) || 0) + at.width);
            all += at.width;
        }}
        const longest = Math.round(length * Math.max(...lines.values()) / all);
        if (longest > most) faults.push(`${{named(e)}} has lines of ${{longest}} characters`);
    }}
    return faults;
}}"""

_MOVES = f"""(most) => {{
    {_NAMED}
    const ms = (text) => text.split(",").map((one) => parseFloat(one) * (one.trim().endsWith("ms") ? 1 : 1000));
    return [...document.querySelectorAll("*")].filter((e) => [null, "::before", "::after"].some((part) => {{
        const style = getComputedStyle(e, part);
        return Math.max(...ms(style.transitionDuration), ...ms(style.animationDuration)) > most;
    }})).map(named);
}}"""

_BOXES = f"""() => {{
    {_NAMED}
    const boxed = "button:not(.plain), [role=button], main input:not([type=hidden], [type=file]), select, textarea, "
        + ".face.none, .way .sign, .tag, .mark, progress";
    return [...document.querySelectorAll(boxed)].filter((e) => e.checkVisibility() && !e.closest(".sr")).map((e) => {{
        const {{ left, top, right, bottom }} = e.getBoundingClientRect();
        return [named(e), left + scrollX, top + scrollY, right + scrollX, bottom + scrollY];
    }});
}}"""

_SEMANTICS = f"""() => {{
    {_NAMED}
    const bare = [...document.querySelectorAll("img:not([alt])")].map((e) => `${{named(e)}} has no alt`);
    const light = [...document.querySelectorAll("nav [aria-current], .languages [aria-current]")].filter(
        (e) => getComputedStyle(e).fontWeight < 600).map((e) => `${{named(e)}} is marked by colour alone`);
    const heads = document.querySelectorAll("h1").length;
    return [...bare, ...light, ...(heads === 1 ? [] : [`${{heads}} headings of the first rank`])];
}}"""


def by_the_rules(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA; contrast that it cannot decide counts as too little."""
    return _axe(page, {"type": "tag", "values": WCAG}, inject=True)


def in_these_colours(page: Page) -> list[str]:
    """The same, of the rules that depend on colours and width; after `by_the_rules`, which brings axe-core."""
    return _axe(page, {"type": "rule", "values": OF_A_SCHEME}, inject=False)


def _axe(page: Page, only: dict[str, Any], *, inject: bool) -> list[str]:
    asked = {"runOnly": only, "resultTypes": ["violations", "incomplete"]}
    if inject:
        page.evaluate(Axe().axe_script)
    found = page.evaluate("(asked) => axe.run(document, asked)", asked)
    tried = {rule["id"] for answer in ("passes", "inapplicable", "violations") for rule in found[answer]}
    tried |= {rule["id"] for rule in found["incomplete"]}
    assert {"color-contrast", "target-size"} <= tried, "the rules that matter most are tried"
    unsure = [rule for rule in found["incomplete"] if rule["id"] == "color-contrast"]
    return [f"{rule['id']}: {at['html'][:120]}" for rule in [*found["violations"], *unsure] for at in rule["nodes"]]


def too_wide(page: Page) -> list[str]:
    """Whether one has to scroll sideways."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [] if wide <= screen else [f"{wide} px wide on a screen of {screen}"]


def cut(page: Page) -> list[str]:
    """Text that sticks out of its place, is cut off, or lies over other text; what scrolls by itself may be wide."""
    return list(page.evaluate(_CUT))


def long_lines(page: Page) -> list[str]:
    """Sentences whose lines are longer than one reads without losing the line."""
    return list(page.evaluate(_LONG, LONGEST_LINE))


def moves(page: Page) -> list[str]:
    """What moves although somebody asked for rest."""
    return list(page.evaluate(_MOVES, LONGEST_MOTION_MS))


def says_nothing(page: Page) -> list[str]:
    """Pictures without words, marks that are a colour alone, headings that are none or too many."""
    return list(page.evaluate(_SEMANTICS))


def without_edges(page: Page) -> list[str]:
    """Controls and marks that cannot be told from the page, as its pixels are now; for forced colours."""
    boxes = page.evaluate(_BOXES)
    if not boxes:
        return []
    shown = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    return [f"{name} has no edge" for name, *box in boxes if not _has_an_edge(shown, *box)]


def _has_an_edge(shown: Image.Image, left: float, top: float, right: float, bottom: float) -> bool:
    """Along its middles, from outside to some pixels within, there is more than one colour on each side."""
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    strips = (
        (left - 3, middle_y, left + 4, middle_y + 1),
        (right - 4, middle_y, right + 3, middle_y + 1),
        (middle_x, top - 3, middle_x + 1, top + 4),
        (middle_x, bottom - 4, middle_x + 1, bottom + 3),
    )
    return all(len(shown.crop(tuple(map(int, one))).getcolors() or []) > 1 for one in strips)


CUT = "ERR_INCOMPLETE_CHUNKED_ENCODING"


@contextlib.contextmanager
def overheard(page: Page, url: str, allowed: int = 200) -> Iterator[list[str]]:
    """What the browser complains of meanwhile, and what it asks of others. allowed: a status that the page may have."""
    said: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith((f"{url}/", "data:", "blob:")):
            said.append(f"asks {request.url}")

    def told(message: Any) -> None:
        where = message.location.get("url", "")
        if where.endswith("/live") and CUT in message.text:
            return  # of a page before this one, which was left while a run's progress came
        if message.type in ("error", "warning") and f"status of {allowed}" not in message.text:
            said.append(f"{message.type}: {message.text} {where}")

    def broke(error: Any) -> None:
        said.append(f"a script broke: {error}")

    page.on("request", asked)
    page.on("console", told)
    page.on("pageerror", broke)
    try:
        yield said
    finally:
        for event, listener in (("request", asked), ("console", told), ("pageerror", broke)):
            page.remove_listener(event, listener)
