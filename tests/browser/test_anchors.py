"""An administrator looks at a file, trusts its root certificate, and trusts it no longer."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.acting import go, press, says
from tests.browser.conftest import Visitor
from tests.browser.test_access import wide, wrongs
from tests.signing.judge_crypto.pki import Plan, make_root

__all__ = ["wide"]

NAME = "CA gốc của Nơi Cấp"
ROOT = make_root(Plan(NAME, kind="rsa:root").authority_of())
PERSON = ROOT.issue(Plan("Người Ký", kind="rsa:officer"))


def test_a_root_certificate_is_seen_compared_trusted_and_taken_away(
    wide: Visitor, tmp_path: Path
) -> None:
    file = tmp_path / "goc.cer"
    wide.sign_in("truong-my-linh")
    go(wide, "Quản trị")
    go(wide, "Mở: Thiết lập")
    go(wide, "Xem, thêm chứng thư gốc")
    go(wide, "Thêm chứng thư gốc")
    for holder, said in ((PERSON, "không phải của cơ quan chứng thực"), (ROOT, "tự cấp")):
        file.write_bytes(holder.der)
        wide.page.get_by_label("Tệp chứng thư").set_input_files(file)
        press(wide, "Xem trong tệp")
        says(wide, said)
        # Answers to forms are on no list of pages.
        assert wrongs(wide.page) == []
        if holder is PERSON:
            go(wide, "Không tin")
            go(wide, "Thêm chứng thư gốc")
    wide.page.get_by_label("Nguồn").fill("Trang của nơi cấp")
    wide.page.get_by_label("Lý do").fill("Cấp cho cơ quan ta")
    wide.page.get_by_label("dấu thời gian").uncheck()
    press(wide, "Đã đối chiếu, tin chứng thư này")
    says(wide, "Đã tin chứng thư gốc.")
    row = wide.page.get_by_role("row", name=NAME)
    expect(row).to_contain_text("chữ ký cán bộ, con dấu cơ quan")
    go(wide, NAME)
    wide.page.get_by_text("Không tin nữa").first.click()
    assert wrongs(wide.page) == []
    wide.page.locator("details[open]").get_by_label("Lý do").fill("Thử xong")
    press(wide, "Không tin nữa")
    expect(wide.page.get_by_role("dialog")).to_contain_text(f"Không tin {NAME} nữa?")
    wide.agree()
    says(wide, "Không tin chứng thư gốc ấy nữa.")
    expect(wide.page.get_by_role("row", name=NAME)).to_have_count(0)
