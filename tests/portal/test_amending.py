"""After issue, through the pages alone: amending, the answers of units, messages that wait."""

import uuid
from datetime import UTC, datetime
from email.message import EmailMessage

from sqlalchemy import select

from actions.amending.recalling import recall
from actions.receiving import receive
from delivery.inbox import read_mail
from models.base import DirectiveId
from models.dispatch import Consignment, IncomingMessage
from models.organisation import Organisation
from models.session import Database
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import Seeded
from wiring.demo_draft import PEOPLE

WHY = "Ban hành không đúng thẩm quyền, theo Quyết định số 12-QĐ/BTGTU"


def units_of(database: Database, key: DirectiveId) -> list[tuple[str, Consignment]]:
    with database.reading() as session:
        rows = session.execute(
            select(Organisation.name, Consignment)
            .join(Consignment, Consignment.organisation_id == Organisation.id)
            .where(Consignment.directive_id == key)
            .order_by(Organisation.name)
        )
        return [(name, one) for name, one in rows]


def test_a_recall_goes_from_the_page_to_the_units_and_their_answers_come_back(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.issued("Văn bản sẽ bị thu hồi qua trang")
    database = seeded.office.database
    with database.writing() as session:
        for one in session.scalars(select(Consignment).where(Consignment.directive_id == key)):
            one.state = "sent"
    browsing.sign_in(PEOPLE.drafter)
    assert "Thu hồi văn bản" not in words_of(browsing.get(f"/van-ban/{key}"))
    refused = browsing.post(f"/van-ban/{key}/sau-phat-hanh/thu-hoi", reason=WHY)
    assert refused.status_code == 403
    browsing.sign_in(PEOPLE.clerk)
    empty = browsing.post(f"/van-ban/{key}/sau-phat-hanh/thu-hoi", reason=" ")
    assert empty.status_code == 422
    done = browsing.post(f"/van-ban/{key}/sau-phat-hanh/thu-hoi", reason=WHY)
    assert (done.status_code, browsing.state(key)) == (303, "recalled")
    pdf = {"file": ("vb.pdf", seeded.pdf(key), "application/pdf")}
    public = browsing.client.post(
        "/kiem-tra-chu-ky", data={"csrf": browsing.token()}, files=pdf, follow_redirects=True
    )
    assert "Văn bản này đã bị thu hồi" in words_of(public)
    assert WHY not in words_of(public)
    again = browsing.post(f"/van-ban/{key}/sau-phat-hanh/thu-hoi", reason=WHY)
    assert again.status_code == 409
    assert "đã" in words_of(again)
    (_, first), (_, second), (name, third), *_ = units_of(database, key)
    for one, answer, reason in ((first, "dong-y", ""), (second, "khong", "Đã triển khai xong")):
        browsing.client.cookies.clear()
        link = seeded.link(one.organisation_id, key)
        page = browsing.get(link)
        assert "Văn bản này đã bị thu hồi" in words_of(page)
        assert WHY in words_of(page)
        sent = browsing.client.post(
            f"{link}/thu-hoi", data={"csrf": token_in(page), "answer": answer, "reason": reason}
        )
        assert sent.status_code == 303
    browsing.sign_in(PEOPLE.clerk)
    noted = browsing.post(
        f"/van-ban/{key}/sau-phat-hanh/tra-loi", consignment=str(third.id), answer="dong-y",
        words="Công văn số 7 ngày 22/9/2022",
    )  # fmt: skip
    assert noted.status_code == 303
    seen = words_of(browsing.get(f"/van-ban/{key}"))
    assert "2 đồng ý" in seen
    assert "1 không đồng ý" in seen
    assert "Đã triển khai xong" in seen
    assert name in seen


def test_among_several_checked_files_a_recalled_one_is_not_counted_as_valid(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.issued("Văn bản bị thu hồi giữa nhiều tệp")
    holds = seeded.pdf(seeded.issued("Văn bản còn hiệu lực giữa nhiều tệp"))
    recall(seeded.office.desk, seeded.actor(PEOPLE.signatory), key, reason=WHY)
    token = token_in(browsing.get("/kiem-tra-chu-ky"))
    files = [("file", ("con.pdf", holds)), ("file", ("thu-hoi.pdf", seeded.pdf(key)))]
    said = browsing.client.post(
        "/kiem-tra-chu-ky", data={"csrf": token}, files=files, follow_redirects=True
    )
    assert "2 tệp: 1 không còn hiệu lực, 1 hợp lệ" in words_of(said)
    first, second = said.text.split('<li class="row">')[1:3]
    assert "thu-hoi.pdf" in first
    assert "bị thu hồi ngày" in first
    assert WHY not in first
    assert "con.pdf" in second
    assert "thu hồi" not in second
    shown = words_of(browsing.get(said.text.split('class="quiet-button" href="')[1].split('"')[0]))
    assert shown.index("Văn bản này đã bị thu hồi") < shown.index("Hợp lệ")


def test_a_unit_that_nothing_was_sent_to_is_not_said_to_have_agreed_to_a_recall(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.issued("Văn bản bị thu hồi trước khi gửi đi")
    (_, one), *_ = units_of(seeded.office.database, key)
    recall(seeded.office.desk, seeded.actor(PEOPLE.signatory), key, reason=WHY)
    page = words_of(browsing.get(seeded.link(one.organisation_id, key)))
    assert "Văn bản này đã bị thu hồi" in page
    assert "chưa gửi đến đơn vị" in page
    assert "đồng ý" not in page


def mark_sent(seeded: Seeded, key: DirectiveId) -> None:
    with seeded.office.database.writing() as session:
        for one in session.scalars(select(Consignment).where(Consignment.directive_id == key)):
            one.state = "sent"


def files_of(browsing: Browsing, link: str) -> list[int]:
    """What each way answers through which a unit's link hands the directive out: 200 or a no."""
    browsing.portal.checks._left.clear()
    ways = ("van-ban.pdf", "trang/1.png", "kiem-tra")
    said = [browsing.get(f"{link}/{way}").status_code for way in ways]
    return [200 if status == 303 else status for status in said]


def test_from_the_recall_on_a_units_link_hands_the_file_out_no_more_whatever_it_answers(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.issued("Văn bản bị thu hồi không còn tải được")
    mark_sent(seeded, key)
    units = [one.organisation_id for _, one in units_of(seeded.office.database, key)]
    links = [seeded.link(unit, key) for unit in units[:3]]
    assert [files_of(browsing, link) for link in links[:1]] == [[200, 200, 200]]
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.post(f"/van-ban/{key}/sau-phat-hanh/thu-hoi", reason=WHY).status_code == 303
    browsing.client.cookies.clear()
    number = seeded.directive(key).number_text or ""
    for link, answer in zip(links, ("", "dong-y", "khong"), strict=True):
        page = browsing.get(link)
        if answer:
            given = {"csrf": token_in(page), "answer": answer, "reason": "Đã triển khai xong"}
            assert browsing.client.post(f"{link}/thu-hoi", data=given).status_code == 303
            page = browsing.get(link)
        said = words_of(page)
        for part in (f"{number} bị thu hồi ngày 2", WHY, "không còn được cung cấp"):
            assert part in said
        for gone in ("/van-ban.pdf", "/trang/1.png", "/kiem-tra", "/da-nhan"):
            assert f"{link}{gone}" not in page.text
        refused = browsing.get(f"{link}/van-ban.pdf")
        assert not refused.content.startswith(b"%PDF")
        assert "không cung cấp tệp văn bản này nữa" in words_of(refused)
        assert WHY in words_of(refused)
        assert files_of(browsing, link) == [410, 410, 410]
    browsing.sign_in(PEOPLE.clerk)
    kept = browsing.get(f"/van-ban/{key}/tep/{seeded.directive(key).sealed_sha256}")
    assert kept.content == seeded.pdf(key)


def test_a_unit_taken_off_the_list_gets_the_file_no_more_and_the_others_do(
    browsing: Browsing, seeded: Seeded
) -> None:
    key = seeded.issued("Văn bản gửi nhầm một đơn vị")
    mark_sent(seeded, key)
    (_, gone), (_, stays), *_ = units_of(seeded.office.database, key)
    browsing.sign_in(PEOPLE.clerk)
    given = {"remove": [gone.organisation_id], "reason": "Nhầm đơn vị"}
    done = browsing.post(f"/van-ban/{key}/sau-phat-hanh/noi-nhan", **given)
    assert done.status_code == 303
    browsing.client.cookies.clear()
    assert files_of(browsing, seeded.link(gone.organisation_id, key)) == [410, 410, 410]
    assert files_of(browsing, seeded.link(stays.organisation_id, key)) == [200, 200, 200]


def test_a_unit_that_gives_no_reason_is_asked_for_one(browsing: Browsing, seeded: Seeded) -> None:
    key = seeded.issued("Thu hồi, đơn vị quên lý do")
    with seeded.office.database.writing() as session:
        for one in session.scalars(select(Consignment).where(Consignment.directive_id == key)):
            one.state = "sent"
    browsing.sign_in(PEOPLE.signatory)
    browsing.post(f"/van-ban/{key}/sau-phat-hanh/thu-hoi", reason=WHY)
    (_, one), *_ = units_of(seeded.office.database, key)
    browsing.client.cookies.clear()
    link = seeded.link(one.organisation_id, key)
    page = browsing.get(link)
    sent = browsing.client.post(
        f"{link}/thu-hoi", data={"csrf": token_in(page), "answer": "khong", "reason": ""}
    )
    assert sent.status_code == 422
    assert "lý do" in words_of(sent).lower()


def test_replacing_and_changing_recipients_from_the_page(
    browsing: Browsing, seeded: Seeded
) -> None:
    old, new = seeded.issued("Văn bản cũ"), seeded.issued("Văn bản mới thay cho văn bản cũ")
    browsing.sign_in(PEOPLE.clerk)
    base = f"/van-ban/{old}/sau-phat-hanh"
    wrong = browsing.post(f"{base}/noi-nhan", add="Đơn vị không có thật", reason="Bổ sung")
    assert wrong.status_code == 422
    assert "Đơn vị không có thật" in words_of(wrong)
    (_, gone), *_ = units_of(seeded.office.database, old)
    fewer = browsing.post(f"{base}/noi-nhan", remove=[gone.organisation_id], reason="Nhầm đơn vị")
    assert fewer.status_code == 303
    assert "Sửa nơi nhận" in words_of(browsing.get(f"/van-ban/{old}"))
    none = browsing.post(f"{base}/thay-the", other="", reason=WHY)
    assert none.status_code == 422
    form = browsing.post(f"{base}/dinh-chinh", other=str(new), reason=WHY)
    assert "công văn" in words_of(form)
    done = browsing.post(f"{base}/thay-the", other=str(new), owed="pass", reason=WHY)
    assert (done.status_code, browsing.state(old)) == (303, "replaced")
    # Nothing is sent or asked any more: nothing waits.
    steps = words_of(browsing.get(f"/van-ban/{old}"))
    assert "không làm nữa" in steps
    assert "đang chờ" not in steps
    assert "Thay thế" in words_of(browsing.get(f"/van-ban/{new}"))


# --- messages that wait ---------------------------------------------------------------------


def unmatched(seeded: Seeded, *, subject: str, text: str = "Kính gửi") -> uuid.UUID:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "la@noi-khac.example", "x@y.example", subject
    made["Message-ID"] = f"<{uuid.uuid4()}@noi-khac.example>"
    made.set_content(text)
    made.add_alternative("<script>alert(1)</script><b>x</b>", subtype="html")
    mail = read_mail(made.as_bytes())
    receive(seeded.office.desk, mail)
    with seeded.office.database.reading() as session:
        return session.scalars(
            select(IncomingMessage.id).where(IncomingMessage.dedupe_key == mail.dedupe_key)
        ).one()


def test_a_message_that_waits_is_read_as_text_and_matched_to_a_delivery(
    browsing: Browsing, seeded: Seeded
) -> None:
    seeded.walk(datetime(2022, 9, 22, 3, 0, tzinfo=UTC))
    key = seeded.issued("Văn bản có thư hỏi")
    number = seeded.directive(key).number_text
    subject = f"<b>Về</b> {number} chưa nhận được"
    came = unmatched(seeded, subject=subject, text="<img src=x onerror=alert(1)> chưa thấy thư")
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.get("/thu-den").status_code == 403
    browsing.sign_in(PEOPLE.clerk)
    assert f"/thu-den/{came}" in browsing.get("/thu-den").text
    page = browsing.get(f"/thu-den/{came}")
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
    (_, one), *_ = units_of(seeded.office.database, key)
    path, about = f"/thu-den/{came}/luot-gui", {"directive": str(key), "consignment": str(one.id)}
    unsaid = browsing.post(path, **about, meaning="", reason="x")
    assert unsaid.status_code == 422
    assert browsing.post(path, **about, meaning="bounced", reason="Thư nói vậy").status_code == 303
    assert units_of(seeded.office.database, key)[0][1].state == "bounced"
    twice = browsing.post(path, **about, meaning="accepted", reason="lại")
    assert twice.status_code == 409
    assert str(came) not in browsing.get("/thu-den").text


def test_a_message_is_set_aside_with_a_reason(browsing: Browsing, seeded: Seeded) -> None:
    came = unmatched(seeded, subject="Quảng cáo")
    browsing.sign_in(PEOPLE.follow_up)
    assert browsing.post(f"/thu-den/{came}/xep-rieng", reason="").status_code == 422
    assert browsing.post(f"/thu-den/{came}/xep-rieng", reason="Quảng cáo").status_code == 303
    assert "Quảng cáo" in words_of(browsing.get(f"/thu-den/{came}"))
    assert browsing.get(f"/thu-den/{uuid.uuid4()}").status_code == 404
