"""An officer's own handwriting as a picture: checked, trimmed and written anew.

The picture comes from a person's scanner, so it is decoded by Pillow alone, as PNG and nothing
else, under limits; what goes on is a new file without anything that the old one carried besides
its ink. Source: NĐ 30/2020 PL I II.7.d (blue, PNG, transparent).
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from signing.errors import HandwritingRefusedError

MAX_BYTES: Final = 2 << 20
MAX_PIXELS: Final = 8_000_000
_WIDTH: Final = 900
"""Pixels kept across; the place on the page is 64 mm wide: 350 dpi."""
_INK_ALPHA: Final = 48
"""From here on a pixel counts as ink."""
_MOST_INK: Final = 0.6
"""More of the picture than this is a sheet of paper, no handwriting."""
_BLUER: Final = 16
"""By how much blue must lead over red, on the average of the ink."""


def clean_scan(data: bytes) -> bytes:
    """The handwriting as a small PNG with an alpha channel, trimmed to its ink.

    Raises:
        HandwritingRefusedError: No PNG, too large, not transparent, empty, or not blue.
    """
    picture = _decoded(data)
    ink = picture.getchannel("A").point(lambda value: 255 if value >= _INK_ALPHA else 0)
    found = ink.getbbox()
    if found is None:
        raise HandwritingRefusedError("empty")
    share = ink.histogram()[255] / (picture.width * picture.height)
    if share > _MOST_INK:
        raise HandwritingRefusedError("opaque")
    trimmed = picture.crop(found)
    if not _blue(trimmed, ink.crop(found)):
        raise HandwritingRefusedError("not_blue")
    if trimmed.width > _WIDTH:
        trimmed = trimmed.resize((_WIDTH, max(1, trimmed.height * _WIDTH // trimmed.width)))
    out = io.BytesIO()
    trimmed.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _decoded(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise HandwritingRefusedError("too_large")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
            # The size stands in the header; nothing is unpacked before it is known to be small.
            if opened.width * opened.height > MAX_PIXELS:
                raise HandwritingRefusedError("too_large")
            picture = opened.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as err:
        raise HandwritingRefusedError("too_large") from err
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as err:
        raise HandwritingRefusedError("unreadable") from err
    # A picture has no scripts, but it has texts, profiles and dates: only its points go on.
    return Image.frombytes("RGBA", picture.size, picture.tobytes())


def _blue(picture: Image.Image, ink: Image.Image) -> bool:
    totals = []
    for channel in ("R", "B"):
        levels = picture.getchannel(channel).histogram(mask=ink)
        totals.append(sum(level * count for level, count in enumerate(levels)) / sum(levels))
    red, blue = totals
    return blue >= red + _BLUER
