"""The page of a recipient unit, and what the follow-up officer does with its answers."""

import re

from sqlalchemy import select, update

from models.base import DirectiveId
from models.dispatch import Consignment
from models.outbox import OutboxRow
from models.report import Report
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import PEOPLE, report_units


def test_a_link_that_we_did_not_make_opens_nothing(browsing: Browsing, issued: DirectiveId) -> None:
    link = browsing.seeded.link("t79", issued)
    for path in ("/u/abc", link[:-1], link[:-2] + "xx", "/u/" + "a" * 300):
        page = browsing.get(path)
        assert page.status_code == 404
        assert "Đường dẫn này không đúng" in words_of(page)


def test_a_link_opens_only_after_issue(browsing: Browsing) -> None:
    key = browsing.seeded.sealed()
    assert browsing.get(browsing.seeded.link("t79", key)).status_code == 404


def test_the_unit_sees_what_came_and_what_is_owed(browsing: Browsing, issued: DirectiveId) -> None:
    unit = report_units(browsing.seeded, issued)[2]
    link = browsing.seeded.link(unit, issued)
    page = browsing.get(link)
    said = words_of(page)
    assert "Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký." in said
    assert "trước ngày 31/10/2022" in said
    assert "28/10/2022" in said
    assert browsing.get(f"{link}/van-ban.pdf").content.startswith(b"%PDF")
    assert browsing.get(f"{link}/trang/1.png").headers["content-type"] == "image/png"
    checked = browsing.client.get(f"{link}/kiem-tra", follow_redirects=True)
    assert "Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký." in words_of(checked)


def test_a_good_report_is_taken_and_accepted(browsing: Browsing, issued: DirectiveId) -> None:
    unit = report_units(browsing.seeded, issued)[3]
    link = browsing.seeded.link(unit, issued)
    form = browsing.get(link)
    sent = browsing.client.post(
        f"{link}/bao-cao",
        data={"csrf": token_in(form)},
        files={"file": ("báo cáo.pdf", browsing.seeded.report(unit), "application/pdf")},
    )
    assert sent.status_code == 303
    assert "Đã nhận tệp “báo cáo.pdf”" in words_of(browsing.get(sent.headers["location"]))
    browsing.sign_in(PEOPLE.follow_up)
    board = browsing.get(f"/theo-doi/{issued}")
    report = re.search(r"bao-cao=([0-9a-f-]+)", sent.headers["location"])
    assert report
    assert f"/theo-doi/bao-cao/{report[1]}/nhan" in board.text
    assert browsing.post(f"/theo-doi/bao-cao/{report[1]}/nhan").status_code == 303
    states = {one.state for one in browsing.seeded.obligations(issued, unit)}
    assert states == {"accepted"}
    again = browsing.post(f"/theo-doi/bao-cao/{report[1]}/tra-lai", reason="Thiếu phụ lục.")
    assert again.status_code == 409
    assert "Thiếu phụ lục." in words_of(again)


def test_an_unsigned_report_is_turned_back_at_once_with_its_reason(
    browsing: Browsing, issued: DirectiveId
) -> None:
    unit = report_units(browsing.seeded, issued)[4]
    link = browsing.seeded.link(unit, issued)
    token = token_in(browsing.get(link))
    sent = browsing.client.post(
        f"{link}/bao-cao", data={"csrf": token}, files={"file": ("x.pdf", b"khong phai pdf")}
    )
    assert "chưa được nhận" in words_of(browsing.get(sent.headers["location"]))
    states = {one.state for one in browsing.seeded.obligations(issued, unit)}
    assert states == {"open"}


def test_a_report_that_is_too_large_is_refused_with_the_limit(
    browsing: Browsing, issued: DirectiveId
) -> None:
    unit = report_units(browsing.seeded, issued)[4]
    link = browsing.seeded.link(unit, issued)
    token = token_in(browsing.get(link))
    sent = browsing.client.post(
        f"{link}/bao-cao",
        data={"csrf": token},
        files={"file": ("x.pdf", b"0" * (3 * 1024 * 1024))},
    )
    assert sent.status_code == 413
    assert "giới hạn 2 MB" in words_of(sent)


def test_a_forged_form_sends_no_report(browsing: Browsing, issued: DirectiveId) -> None:
    link = browsing.seeded.link("t79", issued)
    browsing.get(link)
    sent = browsing.client.post(
        f"{link}/bao-cao", data={"csrf": "sai"}, files={"file": ("x.pdf", b"%PDF-1.7")}
    )
    assert sent.status_code == 403


def test_more_time_is_asked_for_and_granted(browsing: Browsing, issued: DirectiveId) -> None:
    unit = report_units(browsing.seeded, issued)[5]
    link = browsing.seeded.link(unit, issued)
    one = next(one for one in browsing.seeded.obligations(issued, unit) if one.is_report)
    token = token_in(browsing.get(link))
    form = {"csrf": token, "obligation": str(one.id), "reason": "Chờ số liệu."}
    wrong = browsing.client.post(f"{link}/gia-han", data={**form, "until": "mai"})
    assert wrong.status_code == 422
    assert "Chờ số liệu." in wrong.text
    asked = browsing.client.post(f"{link}/gia-han", data={**form, "until": "2022-11-15"})
    assert asked.status_code == 303
    browsing.sign_in(PEOPLE.follow_up)
    board = browsing.get(f"/theo-doi/{issued}").text
    found = re.findall(r"/theo-doi/gia-han/([0-9a-f-]+)/dong-y", board)
    granted = [
        browsing.post(f"/theo-doi/gia-han/{key}/dong-y", until="2022-11-15").status_code
        for key in found
    ]
    assert set(granted) == {303}
    dues = {
        one.due.isoformat()
        for one in browsing.seeded.obligations(issued, unit)
        if one.is_report and one.due
    }
    assert dues == {"2022-11-15"}


def test_a_link_asks_for_nothing_of_another_unit_or_directive(
    browsing: Browsing, issued: DirectiveId
) -> None:
    units = report_units(browsing.seeded, issued)
    link = browsing.seeded.link(units[6], issued)
    other = browsing.seeded.obligations(issued, units[7])[0]
    before = [one.state for one in browsing.seeded.obligations(issued, units[7])]
    token = token_in(browsing.get(link))
    form = {"csrf": token, "obligation": str(other.id), "until": "2022-11-15", "reason": "Thử."}
    refused = browsing.client.post(f"{link}/gia-han", data=form)
    assert refused.status_code == 403
    assert [one.state for one in browsing.seeded.obligations(issued, units[7])] == before


def test_who_does_not_follow_up_decides_no_report(browsing: Browsing, issued: DirectiveId) -> None:
    browsing.sign_in(PEOPLE.drafter)
    board = browsing.get(f"/theo-doi/{issued}")
    assert "Báo Lâm Đồng" in board.text
    assert "/nhan" not in board.text
    with browsing.seeded.office.database.reading() as session:
        report = session.scalars(select(Report.id).where(Report.directive_id == issued)).first()
    assert browsing.post(f"/theo-doi/bao-cao/{report}/nhan").status_code == 403
    assert browsing.get(f"/theo-doi/{issued}/bao-cao/{report}").content.startswith(b"%PDF")


def test_a_bounced_letter_is_sent_again_to_the_right_address_by_the_clerk_alone(
    browsing: Browsing, issued: DirectiveId
) -> None:
    with browsing.seeded.office.database.writing() as session:
        one = session.scalars(
            select(Consignment).where(Consignment.directive_id == issued).limit(1)
        ).one()
        one.state, one.detail = "bounced", "550 no such mailbox"
        key, unit = one.id, one.organisation_id
        session.execute(update(OutboxRow).where(OutboxRow.ikey == one.key).values(state="settled"))
    browsing.sign_in(PEOPLE.drafter)
    assert "550 no such mailbox" in browsing.get(f"/phat-hanh/{issued}").text
    form = {"consignment": str(key), "address": f"dung@{unit}.example"}
    assert browsing.post(f"/phat-hanh/{issued}/gui-lai", **form).status_code == 403
    browsing.sign_in(PEOPLE.clerk)
    page = browsing.get(f"/phat-hanh/{issued}?loc=can-xu-ly")
    assert "1 cần xử lý" in words_of(page)
    assert browsing.post(f"/phat-hanh/{issued}/gui-lai", **form).status_code == 303
    again = browsing.post(f"/phat-hanh/{issued}/gui-lai", **form)
    assert again.status_code == 409
    assert f"dung@{unit}.example" in browsing.get(f"/phat-hanh/{issued}").text


def test_several_that_failed_are_sent_again_at_once_and_one_that_cannot_is_named(
    browsing: Browsing, issued: DirectiveId
) -> None:
    with browsing.seeded.office.database.writing() as session:
        rows = session.scalars(
            select(Consignment)
            .where(Consignment.directive_id == issued, Consignment.channel == "smtp")
            .order_by(Consignment.id.desc())
            .limit(3)
        ).all()
        for one in rows[:2]:
            one.state, one.detail = "failed", "không gửi được"
            settled = update(OutboxRow).where(OutboxRow.ikey == one.key).values(state="settled")
            session.execute(settled)
        keys = [str(one.id) for one in rows]
    browsing.sign_in(PEOPLE.clerk)
    many = f"/phat-hanh/{issued}/gui-lai-nhieu"
    assert browsing.get(f"/phat-hanh/{issued}").text.count('form="gui-lai-nhieu"') == 2
    answer = browsing.post(many, consignment=keys)
    assert answer.status_code == 422
    assert 'form="gui-lai-nhieu"' not in browsing.get(f"/phat-hanh/{issued}").text
    assert "Chưa chọn đơn vị nào" in words_of(browsing.post(many))


def test_the_grid_tells_the_steps_of_each_unit_and_is_taken_away(
    browsing: Browsing, issued: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    page = browsing.get(f"/phat-hanh/{issued}")
    for step in ("Đã gửi", "Đến nơi", "Tiếp nhận", "Báo cáo"):
        assert f'data-label="{step}"' in page.text
    table = browsing.get(f"/phat-hanh/{issued}/don-vi.csv")
    assert table.content.startswith(b"\xef\xbb\xbforganisation,")


def test_the_board_counts_units_in_words_and_filters_them(
    browsing: Browsing, issued: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    board = words_of(browsing.get(f"/theo-doi/{issued}"))
    assert re.search(r"\d+/23 đơn vị đã báo cáo, 0 quá hạn, \d+ còn hạn\.", board)
    assert re.search(r"Tất cả 23 Quá hạn 0 ", board)
    none_late = words_of(browsing.get(f"/theo-doi/{issued}?loc=qua-han"))
    assert "Không có đơn vị nào trong mục này." in none_late
    assert "/23 đơn vị" in words_of(browsing.get("/theo-doi"))


def test_a_unit_confirms_once_that_it_has_received(browsing: Browsing, issued: DirectiveId) -> None:
    unit = report_units(browsing.seeded, issued)[8]
    link = browsing.seeded.link(unit, issued)
    form = browsing.get(link)
    assert "Xác nhận đã nhận" in form.text
    assert browsing.client.post(f"{link}/da-nhan", data={"csrf": "x"}).status_code == 403
    for _ in range(2):
        sent = browsing.client.post(f"{link}/da-nhan", data={"csrf": token_in(form)})
        assert sent.status_code == 303
    again = browsing.get(link)
    assert "Đơn vị đã xác nhận đã nhận lúc" in words_of(again)
    assert "/da-nhan" not in again.text


def test_after_the_follow_up_has_ended_a_unit_reads_that_nothing_is_waited_for(
    browsing: Browsing,
) -> None:
    key = browsing.seeded.issued("Văn bản kết thúc theo dõi khi còn việc")
    link = browsing.seeded.link(report_units(browsing.seeded, key)[0], key)
    ended = "đã kết thúc theo dõi văn bản này ngày"
    before = words_of(browsing.get(link))
    assert "Xin gia hạn" in before
    assert ended not in before
    browsing.sign_in(PEOPLE.follow_up)
    given = {"revision": "1", "reason": "Việc đã chuyển sang kế hoạch năm sau."}
    assert browsing.post(f"/van-ban/{key}/quyet-dinh/close", **given).status_code == 303
    after = words_of(browsing.get(link))
    assert ended in after
    assert "không chờ báo cáo nữa" in after
    for gone in ("Xin gia hạn", "Gửi báo cáo", "chưa báo cáo", "quá hạn"):
        assert gone not in after.partition("Việc đơn vị cần làm")[2].partition("Văn bản")[0], gone
