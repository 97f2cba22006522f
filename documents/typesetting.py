"""The wall to Typst: a template of ours and JSON data in, a PDF and answers about it out.

Data reach the template as a string of JSON and are shown, never parsed as code. Nothing of the
machine enters: fonts come from one folder, the instant is given, paths are not written.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import typst

from documents.errors import RenderError
from documents.fonts import font_hashes, font_set

TEMPLATES = Path(__file__).parent / "templates"
PDF_STANDARD: Final = "a-2b"
"""Archival PDF as the typesetter makes it; no independent checker has judged the files."""


class Typesetting:
    """One template with one set of data, ready to be set."""

    def __init__(self, template: str, data: Mapping[str, object], *, fonts: Path) -> None:
        doc = json.dumps(data, ensure_ascii=False, sort_keys=True)
        self._fonts = fonts
        with _refusals():
            self._compiler = typst.Compiler(
                str(TEMPLATES / template),
                root=str(TEMPLATES),
                font_paths=font_set(fonts),
                sys_inputs={"doc": doc},
            )

    def pdf(self, at: datetime) -> bytes:
        """Sets the paper as PDF/A-2b; `at` (aware) is written as its time of making.

        Raises:
            RenderError: the typesetter refused, or `at` has no zone.
        """
        if at.tzinfo is None:  # it would be read in the zone of the machine
            raise RenderError("thời điểm lập văn bản phải có múi giờ")
        with _refusals():
            made = self._compiler.compile(
                format="pdf", pdf_standards=[PDF_STANDARD], timestamp=int(at.timestamp())
            )
        if not isinstance(made, bytes):
            raise RenderError("không nhận được tệp PDF")
        return made

    def images(self, ppi: float) -> list[bytes]:
        """Sets each page as PNG.

        Raises:
            RenderError: the typesetter refused.
        """
        with _refusals():
            made = self._compiler.compile(format="png", ppi=ppi)
        return [made] if isinstance(made, bytes) else list(made or ())

    def found(self, label: str) -> list[dict[str, object]]:
        """Values of all metadata that carry a label, in the order of the pages.

        Raises:
            RenderError: the typesetter refused.
        """
        with _refusals():
            return list(json.loads(self._compiler.query(f"<{label}>", field="value")))

    def made_with(self, at: datetime) -> dict[str, str]:
        """Versions and hashes of what shaped the bytes."""
        fonts = {f"font {name}": digest for name, digest in font_hashes(self._fonts).items()}
        return {
            "typst": _typst_version(),
            "pdf_standard": PDF_STANDARD,
            "at": at.isoformat(),
            **template_hashes(),
            **fonts,
        }


@lru_cache(maxsize=1)
def _typst_version() -> str:
    return version("typst")  # reads the disk each time


@lru_cache(maxsize=1)
def template_hashes() -> dict[str, str]:
    """SHA-256 of each template, lower-case hex."""
    return {
        f"template {path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(TEMPLATES.glob("*.typ"))
    }


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except typst.TypstError as err:
        raise RenderError(err.message, err.hints or ()) from err
