"""Pages of operation, registers and consolidation: who sees what, and what a refusal keeps."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from models.base import DirectiveId
from models.directive import Directive
from models.operation import RunRecord
from models.report import Consolidation
from tests.documents.test_grids import book
from tests.portal.browsing import Browsing, words_of
from wiring.demo_draft import PEOPLE

OPERATOR = "ho-sy-nam"
HEAD = ("TT", "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản",
        "Người ký")  # fmt: skip


def runs(browsing: Browsing) -> list[RunRecord]:
    with browsing.portal.database.reading() as session:
        return list(session.scalars(select(RunRecord).order_by(RunRecord.asked_at)))


@pytest.fixture
def quiet(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> Browsing:
    """No orchestrator runs beside these tests: what would be handed to it stays in the list."""
    monkeypatch.setattr(type(browsing.seeded.office), "start_run", lambda *_: None)
    return browsing


def test_an_operator_starts_a_flow_and_sees_it_in_the_list(quiet: Browsing) -> None:
    quiet.sign_in(OPERATOR)
    before = len(runs(quiet))
    answer = quiet.post("/van-hanh/chay", flow="deliver-pending")
    assert answer.status_code == 303
    assert runs(quiet)[before].started_by == OPERATOR
    text = words_of(quiet.get("/van-hanh"))
    assert "Gửi các văn bản, thông báo đang chờ gửi" in text
    assert "chờ chạy" in text


def test_a_clerk_is_shown_only_what_a_clerk_may_start(quiet: Browsing) -> None:
    quiet.sign_in(PEOPLE.clerk)
    text = words_of(quiet.get("/van-hanh"))
    assert "Bổ sung dấu thời gian còn thiếu" in text
    assert "Kiểm tra kho lưu trữ và nhật ký" not in text
    before = len(runs(quiet))
    assert quiet.post("/van-hanh/chay", flow="verify-archive").status_code == 403
    assert len(runs(quiet)) == before


def test_a_number_that_no_directive_bears_is_kept_in_the_form(quiet: Browsing) -> None:
    quiet.sign_in(PEOPLE.follow_up)
    answer = quiet.post("/van-hanh/chay", flow="consolidate-reports", directive="777-HD/BTGTU")
    assert answer.status_code == 422
    assert "Không có văn bản nào mang số “777-HD/BTGTU”" in words_of(answer)
    assert 'value="777-HD/BTGTU"' in answer.text


def test_a_register_is_read_printed_and_taken_as_a_table(quiet: Browsing) -> None:
    quiet.sign_in(PEOPLE.drafter)
    assert "Sổ đăng ký văn bản đi" in words_of(quiet.get("/so-van-ban"))
    for key in ("outgoing", "incoming", "follow_up", "postal"):
        pdf = quiet.get(f"/so-van-ban/tep?so={key}&ky=&dang=pdf")
        assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
        xlsx = quiet.get(f"/so-van-ban/tep?so={key}&ky=&dang=xlsx")
        assert openpyxl.load_workbook(io.BytesIO(xlsx.content)).worksheets
    assert quiet.get("/so-van-ban?so=secret").status_code == 404
    assert quiet.get("/so-van-ban?so=outgoing&ky=1850").status_code == 404


def bring(browsing: Browsing, raw: bytes) -> tuple[int, str]:
    answer = browsing.client.post(
        "/so-van-ban/nhap/outgoing",
        data={"csrf": browsing.token(), "series": ""}, files={"file": ("so.xlsx", raw)},
    )  # fmt: skip
    return answer.status_code, words_of(answer) if answer.status_code != 303 else ""


def test_the_clerk_brings_an_old_register_and_nobody_else(quiet: Browsing) -> None:
    good = book(HEAD, (9001, "1-HD/BTGTU", "3/1/2021", "Hướng dẫn: một", "Trần Trung Hiếu"))
    quiet.sign_in(PEOPLE.drafter)
    assert "Nhập sổ cũ" not in words_of(quiet.get("/so-van-ban"))
    assert bring(quiet, good)[0] == 403
    quiet.sign_in(PEOPLE.clerk)
    assert "Nhập sổ cũ" in words_of(quiet.get("/so-van-ban"))
    assert bring(quiet, good) == (303, "")
    assert "1-HD/BTGTU" in words_of(quiet.get("/so-van-ban?so=outgoing&ky=2021"))
    status, text = bring(quiet, good)
    assert (status, "Dòng số 9001 của sổ năm 2021" in text) == (409, True)
    status, text = bring(quiet, b"%PDF-1.7")
    assert (status, "không phải bảng tính XLSX" in text) == (422, True)


def test_reports_are_consolidated_and_drafted_upwards_from_one_page(
    quiet: Browsing, issued: DirectiveId
) -> None:
    path = f"/theo-doi/{issued}/tong-hop"
    quiet.sign_in(PEOPLE.follow_up)
    text = words_of(quiet.get(path))
    assert "Tình hình báo cáo" in text
    assert "Soạn dự thảo" not in text
    assert quiet.post(path, ky="").status_code == 303
    with quiet.portal.database.reading() as session:
        made = session.scalars(
            select(Consolidation).where(Consolidation.directive_id == issued)
        ).first()
    assert made is not None
    for form, start in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        assert quiet.get(f"{path}/{made.id}/{form}").content.startswith(start)
    assert quiet.get(f"{path}/{made.id}/docx").status_code == 404
    assert quiet.post(f"{path}/du-thao", ky="").status_code == 403
    quiet.sign_in(PEOPLE.drafter)
    drafted = quiet.post(f"{path}/du-thao", ky="")
    assert drafted.status_code == 303
    key = drafted.headers["location"].rpartition("/")[2]
    assert "Kết quả thực hiện" in words_of(quiet.get(f"/van-ban/{key}"))
    again = quiet.post(f"{path}/du-thao", ky="")
    assert again.status_code == 409
    with quiet.portal.database.reading() as session:
        assert session.scalars(select(Directive).where(Directive.doc_type == "Báo cáo")).all()


def test_a_period_that_the_directive_does_not_have_is_refused(
    quiet: Browsing, issued: DirectiveId
) -> None:
    quiet.sign_in(PEOPLE.follow_up)
    answer = quiet.post(f"/theo-doi/{issued}/tong-hop", ky="1999-Q1")
    assert answer.status_code == 404
    assert "kỳ báo cáo" in words_of(answer)
