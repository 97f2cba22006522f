"""Draws the pages of a PDF. Runs in a child process alone; nothing in the file is executed.

The drawing library is built without a script engine, and fetches nothing.
"""

from __future__ import annotations

import hashlib
import math
from typing import Final, Self

import pypdfium2
from PIL import Image

_PER_POINT: Final = 100 / 72
"""Pixels: 100 to the inch."""

_MOST_PIXELS: Final = 3_000_000
_LONGEST_EDGE: Final = 4000


class Pages:
    """The pages of one file; use `with`."""

    def __init__(self, data: bytes, password: bytes) -> None:
        """Opens a file.

        Raises:
            PdfiumError: It cannot be read.
        """
        self._document = pypdfium2.PdfDocument(data, password=password.decode("latin-1") or None)
        self._document.init_forms()  # without it, fields and signature marks are not drawn

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def draw(self, at: int) -> Image.Image:
        """The page with its fields and marks; one that cannot be drawn is an empty sheet."""
        try:
            page = self._document[at]
            scale = _scale(*page.get_size())
            picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil()
            return picture.convert("RGB")
        except (pypdfium2.PdfiumError, ValueError):
            return Image.new("RGB", (1, 1))

    def text(self, at: int) -> str:
        """The text of the page; empty where there is none or it cannot be read."""
        try:
            return str(self._document[at].get_textpage().get_text_bounded())
        except pypdfium2.PdfiumError:
            return ""

    def fingerprint(self, at: int) -> bytes:
        """Of the drawing and the text: pages that agree in it look and read alike."""
        picture = self.draw(at)
        seen = hashlib.sha256(repr(picture.size).encode())
        seen.update(picture.tobytes())
        seen.update(self.text(at).encode(errors="replace"))
        return seen.digest()


def _scale(width: float, height: float) -> float:
    """Pixels a point, within the limits whatever the page's size.

    Raises:
        ValueError: The size is no size.
    """
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise ValueError(width, height)
    return min(
        _PER_POINT,
        math.sqrt(_MOST_PIXELS / (width * height)),
        _LONGEST_EDGE / width,
        _LONGEST_EDGE / height,
    )
