"""The paper on which a key is tried: marked THỬ NGHIỆM, kept nowhere."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from documents.typesetting import Typesetting
from documents.wording import shown, time_text

MARK: Final = "THỬ NGHIỆM"
FIELD_BOX: Final = (300.0, 560.0, 170.0, 90.0)
"""Where the empty signature field lies on its only page: x, y from the top, width, height; pt."""
PAGE_HEIGHT_PT: Final = 841.89


def trial_paper(
    rows: Sequence[tuple[str, str]], *, issuer: str, at: datetime, fonts: Path
) -> bytes:
    """Sets the paper on one page of A4, as PDF/A-2b.

    Args:
        rows: what is tried: label and value.
        issuer: name of the office.
        at: aware.
        fonts: folder of the font.

    Raises:
        RenderError: the typesetter refused.
    """
    data = {
        "mark": MARK,
        "title": "Ký thử chứng thư số",
        "issuer": shown(issuer.upper()),
        "as_of": time_text(at),
        "rows": [[shown(label), shown(value)] for label, value in rows],
        "closing": "Trang này chỉ để ký thử: không phải văn bản, không vào sổ, không lưu trữ.",
        "notice": f"{MARK}: không có giá trị pháp lý.",
    }
    return Typesetting("trial.typ", data, fonts=fonts).pdf(at)
