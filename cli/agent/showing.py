"""What the person sees: tables, the facts of what will be signed, page images in a folder."""

import contextlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.agent.errors import HomeUnusableError
from cli.agent.work import Item, Work
from signing.words import say_time

if TYPE_CHECKING:
    from cli.agent.offers import Offer

PPI: Final = 130
"""A4 becomes 1075 pixels wide: every word can be read."""
TEST_BANNER: Final = "THỬ NGHIỆM: chứng thư không có giá trị pháp lý."
_UNSAFE: Final = re.compile(r"[^\w.-]+")
_MEGABYTE: Final = 1024 * 1024
_QUIET_UNDER: Final = 2 * _MEGABYTE
"""Bytes; a shorter document comes without a word."""


class Screen:
    """The terminal. Texts never mean anything but themselves."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._told = 0

    def say(self, words: str = "", style: str = "") -> None:
        """One line."""
        self._console.print(Text(words, style=style), soft_wrap=True)

    def warn(self, words: str) -> None:
        """One line that must not be missed."""
        self.say(words, "bold red")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table; the last column takes what room is left."""
        made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, head in enumerate(heads):
            made.add_column(head, overflow="fold", no_wrap=place == 0)
        for row in rows:
            made.add_row(*(Text(cell) for cell in row))
        self._console.print(made)
        self.say()

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Facts with their names."""
        made = Table(box=None, show_header=False, pad_edge=False)
        made.add_column(style="dim", no_wrap=True)
        made.add_column(overflow="fold")
        for name, value in rows:
            made.add_row(Text(name), Text(value))
        self._console.print(made)

    def progress(self, there: int, total: int) -> None:
        """How far a long document has come; said now and then."""
        step = there * 10 // total if total else there // _MEGABYTE
        if total >= _QUIET_UNDER and step != self._told:
            self._told = step
            self.say(f"  đã tải {_size(there)} / {_size(total)}", "dim")


def show_work(screen: Screen, work: Work) -> None:
    """All that waits."""
    if work.test_only:
        screen.warn(TEST_BANNER)
    screen.say(f"{work.office} · {work.officer}", "bold")
    if not work.items:
        screen.say("Không còn văn bản nào chờ ký hoặc đóng dấu trên máy này.")
        return
    screen.say()
    screen.table(
        ("STT", "Việc", "Số, ký hiệu", "Với tư cách", "Trích yếu"),
        (
            (str(one.ordinal), one.act, one.title, " · ".join(one.capacity), _subject(one))
            for one in work.items
        ),
    )
    for one in work.items:
        if one.problem:
            screen.warn(f"{one.ordinal}. {one.title}: {one.problem}")
    screen.say("Xem trước khi ký: trinhky agent show STT    Ký: trinhky agent sign STT (hoặc all)")


def _subject(one: Item) -> str:
    urgent = f"[{one.urgency}] " if one.urgency else ""
    return f"{urgent}{one.doc_type}: {one.subject}"


def item_facts(item: Item, size: int) -> list[tuple[str, str]]:
    """What will be signed, as whom, with which certificate."""
    rows = [
        ("Việc", item.act),
        ("Số, ký hiệu", item.title),
        ("Trích yếu", _subject(item)),
        ("Với tư cách", " / ".join(item.capacity)),
        ("Dung lượng", _size(size)),
        ("SHA-256 của bản này", item.sha256),
    ]
    named = item.certificate
    if named is not None:
        facts = named.facts
        rows += [
            ("Chứng thư", f"{facts.name}, số {facts.serial}, do {facts.issuer} cấp"),
            ("Hạn chứng thư", f"{facts.not_after:%d/%m/%Y}"),
            ("SHA-256 chứng thư", named.sha256),
        ]
    return rows


def offer_facts(offer: "Offer") -> list[tuple[str, str]]:
    """What signing will add."""
    revision = offer.checked.revision
    rows = [
        ("Sẽ thêm", f"chữ ký vào ô {revision.field}, trang {revision.page or '?'}"),
        ("Tên trong chữ ký", revision.name),
        ("Lời trong chữ ký", " · ".join(filter(None, (revision.reason, *revision.claims)))),
    ]
    if revision.claimed_time is not None:
        rows.append(("Giờ ghi trong chữ ký", say_time(revision.claimed_time)))
    if offer.checked.signed_by:
        rows.insert(0, ("Đã có chữ ký của", ", ".join(offer.checked.signed_by)))
    rows += [("Sẽ điền", f"ô {name}: “{value}”") for name, value in revision.filled]
    return [*rows, ("Cách ký", str(offer.prepared.mechanism))]


def write_pages(folder: Path, pdf: bytes) -> tuple[Path, ...]:
    """Writes an image of every page; what was there of an earlier look is removed.

    Raises:
        HomeUnusableError: it cannot be written.
        PageImageError: the document cannot be drawn.
    """
    from documents.images import page_count, page_images  # noqa: PLC0415 (slow to load)

    images = page_images(pdf, ppi=PPI, limit=page_count(pdf))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("trang-*.png"):
            old.unlink()
        written = []
        for image in images:
            path = folder / f"trang-{image.page:02d}.png"
            path.write_bytes(image.png)
            written.append(path)
    except OSError as err:
        raise HomeUnusableError(str(folder), err.strerror or "lỗi ghi") from err
    return tuple(written)


def write_mark_page(folder: Path, offer: "Offer") -> Path | None:
    """Writes an image of the page with the mark on it, as it will look; None without a page."""
    from documents.images import page_image  # noqa: PLC0415 (slow to load)

    page = offer.checked.revision.page
    if not page:
        return None
    path = folder / "sau-khi-ky.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page_image(offer.prepared.pdf, page, ppi=PPI).png)
    except OSError as err:
        raise HomeUnusableError(str(folder), err.strerror or "lỗi ghi") from err
    return path


def drop_pages(folder: Path) -> None:
    """Removes page images of a document that is signed."""
    for image in folder.glob("*.png"):
        image.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # not ours alone, or not there
        folder.rmdir()


def folder_name(item: Item) -> str:
    """A name for a folder that says which document, and no way out of it."""
    return f"{_UNSAFE.sub('-', item.number).strip('.-') or 'chua-co-so'}-{item.id[:8]}"


def _size(count: int) -> str:
    if count < _MEGABYTE:
        return f"{max(1, round(count / 1024))} KB"
    return f"{count / _MEGABYTE:.1f} MB".replace(".", ",")
