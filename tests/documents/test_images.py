"""Pages as pictures."""

from datetime import datetime
from pathlib import Path

import pytest

from documents.content import DirectiveContent
from documents.errors import PageImageError
from documents.images import page_count, page_image, page_images
from documents.render import render


def test_each_page_of_a_pdf_is_drawn(seed: DirectiveContent, fonts: Path, at: datetime) -> None:
    made = render(seed, at=at, fonts=fonts)
    images = page_images(made.pdf, ppi=36)
    assert [image.page for image in images] == list(range(1, page_count(made.pdf) + 1))
    assert images[0].png.startswith(b"\x89PNG")
    assert images[0].height_pt == pytest.approx(841.89, abs=0.1)
    assert len(page_images(made.pdf, ppi=36, limit=1)) == 1


def test_what_cannot_be_drawn_is_refused(seed: DirectiveContent, fonts: Path, at: datetime) -> None:
    pdf = render(seed, at=at, fonts=fonts).pdf
    with pytest.raises(PageImageError, match="trang 9"):
        page_image(pdf, 9)
    with pytest.raises(PageImageError, match="quá lớn"):
        page_image(pdf, 1, ppi=2000)
    with pytest.raises(PageImageError):
        page_count(b"no pdf at all")
