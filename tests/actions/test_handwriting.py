"""The signatory's own handwriting on the page, where the office has it."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from actions.errors import NotAcceptedError
from actions.signing_off import complete, sign
from models.base import DirectiveId
from signing.verdict import Verdict
from tests.actions.signature_rows import signatures_of
from tests.support.front import Front
from tests.support.signing_office import PIN


def handwriting() -> bytes:
    sheet = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    pen.line([(30, 200), (200, 30), (330, 210), (560, 90)], fill=(20, 50, 170, 255), width=9)
    out = io.BytesIO()
    sheet.save(out, format="PNG")
    return out.getvalue()


def signs_with(front: Front, key: DirectiveId, picture: bytes | None) -> None:
    desk = replace(
        front.desk, handwriting=lambda officer: picture if officer == "signatory" else None
    )
    seen = front.directive(key).frozen_sha256 or ""
    sign(desk, front.signatory, key, seen_sha256=seen, pin=PIN)


def pictures_on(pdf: bytes) -> int:
    """Pictures on the pages once the marks are part of them."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    for page in document:
        pypdfium2.raw.FPDFPage_Flatten(page.raw, pypdfium2.raw.FLAT_PRINT)
    flat = io.BytesIO()
    document.save(flat)
    document.close()
    again = pypdfium2.PdfDocument(flat.getvalue())
    image = [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    found = sum(len(list(page.get_objects(filter=image))) for page in again)
    again.close()
    return found


@pytest.mark.parametrize("given", [True, False])
def test_the_picture_stands_where_the_name_would_be_drawn(
    frozen_front: Front, key: DirectiveId, *, given: bool
) -> None:
    signs_with(frozen_front, key, handwriting() if given else None)
    complete(frozen_front.desk, key)
    pdf = frozen_front.desk.archive.get(frozen_front.directive(key).signed_sha256 or "")
    assert pictures_on(pdf) == int(given)
    assert frozen_front.desk.judge(pdf, "x", frozen_front.clock()).verdict is Verdict.PASSED


def test_a_picture_that_cannot_be_a_mark_stops_the_signature_before_the_key(
    frozen_front: Front, key: DirectiveId
) -> None:
    with pytest.raises(NotAcceptedError, match="Ảnh chữ ký tay không dùng được"):
        signs_with(frozen_front, key, b"no picture at all")
    assert signatures_of(frozen_front) == []
    signs_with(frozen_front, key, None)
    assert [row.state for row in signatures_of(frozen_front)] == ["keyed"]
