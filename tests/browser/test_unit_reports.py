"""A unit fills a table and hands in on a phone; nothing typed is lost by a refusal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from actions.auditing import Actor
from actions.reports.forms import define_form, drop_form
from documents.report_forms import ColumnKind, FormColumn
from models.base import DirectiveId
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import PEOPLE, Seeded, report_units

COLUMNS = (
    FormColumn(key="ten", title="Tên lớp bồi dưỡng, tập huấn nghiệp vụ"),
    FormColumn(key="so", title="Số học viên", kind=ColumnKind.INTEGER, required=True, sum=True),
    FormColumn(key="tien", title="Kinh phí (triệu đồng)", kind=ColumnKind.DECIMAL, sum=True),
    FormColumn(key="ngay", title="Ngày khai giảng", kind=ColumnKind.DATE),
    FormColumn(
        key="loai", title="Hình thức", kind=ColumnKind.CHOICE, choices=("Tập trung", "Từ xa")
    ),
)


@pytest.fixture
def asked(seeded: Seeded, issued: DirectiveId) -> Iterator[DirectiveId]:
    """The report asks for a table."""
    ref = next(one.task_ref for one in seeded.obligations(issued) if one.is_report)
    actor = Actor(kind="officer", id=PEOPLE.follow_up, name="Người theo dõi")
    desk = seeded.office.desk
    define_form(
        desk, actor, issued, ref, title="Biểu 1. Lớp bồi dưỡng", columns=COLUMNS,
        rows=("Cấp huyện", "Cấp xã"),
    )  # fmt: skip
    yield issued
    drop_form(desk, actor, issued, ref)


def test_a_table_is_filled_on_a_phone_and_survives_a_refusal(
    phone: Visitor, seeded: Seeded, asked: DirectiveId, tmp_path: Path
) -> None:
    unit = report_units(seeded, asked)[6]
    link = seeded.link(unit, asked)
    paper = tmp_path / "bao-cao.pdf"
    paper.write_bytes(aside(lambda: seeded.report(unit)))
    phone.open(link)
    assert not phone.is_too_wide
    phone.page.set_input_files("#tep", str(paper))
    inputs = phone.page.locator("table.fill input, table.fill select")
    for at, value in enumerate(("Lớp 1", "mười", "12,5", "31/10/2022")):
        inputs.nth(at).fill(value)
    inputs.nth(4).select_option("Từ xa")
    phone.page.click("button:has-text('Gửi báo cáo')")
    phone.page.wait_for_selector(".fault:has-text('phải là số nguyên')")
    expect(phone.page.locator("#gui-bao-cao [role=alert]")).to_be_in_viewport()
    assert not phone.is_too_wide
    kept = [inputs.nth(at).input_value() for at in range(5)]
    assert kept == ["Lớp 1", "mười", "12,5", "31/10/2022", "Từ xa"]
    # The file that was chosen is still chosen: the page put its own input into the new form.
    assert phone.page.evaluate("document.getElementById('tep').files[0].name") == "bao-cao.pdf"
    assert phone.page.locator("[data-choose-again]").count() == 0
