"""Fonts of the page: only those in one folder, never those of the machine.

The page is set in Tinos (OFL-1.1), which has the measures of Times New Roman. Fonts of the machine
would make the bytes of a document depend on where it was made.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import typst

from documents.errors import RenderError

FAMILY = "Tinos"
"""Family in which documents are set. Source: NĐ 30/2020 PL I I.4 asks for Times New Roman."""


@lru_cache(maxsize=8)
def font_set(folder: Path) -> typst.Fonts:
    """Fonts found in a folder and below it; read once for each process.

    Raises:
        RenderError: the folder holds no TrueType font.
    """
    if not _files(folder):
        raise RenderError(f"không tìm thấy phông chữ {FAMILY}")
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )


@lru_cache(maxsize=8)
def font_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each font file, lower-case hex, by file name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ttf"), key=lambda path: path.name)
