"""What systems show where they have no picture, drawn in the ways we know: figures on a ground, initials, nothing."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from localtenant.sharepoint import placeholder

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
FIGURES: dict[str, tuple[Colour, Colour]] = {
    "SharePoint's greys": ((235, 235, 235), (161, 159, 157)),
    "bluish greys": ((225, 231, 238), (150, 165, 182)),
    "light on dark": ((96, 94, 92), (200, 198, 196)),
    "dark on light": ((237, 235, 233), (96, 94, 92)),
    "grey on white": ((255, 255, 255), (200, 200, 200)),
}
COINS: dict[str, tuple[str, Colour, Colour]] = {
    "white on blue": ("KA", (0, 120, 212), WHITE),
    "one letter on red": ("M", (164, 38, 44), WHITE),
    "white on green": ("ŠĒ", (73, 130, 5), WHITE),
    "dark on pale": ("WW", (243, 242, 241), (50, 49, 48)),
    "blue on pale blue": ("ÅØ", (210, 220, 240), (40, 70, 130)),
    "white on grey": ("QJ", (160, 158, 156), WHITE),
}


def figure(edge_px: int, ground: Colour, ink: Colour, *, disc: bool = False, outlined: bool = False) -> Image.Image:
    """Head and shoulders; outlined as on newer pages, on a disc as in Teams."""
    big = 4 * edge_px
    image = Image.new("RGB", (big, big), ground)
    draw = ImageDraw.Draw(image)
    head, body = (0.33 * big, 0.18 * big, 0.67 * big, 0.54 * big), (0.18 * big, 0.60 * big, 0.82 * big, 1.30 * big)
    if outlined:
        width = max(2, round(0.045 * big))
        draw.ellipse(head, outline=ink, width=width)
        draw.rounded_rectangle((0.24 * big, 0.62 * big, 0.76 * big, 0.86 * big), 0.12 * big, outline=ink, width=width)
    else:
        draw.ellipse(head, fill=ink)
        draw.ellipse(body, fill=ink)
    return _made(image, edge_px, disc)


def coin(edge_px: int, letters: str, ground: Colour, ink: Colour, *, disc: bool = False) -> Image.Image:
    """Initials on a plain ground."""
    big = 4 * edge_px
    image = Image.new("RGB", (big, big), ground)
    font = ImageFont.load_default(round(0.42 * big))
    ImageDraw.Draw(image).text((big / 2, big / 2), letters, fill=ink, anchor="mm", font=font)
    return _made(image, edge_px, disc)


def everything(edge_px: int) -> Iterator[tuple[str, Image.Image]]:
    """All of them in one size, by name."""
    for disc in (False, True):
        on = "a disc" if disc else "a square"
        for name, (ground, ink) in FIGURES.items():
            if disc and ground == WHITE:
                continue
            yield f"figure, {name}, {on}", figure(edge_px, ground, ink, disc=disc)
            yield f"outline, {name}, {on}", figure(edge_px, ground, ink, disc=disc, outlined=True)
        for name, (letters, ground, ink) in COINS.items():
            yield f"initials, {name}, {on}", coin(edge_px, letters, ground, ink, disc=disc)
    for colour in (WHITE, (0, 0, 0), (0, 120, 212), (128, 128, 128)):
        yield f"one colour, {colour}", Image.new("RGB", (edge_px, edge_px), colour)


def the_tenants(edge_px: int) -> bytes:
    """What the local tenant shows: JPEG."""
    return placeholder.image(edge_px)


def _made(image: Image.Image, edge_px: int, disc: bool) -> Image.Image:
    if disc:
        mask = Image.new("L", image.size, 0)
        ImageDraw.Draw(mask).ellipse((0, 0, image.width - 1, image.height - 1), fill=255)
        image = Image.composite(image, Image.new("RGB", image.size, WHITE), mask)
    return image.resize((edge_px, edge_px), Image.Resampling.LANCZOS)
