"""The main job: the seed's directive from its damaged text to its consolidated report."""

import csv
import email
import email.policy
import hashlib
import io
import json
import unicodedata
from collections.abc import Callable
from email.message import EmailMessage
from typing import cast

import openpyxl
import pytest

from tests.stories.conftest import PROJECT, Played
from wiring.stories.reviewed import read_reviewed

DEMO_REVIEWED = PROJECT / "demo" / "96-HD-BTGTU.reviewed.toml"
pytestmark = pytest.mark.timeout(900)


def messages(demo: Played, place: str) -> list[EmailMessage]:
    return [
        cast(
            "EmailMessage",
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default),
        )
        for path in sorted((demo.folder / "mail" / place).glob("*.eml"))
    ]


def rows(demo: Played, name: str) -> list[dict[str, str]]:
    data = (demo.folder / name).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def test_the_number_follows_the_series_and_the_paper_is_issued(demo: Played) -> None:
    assert demo.figures["number"] == "96-HD/BTGTU"
    assert demo.figures["state"] == "issued"


def test_both_signatures_are_valid_for_an_independent_tool(
    demo: Played, poppler: Callable[..., str]
) -> None:
    said = poppler("pdfsig", "-nocert", str(demo.folder / "directive.pdf"))
    assert said.count("Signature is Valid") == 2
    assert "ChuKyLanhDao" in said
    assert "DauCoQuan" in said


def test_our_judge_passes_the_paper_today(demo: Played) -> None:
    assert demo.figures["verdict"] == "passed"
    assert "Chữ ký hợp lệ" in (demo.folder / "verification.html").read_text(encoding="utf-8")


def test_the_signatures_bear_the_times_of_the_seeds_own_records(
    demo: Played, poppler: Callable[..., str]
) -> None:
    said = poppler("pdfsig", "-nocert", str(demo.folder / "directive.pdf"))
    assert "Sep 21 2022 06:54:12" in said or "13:54:12" in said
    assert "Sep 21 2022 07:56:28" in said or "14:56:28" in said


def test_the_page_says_number_subject_and_every_recipient(
    demo: Played, poppler: Callable[..., str]
) -> None:
    text = squeezed(poppler("pdftotext", "-raw", str(demo.folder / "directive.pdf"), "-"))
    reviewed = read_reviewed(DEMO_REVIEWED)
    assert "96-HD/BTGTU" in text
    assert squeezed(reviewed.title) in text
    for line in reviewed.recipient:
        for name in line.raw.split(", "):
            assert squeezed(name) in text, line.raw


def test_each_unit_got_one_message_with_the_paper(demo: Played) -> None:
    deliveries = rows(demo, "deliveries.csv")
    assert len(deliveries) == demo.figures["recipients"]
    assert len({row["organisation"] for row in deliveries}) == len(deliveries)
    paper = (demo.folder / "directive.pdf").read_bytes()
    carrying = [
        message
        for message in messages(demo, "sent")
        if any(part.get_content_type() == "application/pdf" for part in message.walk())
    ]
    assert len({str(message["Message-ID"]) for message in carrying}) == len(carrying)
    assert len({str(message["To"]) for message in carrying}) == len(carrying)
    for message in carrying:
        (attached,) = [
            part for part in message.walk() if part.get_content_type() == "application/pdf"
        ]
        assert attached.get_payload(decode=True) == paper
    bounced = [row for row in deliveries if row["state"] == "bounced"]
    # One was refused at the door; the other was taken first and came back later.
    assert len(carrying) == len(deliveries) - 1
    assert {row["organisation"] for row in bounced} == {"tinh-doan", "ban-dan-toc"}
    assert all("550" in row["detail"] for row in bounced)
    assert demo.figures["delivered"] == len(deliveries) - len(bounced)


def test_a_broken_report_came_back_with_its_reason_and_a_good_one_was_taken(demo: Played) -> None:
    returned = [
        str(message["Subject"]) + str(message.get_body())
        for message in messages(demo, "sent")
        if "ductrong" in str(message["To"]).replace(".", "").replace("-", "")
        and not any(part.get_content_type() == "application/pdf" for part in message.walk())
    ]
    assert returned
    reported = [
        row for row in rows(demo, "obligations.csv") if row["organisation"] == "huyen-uy-duc-trong"
    ]
    assert {row["state"] for row in reported} == {"accepted"}


def test_dates_are_computed_as_the_paper_means_them(demo: Played) -> None:
    by_task = {row["task"]: row for row in rows(demo, "obligations.csv")}
    assert by_task["R1"]["named_date"] == "2022-10-31"
    assert by_task["R1"]["last_allowed_day"] == "2022-10-30"
    assert by_task["III.2"]["due"] == "2022-09-30"
    assert by_task["III.3"]["due"] == "2022-10-31"
    due = {
        row["organisation"]: row["due"]
        for row in rows(demo, "obligations.csv")
        if row["task"] == "R1"
    }
    assert due["thanh-uy-da-lat"] == "2022-10-28"
    assert due["huyen-uy-cat-tien"] == "2022-11-04"


def test_who_never_answered_is_overdue_and_was_chased(demo: Played) -> None:
    overdue = {
        row["organisation"] for row in rows(demo, "obligations.csv") if row["overdue"] == "yes"
    }
    assert overdue == {
        "huyen-uy-da-teh", "dang-uy-khoi-doanh-nghiep", "dang-uy-dai-hoc-da-lat",
        "tap-chi-lang-bian",
    }  # fmt: skip
    assert demo.figures["reminders"] > 0


def test_the_consolidated_report_names_the_missing_and_its_sources(
    demo: Played, poppler: Callable[..., str]
) -> None:
    book = openpyxl.load_workbook(demo.folder / "consolidated.xlsx", read_only=True)
    cells = [
        str(cell)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    book.close()
    text = poppler("pdftotext", "-layout", str(demo.folder / "consolidated.pdf"), "-")
    assert any("3.120 đảng viên" in cell for cell in cells)
    assert any("Huyện ủy Đạ Tẻh" in cell for cell in cells)
    assert "Đạ Tẻh" in text
    assert "96-HD/BTGTU" in text


def test_the_wrong_attempt_was_refused(demo: Played) -> None:
    assert any("đóng dấu" in words and "bị từ chối" in words for words in demo.told)


def test_the_figures_name_every_file_by_its_digest(demo: Played) -> None:
    written = json.loads((demo.folder / "demo.json").read_text(encoding="utf-8"))
    assert written == demo.figures
    needed = {
        "directive.pdf", "trust/root.pem", "verification.html", "register.pdf", "deliveries.csv",
        "obligations.csv", "consolidated.pdf", "consolidated.xlsx", "timeline.html",
    }  # fmt: skip
    assert needed <= set(written["files"])
    for name, digest in written["files"].items():
        assert hashlib.sha256((demo.folder / name).read_bytes()).hexdigest() == digest


def test_what_was_read_without_help_is_counted(demo: Played) -> None:
    right, total = map(int, demo.figures["read_right"].split("/"))
    assert right <= total
    assert total == len(demo.outcome.reading.fields)
    assert right / total > 0.6
