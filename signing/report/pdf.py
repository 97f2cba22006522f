"""The report on paper: A4 by Typst, the same words and order as on the screen."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

from signing.language import Language
from signing.outcome import VerificationReport
from signing.report import labels
from signing.report.layout import lay_out

_TEMPLATE: Final = Path(__file__).with_name("page.typ")
_LABELS: Final = {
    "title": labels.TITLE,
    "file": labels.FILE,
    "changes": labels.CHANGES,
    "timeline": labels.TIMELINE,
    "step": labels.STEP,
    "what": labels.WHAT,
    "at": labels.AT,
    "glossary": labels.GLOSSARY,
    "footer": labels.FOOTER,
    "page": labels.PAGE,
}


def to_pdf(report: VerificationReport, language: Language = Language.VI, *, fonts: Path) -> bytes:
    """The report as a PDF.

    The words are handed over as data and set as text: nothing in a name is ever read as markup.

    Args:
        report: Of any verdict.
        language: Of all words.
        fonts: Folder with the Tinos fonts.
    """
    data = {
        **asdict(lay_out(report, language)),
        "icons": {severity.value: icon for severity, icon in labels.ICONS.items()},
        "labels": {name: words(language) for name, words in _LABELS.items()},
    }
    made: bytes = typst.compile(
        _TEMPLATE.read_bytes(), font_paths=_fonts(fonts), sys_inputs={"report": json.dumps(data)}
    )
    return made


@lru_cache(maxsize=2)
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
