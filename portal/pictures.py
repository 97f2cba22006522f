"""Page images of stored PDFs, drawn once and kept in memory for a while."""

import threading
from collections import OrderedDict

from archive.store import Store
from documents.images import page_count, page_image
from signing.numbers.places import with_filled_places

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
            self._keep(key, png)
            return png

    def filled(self, sha256_hex: str, fill: tuple[tuple[str, str], ...], number: int) -> bytes:
        """Returns a page as it will look with its empty fields filled in; kept like the others.

        Raises:
            PageImageError: no PDF, or no such page.
            ArchiveError: it cannot be had.
            DocumentUnsignableError: it has no such empty fields.
        """
        with self._lock:
            key = (f"{sha256_hex}{fill}", number)
            if key not in self._drawn:
                pdf = with_filled_places(self._store.get(sha256_hex), dict(fill))
                self._keep(key, page_image(pdf, number, ppi=PPI).png)
            return self._drawn[key]

    def _keep(self, key: tuple[str, int], png: bytes) -> None:
        self._drawn[key] = png
        if len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)

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
