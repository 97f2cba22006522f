"""Page images of stored PDFs, drawn once and kept in memory for a while."""

import threading
from collections import OrderedDict

from archive.store import Store
from documents.images import page_count, page_image

PPI = 120
"""A4 becomes 992 pixels wide: sharp beside the text, readable on a phone."""
KEPT = 160
"""Images kept, about 150 KB each."""
COUNTS_KEPT = 2000


class Pictures:
    """Draws pages. PDFium is not made for threads, so one page is drawn at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._drawn: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._counts: OrderedDict[str, int] = OrderedDict()

    def page(self, sha256_hex: str, number: int) -> bytes:
        """Returns page `number` (from 1) of a stored PDF as PNG.

        Raises:
            PageImageError: no PDF, or no such page.
            ArchiveError: it cannot be had.
        """
        key = (sha256_hex, number)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
            png = page_image(self._store.get(sha256_hex), number, ppi=PPI).png
            self._drawn[key] = png
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
            return png

    def count(self, sha256_hex: str) -> int:
        """Returns the number of pages of a stored PDF.

        Raises:
            PageImageError: no PDF.
            ArchiveError: it cannot be had.
        """
        with self._lock:
            if sha256_hex not in self._counts:
                self._counts[sha256_hex] = page_count(self._store.get(sha256_hex))
                if len(self._counts) > COUNTS_KEPT:
                    self._counts.popitem(last=False)
            return self._counts[sha256_hex]
