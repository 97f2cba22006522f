"""Reports with figures and several files at a unit's page; links that end; what officers see."""

import io
import re
from collections.abc import Iterator

import pytest
from httpx import Response
from openpyxl import load_workbook

from actions.auditing import Actor
from actions.reports.forms import define_form, forms_of
from documents.report_forms import ColumnKind, FormColumn, TableForm
from models.base import DirectiveId
from models.report import Report
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import PEOPLE, Seeded, report_units

COLUMNS = (
    FormColumn(key="lop", title="Tên lớp", kind=ColumnKind.TEXT),
    FormColumn(key="so", title="Số học viên", kind=ColumnKind.INTEGER, required=True, sum=True),
)


@pytest.fixture(scope="module")
def form(seeded: Seeded, issued: DirectiveId) -> Iterator[TableForm]:
    """The report of the issued directive asks for a table."""
    ref = next(one.task_ref for one in seeded.obligations(issued) if one.is_report)
    actor = Actor(kind="officer", id=PEOPLE.follow_up, name="Người theo dõi")
    define_form(
        seeded.office.desk, actor, issued, ref, title="Biểu 1. Lớp bồi dưỡng", columns=COLUMNS
    )
    with seeded.office.database.reading() as session:
        (found,) = forms_of(session, issued)
    yield found
    with seeded.office.database.writing() as session:
        for report in session.query(Report).where(Report.directive_id == issued):
            report.figures = {}
        session.execute(Report.metadata.tables["report_form"].delete())


def hand_in(browsing: Browsing, issued: DirectiveId, report: bytes, **fields: str) -> Response:
    """The seventh unit sends a report with what it typed."""
    link = browsing.seeded.link(report_units(browsing.seeded, issued)[6], issued)
    sent: Response = browsing.client.post(
        f"{link}/bao-cao", data={"csrf": token_in(browsing.get(link)), **fields},
        files={"file": ("bc.pdf", report, "application/pdf")},
    )  # fmt: skip
    return sent


def test_typed_figures_with_a_fault_are_kept_in_the_page_and_nothing_is_taken(
    browsing: Browsing, issued: DirectiveId, form: TableForm
) -> None:
    unit = report_units(browsing.seeded, issued)[6]
    cells = {f"o.{form.id}.0.lop": "Lớp <b>một</b>", f"o.{form.id}.0.so": "mười"}
    sent = hand_in(browsing, issued, browsing.seeded.report(unit), so="12-BC/HU", **cells)
    assert sent.status_code == 422
    said = words_of(sent)
    assert said.index("Việc đơn vị cần làm") < said.index("phải là số nguyên")
    assert 'value="mười"' in sent.text
    assert "Lớp &lt;b&gt;một&lt;/b&gt;" in sent.text
    assert 'value="12-BC/HU"' in sent.text
    assert {one.state for one in browsing.seeded.obligations(issued, unit)} == {"open"}


def test_each_wrong_figure_is_said_in_a_line_of_its_own_at_the_form(
    browsing: Browsing, issued: DirectiveId, form: TableForm
) -> None:
    cells = {f"o.{form.id}.{row}.so": "mười" for row in (0, 1)}
    sent = hand_in(browsing, issued, b"%PDF-1.7", **cells)
    assert "Chưa gửi được báo cáo:" in words_of(sent)
    assert sent.text.count("<li>Biểu 1. Lớp bồi dưỡng: ") >= 2
    assert sent.text.count('role="alert"') == 1


def test_a_report_without_the_figures_asked_for_says_so(
    browsing: Browsing, issued: DirectiveId, form: TableForm
) -> None:
    assert form.id
    unit = report_units(browsing.seeded, issued)[6]
    link = browsing.seeded.link(unit, issued)
    token = token_in(browsing.get(link))
    sent = browsing.client.post(
        f"{link}/bao-cao", data={"csrf": token}, files={"file": ("bc.pdf", b"%PDF-1.7")}
    )
    assert sent.status_code == 422
    assert "Biểu 1. Lớp bồi dưỡng: chưa có số liệu." in words_of(sent)


def test_a_report_with_a_filled_workbook_and_files_is_taken_shown_and_returned_with_a_day(
    browsing: Browsing, issued: DirectiveId, form: TableForm
) -> None:
    unit = report_units(browsing.seeded, issued)[7]
    link = browsing.seeded.link(unit, issued)
    template = browsing.get(f"{link}/bieu/{form.id}.xlsx")
    assert template.headers["content-disposition"].startswith("attachment")
    book = load_workbook(io.BytesIO(template.content))
    book["Bieu"]["A6"], book["Bieu"]["B6"] = "Lớp 1", 1250
    out = io.BytesIO()
    book.save(out)
    token = token_in(browsing.get(link))
    sent = browsing.client.post(
        f"{link}/bao-cao",
        data={"csrf": token},
        files=[
            ("file", ("bc.pdf", browsing.seeded.report(unit), "application/pdf")),
            ("bieu", ("so-lieu.xlsx", out.getvalue())),
            ("files", ("../../etc/<ảnh>.html", b"<script>alert(1)</script>", "text/html")),
        ],
    )
    assert sent.status_code == 303, words_of(sent)
    page = browsing.get(sent.headers["location"])
    assert "Đã nhận tệp “bc.pdf”" in words_of(page)
    assert "1250" in words_of(page)
    key = re.search(r"bao-cao=([0-9a-f-]+)", sent.headers["location"])
    assert key
    file = browsing.get(f"{link}/bao-cao/{key[1]}/1")
    assert file.content == b"<script>alert(1)</script>"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    assert "etc" not in file.headers["content-disposition"]
    assert browsing.get(f"{link}/bao-cao/{key[1]}/9").status_code == 404

    foreign = browsing.seeded.link(report_units(browsing.seeded, issued)[8], issued)
    assert browsing.get(f"{foreign}/bao-cao/{key[1]}/0").status_code == 404

    browsing.sign_in(PEOPLE.follow_up)
    board = browsing.get(f"/theo-doi/{issued}")
    assert "Biểu 1. Lớp bồi dưỡng (1 dòng)" in words_of(board)
    assert browsing.get(f"/theo-doi/{issued}/bao-cao/{key[1]}/2").content == out.getvalue()
    past = browsing.post(
        f"/theo-doi/bao-cao/{key[1]}/tra-lai", reason="Thiếu lớp 2.", new_due="2022-01-01"
    )
    assert past.status_code == 422
    assert "Thiếu lớp 2." in words_of(past)
    back = browsing.post(
        f"/theo-doi/bao-cao/{key[1]}/tra-lai", reason="Thiếu lớp 2.", new_due="2022-11-30"
    )
    assert back.status_code == 303
    dues = {one.due.isoformat() for one in browsing.seeded.obligations(issued, unit) if one.due}
    assert "2022-11-30" in dues
    assert "Hạn gửi lại: thứ Tư, 30/11/2022" in words_of(browsing.get(link))
    whole = browsing.get(f"/theo-doi/{issued}/don-vi/{unit}")
    assert "Thiếu lớp 2." in words_of(whole)


def test_files_that_are_too_large_together_are_refused(
    browsing: Browsing, issued: DirectiveId
) -> None:
    link = browsing.seeded.link(report_units(browsing.seeded, issued)[6], issued)
    token = token_in(browsing.get(link))
    half = b"0" * (1024 * 1024 + 1)
    sent = browsing.client.post(
        f"{link}/bao-cao",
        data={"csrf": token},
        files=[("file", ("x.pdf", half)), ("files", ("y.zip", half))],
    )
    assert sent.status_code == 413
    assert "giới hạn 2 MB" in words_of(sent)


def test_a_link_is_ended_by_the_officer_and_a_new_one_takes_its_place(
    browsing: Browsing, issued: DirectiveId
) -> None:
    unit = report_units(browsing.seeded, issued)[9]
    old = browsing.seeded.link(unit, issued)
    assert browsing.get(old).status_code == 200
    browsing.sign_in(PEOPLE.follow_up)
    path = f"/theo-doi/{issued}/don-vi/{unit}"
    assert browsing.post(f"{path}/thu-hoi-duong-dan", serial="1", reason=" ").status_code == 422
    ended = browsing.post(f"{path}/thu-hoi-duong-dan", serial="1", reason="Gửi nhầm người.")
    assert ended.status_code == 303
    again = browsing.post(f"{path}/thu-hoi-duong-dan", serial="1", reason="Gửi nhầm người.")
    assert again.status_code == 409
    for way in (old, f"{old}/van-ban.pdf", f"{old}/trang/1.png", f"{old}/kiem-tra"):
        gone = browsing.get(way)
        assert gone.status_code == 410
        assert "thu hồi" in words_of(gone)
        assert "96-HD/BTGTU" not in words_of(gone)
    new = browsing.seeded.office.links.make(unit, str(issued), 2)
    assert (
        browsing.get(new.removeprefix(browsing.seeded.office.settings.portal_url)).status_code
        == 200
    )
    unmade = browsing.seeded.office.links.make(unit, str(issued), 3)
    assert browsing.get("/u/" + unmade.rpartition("/")[2]).status_code == 404


def test_a_unit_refuses_what_reached_it_and_may_accept_it_later(
    browsing: Browsing, issued: DirectiveId
) -> None:
    unit = report_units(browsing.seeded, issued)[10]
    link = browsing.seeded.link(unit, issued)
    token = token_in(browsing.get(link))
    assert browsing.client.post(f"{link}/tu-choi", data={"csrf": token}).status_code == 422
    said = {"csrf": token, "reason": "Thiếu trang 3."}
    assert browsing.client.post(f"{link}/tu-choi", data=said).status_code == 303
    shown = words_of(browsing.get(link))
    assert "từ chối tiếp nhận: Thiếu trang 3." in shown
    twice = browsing.client.post(f"{link}/tu-choi", data=said)
    assert twice.status_code == 409
    assert browsing.client.post(f"{link}/da-nhan", data={"csrf": token}).status_code == 303
    assert "Đơn vị đã xác nhận đã nhận" in words_of(browsing.get(link))


def refused_by(browsing: Browsing, issued: DirectiveId) -> int:
    """How many units refused this directive, as its row of the clerk's work says."""
    rows = browsing.get("/viec-cua-toi?loc=gui-loi").text.split('<li class="row work">')
    ours = "".join(row for row in rows if f'href="/phat-hanh/{issued}?' in row)
    said = re.search(r"(\d+) đơn vị từ chối tiếp nhận\.", ours)
    return int(said[1]) if said else 0


def test_what_a_unit_refuses_waits_for_the_clerk_until_it_is_sent_again(
    browsing: Browsing, issued: DirectiveId
) -> None:
    unit = report_units(browsing.seeded, issued)[11]
    browsing.sign_in(PEOPLE.clerk)
    before = refused_by(browsing, issued)
    link = browsing.seeded.link(unit, issued)
    token = token_in(browsing.get(link))
    said = {"csrf": token, "reason": "Gửi nhầm đơn vị."}
    assert browsing.client.post(f"{link}/tu-choi", data=said).status_code == 303

    browsing.sign_in(PEOPLE.clerk)
    assert refused_by(browsing, issued) == before + 1
    told = "Có đơn vị chưa gửi được hoặc từ chối tiếp nhận"
    assert told in words_of(browsing.get("/thong-bao?loc=moi"))
    assert "Gửi nhầm đơn vị." in words_of(browsing.get(f"/phat-hanh/{issued}?loc=can-xu-ly"))
    assert "từ chối tiếp nhận" in words_of(browsing.get(f"/theo-doi/{issued}"))

    path = f"/phat-hanh/{issued}/don-vi/{unit}"
    one = re.search(r'name="consignment" value="([^"]+)"', browsing.get(path).text)
    assert one
    again = browsing.post(f"{path}/gui-lai", consignment=one[1], reason="Đơn vị đã hỏi lại.")
    assert again.status_code == 303, words_of(again)
    assert refused_by(browsing, issued) == before


def test_a_form_is_defined_at_the_portal_and_what_was_typed_survives_a_refusal(
    browsing: Browsing, issued: DirectiveId
) -> None:
    ref = next(one.task_ref for one in browsing.seeded.obligations(issued) if not one.is_report)
    path = f"/theo-doi/{issued}/bieu"
    browsing.sign_in(PEOPLE.follow_up)
    assert "Không yêu cầu biểu số liệu" in words_of(browsing.get(path))
    wrong = browsing.post(f"{path}/{ref}", title="Biểu 2", columns="Số lớp | số tròn", rows="")
    assert wrong.status_code == 422
    assert "không hiểu “số tròn”" in words_of(wrong)
    assert "Số lớp | số tròn" in wrong.text
    lines = "Số lớp | số nguyên | bắt buộc | cộng\nHình thức | chọn: Tập trung; Từ xa\n"
    assert browsing.post(f"{path}/{ref}", title="Biểu 2", columns=lines).status_code == 303
    shown = browsing.get(path)
    assert "Số lớp | số nguyên | bắt buộc | cộng" in shown.text
    assert "Hình thức | chọn: Tập trung; Từ xa" in shown.text
    assert browsing.get(f"{path}/{ref}.xlsx").content.startswith(b"PK")
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.post(f"{path}/{ref}", title="Biểu 2", columns=lines).status_code in (403, 404)
    browsing.sign_in(PEOPLE.follow_up)
    assert browsing.post(f"{path}/{ref}/bo").status_code == 303
