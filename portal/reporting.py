"""The report on a checked file as a file of its own: paper, page, JSON or ETSI's XML."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from signing.language import Language
from signing.outcome import VerificationReport
from signing.report import to_html, to_json


@dataclass(frozen=True, slots=True)
class Form:
    """How a report goes out."""

    suffix: str
    media_type: str
    draw: Callable[[VerificationReport, Language, Path], bytes]


def _html(report: VerificationReport, language: Language, _fonts: Path) -> bytes:
    return to_html(report, language).encode()


def _json(report: VerificationReport, language: Language, _fonts: Path) -> bytes:
    return json.dumps(to_json(report, language), ensure_ascii=False).encode()


def _pdf(report: VerificationReport, language: Language, fonts: Path) -> bytes:
    from signing.report.pdf import to_pdf  # noqa: PLC0415 (slow to import, seldom needed)

    return to_pdf(report, language, fonts=fonts)


def _etsi(report: VerificationReport, language: Language, _fonts: Path) -> bytes:
    from signing.report.etsi import to_etsi  # noqa: PLC0415 (same)

    return to_etsi(report, language).encode()


FORMS: Final = {
    "pdf": Form(".pdf", "application/pdf", _pdf),
    "html": Form(".html", "text/html; charset=utf-8", _html),
    "json": Form(".json", "application/json", _json),
    "etsi": Form(".etsi.xml", "application/xml", _etsi),
}


def report_file(report: VerificationReport, form: Form, language: str, *, fonts: Path) -> Response:
    """Returns the report as a download; an unknown language is taken for Vietnamese."""
    spoken = Language.EN if language == Language.EN.value else Language.VI
    name = f"ket-qua-{PurePath(report.name).stem or 'tep'}{form.suffix}"
    return Response(
        form.draw(report, spoken, fonts),
        media_type=form.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )
