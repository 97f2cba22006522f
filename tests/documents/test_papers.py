"""The register and the journey of a directive."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest

from documents.papers import (
    OUTGOING_COLUMNS,
    RegisterHead,
    Timeline,
    TimelineObligation,
    TimelineRecipient,
    TimelineStep,
    register_paper,
    timeline_page,
)
from tests.documents.papers_samples import AS_OF, NOTICE

HEAD = RegisterHead(
    parent_issuer="Tỉnh ủy Lâm Đồng",
    issuer="Ban Tuyên giáo",
    period="Hướng dẫn, nhiệm kỳ 2020-2025",
    notice=NOTICE,
)
ROW = (
    "96-HD/BTGTU",
    "21/9/2022",
    "Hướng dẫn tuyên truyền",
    "Trần Trung Hiếu",
    "Thường trực Tỉnh ủy; các huyện ủy 😀",
    "Văn phòng",
    "38",
    "21/9/2022",
    "",
    "",
)
AT = datetime(2022, 9, 21, 6, 54, 12, tzinfo=UTC)


def test_the_register_has_ten_columns_in_landscape_and_repeats_its_head(fonts: Path) -> None:
    pdf = register_paper([ROW] * 60, head=HEAD, at=AS_OF, fonts=fonts)
    document = pypdfium2.PdfDocument(pdf)
    width, height = document[0].get_size()
    assert width > height
    assert len(document) > 1
    for page in document:
        text = " ".join(page.get_textpage().get_text_range().split())
        assert "(10)" in text
        assert "Người ký" in text
        assert NOTICE in text
    assert len(OUTGOING_COLUMNS) == 10
    assert pdf == register_paper([ROW] * 60, head=HEAD, at=AS_OF, fonts=fonts)


def test_an_empty_register_is_printed_and_a_torn_row_is_not(fonts: Path) -> None:
    empty = register_paper([], head=HEAD, at=AS_OF, fonts=fonts)
    assert "Sổ này có 0 văn bản." in " ".join(
        pypdfium2.PdfDocument(empty)[0].get_textpage().get_text_range().split()
    )
    with pytest.raises(ValueError, match="10 cells"):
        register_paper([ROW[:9]], head=HEAD, at=AS_OF, fonts=fonts)


def journey(**changes: object) -> Timeline:
    fields: dict[str, object] = {
        "issuer": "Ban Tuyên giáo Tỉnh ủy Lâm Đồng",
        "number": "96-HD/BTGTU",
        "doc_type": "Hướng dẫn",
        "title": "Tuyên truyền <script>alert(1)</script>",
        "issued": date(2022, 9, 21),
        "state": "Đã phát hành",
        "sentence": "1/1 đơn vị đã tiếp nhận.",
        "as_of": AS_OF,
        "steps": (
            TimelineStep(name="Ký số", person="Trần Trung Hiếu", post="PTB", at=AT, chained=True),
            TimelineStep(name="Gửi", person="", post="", at=AT, detail="1 đơn vị", chained=False),
        ),
        "recipients": (
            TimelineRecipient(
                unit='Sở "A" & B', role="thực hiện", channel="thư", state="đã đến", sent_at=AT
            ),
        ),
        "obligations": (
            TimelineObligation(
                unit="Sở A",
                label="III.2",
                deadline="trong tháng 9",
                due=date(2022, 9, 30),
                state="đang mở",
                overdue=True,
                reminders=2,
            ),
        ),
        "notice": NOTICE,
        **changes,
    }
    return Timeline(**fields)  # type: ignore[arg-type] # fields by name


def test_the_journey_shows_steps_recipients_and_obligations() -> None:
    page = timeline_page(journey())
    for words in (
        "96-HD/BTGTU",
        "Trần Trung Hiếu",
        "13:54, 21/9/2022",
        "nhật ký nguyên vẹn",
        "nhật ký bị thay đổi",
        "Sở &#34;A&#34; &amp; B",
        "quá hạn",
        "2 lần",
        NOTICE,
    ):
        assert words in page


def test_the_journey_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = timeline_page(journey())
    assert "<script" not in page
    assert not re.search(r"""(src|href|url)\s*[=(]""", page)
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page


def test_a_journey_that_has_hardly_begun_says_so() -> None:
    page = timeline_page(journey(recipients=(), obligations=(), issued=None, notice=None))
    assert "Chưa có đơn vị nào." in page
    assert "không giao nhiệm vụ" in page
    assert NOTICE not in page
