"""Copies in due form: what a copied file must be, and where the agency's block goes on page 1.

Forms: sao y (the whole of an original), sao lục (of a copy), trích sao (a part of an original).
Source: NĐ 30/2020 Đ25, Đ26; PL I phần II, I (copies in electronic form).

Files come from strangers; they are opened in a child with limits alone, by
`documents.copies_running`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from documents.copies_running import run_task
from documents.errors import CopyRefusedError
from documents.text_checks import secrecy_mark

LEAST_DPI: Final = 200
"""Source: NĐ 30/2020 PL I (tiêu chuẩn của văn bản số hóa)."""
_A4_MM: Final = (210, 297)
_SLACK_MM: Final = 12


class CopyForm(StrEnum):
    """How a copy is made."""

    SAO_Y = "sao_y"
    SAO_LUC = "sao_luc"
    TRICH_SAO = "trich_sao"

    @property
    def words(self) -> str:
        """As the block on the page says it."""
        return {"sao_y": "SAO Y", "sao_luc": "SAO LỤC", "trich_sao": "TRÍCH SAO"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockBox:
    """Where the block stands on page 1; points, from the top left as the page shows it."""

    x_pt: float
    y_pt: float
    w_pt: float
    h_pt: float
    page_height_pt: float
    """The page's upper edge in the file's own measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    """How one page was scanned."""

    file: int
    """From 1."""
    dpi: int
    colour: bool
    width_mm: int
    height_mm: int
    told: bool
    """Whether the file says its resolution; else the sheet was taken for A4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPaper:
    """A PDF of scanned pages."""

    pdf: bytes
    pages: tuple[ScannedPage, ...]
    warnings: tuple[str, ...]
    """Vietnamese sentences, for the clerk to weigh."""


def find_room(pdf: bytes, sizes: Sequence[tuple[float, float]]) -> BlockBox:
    """Finds room for the block at the top right of page 1, where nothing is printed.

    Args:
        pdf: the file.
        sizes: widths and heights in which the block can be set, the best first.

    Raises:
        CopyRefusedError: no room, the page cannot be looked at, or it says that it is secret.
    """
    done = run_task("place", [pdf], sizes=[(round(w), round(h)) for w, h in sizes])
    if any(secrecy_mark(line) for line in done.answer["head"]):
        raise CopyRefusedError("secret")
    return BlockBox(**done.answer["box"])


def extract_pages(
    pdf: bytes,
    pages: Sequence[int] = (),
    *,
    at: datetime,
    attach_as: str = "",
    part: bool = False,
) -> bytes:
    """Makes a new PDF of pages, with all that is seen on them and nothing that acts.

    Args:
        pdf: the original.
        pages: which, from 1; all where none is named.
        at: the time of making, written into the file.
        attach_as: the original's name inside the new file; empty: it is left out.
        part: whether the pages must be fewer than all.

    Raises:
        CopyRefusedError: unreadable, no such page, or the whole where a part is meant.
    """
    options = {"pages": list(pages), "at": at.isoformat(), "attach": attach_as, "part": part}
    done = run_task("extract", [pdf], **options)
    return _made(done.made)


def page_total(pdf: bytes) -> int:
    """Number of pages of a stranger's file.

    Raises:
        CopyRefusedError: unreadable.
    """
    return int(run_task("look", [pdf], page=0, ppi=0).answer["pages"])


def draw_page(pdf: bytes, page: int, *, ppi: float = 120) -> bytes:
    """Draws a page (from 1) of a stranger's file as a PNG, with its fields and marks.

    Raises:
        CopyRefusedError: unreadable, no such page, or too large.
    """
    return _made(run_task("look", [pdf], page=page, ppi=ppi).made)


def scan_paper(files: Sequence[bytes], *, at: datetime) -> ScannedPaper:
    """Makes a PDF of scanned pages: pictures (PNG, JPEG, TIFF) or PDFs of pictures, in order.

    Raises:
        CopyRefusedError: no file, a file that is no scan, or fewer than 200 dpi.
    """
    if not files:
        raise CopyRefusedError("nothing")
    done = run_task("scan", files, at=at.isoformat())
    pages = tuple(_page(one) for one in done.answer["pages"])
    low = [number for number, page in enumerate(pages, start=1) if page.dpi < LEAST_DPI]
    if low:
        where = ", ".join(f"trang {number} có {pages[number - 1].dpi} dpi" for number in low[:5])
        raise CopyRefusedError("dpi_low", where)
    return ScannedPaper(pdf=_made(done.made), pages=pages, warnings=_warnings(pages))


def _page(said: dict[str, Any]) -> ScannedPage:
    return ScannedPage(**said)


def _made(pdf: bytes | None) -> bytes:
    if pdf is None:
        raise CopyRefusedError("unreadable")
    return pdf


def _warnings(pages: Sequence[ScannedPage]) -> tuple[str, ...]:
    warnings = []
    grey = [number for number, page in enumerate(pages, start=1) if not page.colour]
    if grey:
        warnings.append(
            f"{_numbers(grey)} không có màu; quy định là ảnh màu. "
            "Việc cần làm: quét lại ở chế độ màu nếu bản giấy có dấu đỏ, chữ ký xanh."
        )
    other = [number for number, page in enumerate(pages, start=1) if not _is_a4(page)]
    if other:
        first = pages[other[0] - 1]
        warnings.append(
            f"{_numbers(other)} có khổ {first.width_mm} x {first.height_mm} mm, khác A4. "
            "Việc cần làm: kiểm tra tỷ lệ quét là 100 %."
        )
    untold = [number for number, page in enumerate(pages, start=1) if not page.told]
    if untold:
        warnings.append(
            f"{_numbers(untold)} không ghi độ phân giải trong tệp; đã tính theo khổ A4. "
            "Việc cần làm: kiểm tra bản giấy đúng khổ A4."
        )
    return tuple(warnings)


def _numbers(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"Trang {shown}" + (" và các trang khác" if len(numbers) > 10 else "")  # noqa: PLR2004


def _is_a4(page: ScannedPage) -> bool:
    sides = sorted((page.width_mm, page.height_mm))
    return all(abs(side - a4) <= _SLACK_MM for side, a4 in zip(sides, _A4_MM, strict=True))
