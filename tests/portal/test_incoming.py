"""Papers that come in, at their pages: seen by who may, moved on by who must."""

import itertools
import re
import uuid
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import pytest

from actions.incoming.arriving import arrive
from actions.receiving import ReceivedAs, receive
from delivery.edxml.message import (
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    Party,
)
from delivery.inbox import read_mail
from models.dispatch import IncomingMessage
from models.incoming import IncomingAssignment, IncomingDocument, IncomingRequest
from models.organisation import Office, Organisation
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import Seeded, plain_page
from wiring.demo_draft import PEOPLE

THEIRS = "000.00.00.H36"
NUMBERS = itertools.count(53)
"""Each paper has one of its own, or it would be taken for the same paper."""


def sent(seeded: Seeded, **changes: object) -> DocumentMessage:
    """A paper of Tỉnh ủy, whose seal is that of a unit of the demo's authority."""
    message = DocumentMessage(
        sender=Party(organ_id=THEIRS, name="Tỉnh ủy Lâm Đồng"),
        receivers=(Party(organ_id="000.00.05.H36"),),
        document_id=str(uuid.uuid4()), number=str(next(NUMBERS)), notation="KH/TU",
        promulgation_date=date(2022, 9, 19), type_name="Kế hoạch",
        subject="Triển khai Chỉ thị về báo chí", signer="Trần Đức Quận",
        files=(EdxmlFile(name="53-KH-TU.pdf", content=seeded.report("tinh-uy-lam-dong")),),
    )  # fmt: skip
    return replace(message, **changes)  # type: ignore[arg-type]  # fields of every type


def arrived(seeded: Seeded, message: DocumentMessage) -> uuid.UUID:
    key = uuid.uuid4()
    with seeded.office.database.writing() as session:
        own = session.get_one(Office, 1).organisation_id
        session.get_one(Organisation, own).agency_id = "000.00.05.H36"
        session.add(
            IncomingMessage(
                id=key, dedupe_key=key.hex, channel="edxml_http", sender=THEIRS, subject="",
                raw_sha256=seeded.office.desk.archive.put(key.bytes),
                received_at=seeded.office.clock(),
            )
        )  # fmt: skip
    found = arrive(seeded.office.desk, key, message, via="edxml_http")
    assert found is not None
    return found


def document(seeded: Seeded, key: uuid.UUID) -> IncomingDocument:
    with seeded.office.database.reading() as session:
        return session.get_one(IncomingDocument, key)


@pytest.fixture
def key(seeded: Seeded) -> uuid.UUID:
    return arrived(seeded, sent(seeded))


def test_the_clerk_sees_the_verdict_and_registers(
    browsing: Browsing, seeded: Seeded, key: uuid.UUID
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    assert "Triển khai Chỉ thị về báo chí" in words_of(browsing.get("/van-ban-den"))
    shown = words_of(browsing.get(f"/van-ban-den/{key}"))
    assert "Tiếp nhận, lấy số đến" in shown
    assert "chữ ký" in shown
    note = "" if document(seeded, key).verdict == "passed" else "đã đối chiếu"
    answer = browsing.post(f"/van-ban-den/{key}/tiep-nhan", note=note)
    assert answer.status_code == 303, words_of(answer)
    assert document(seeded, key).number is not None


def test_page_pictures_and_files_are_for_people_of_the_office(
    browsing: Browsing, key: uuid.UUID
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    picture = browsing.get(f"/van-ban-den/{key}/anh/0/1.png")
    assert picture.content.startswith(b"\x89PNG")
    file = browsing.get(f"/van-ban-den/{key}/tep/0")
    assert file.content.startswith(b"%PDF")
    assert "attachment" in file.headers["content-disposition"]
    assert browsing.get(f"/van-ban-den/{key}/tep/9").status_code == 404
    browsing.client.cookies.clear()
    assert browsing.get(f"/van-ban-den/{key}/tep/0").status_code in (303, 401)


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("application/pdf", "application/pdf"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("text/html; charset=utf-8\r\nX-Evil: 1", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("name", ["vb.pdf", 'a"; filename=b.html\r\nX-Evil: 1', "../../../x.html"])
def test_a_strangers_file_goes_out_as_something_to_keep_whatever_it_says_it_is(
    browsing: Browsing, seeded: Seeded, media_type: str, kind: str, name: str
) -> None:
    key = arrived(seeded, sent(seeded))
    with seeded.office.database.writing() as session:
        row = session.get_one(IncomingDocument, key)
        row.files = [{**row.files[0], "name": name, "media_type": media_type}]
    browsing.sign_in(PEOPLE.clerk)
    file = browsing.get(f"/van-ban-den/{key}/tep/0")
    assert file.status_code == 200
    assert file.headers["content-type"] == kind
    said = file.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w.%-]+", said)
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "x-evil" not in file.headers


def test_a_broken_signature_is_said_in_plain_words_and_needs_a_reason(
    browsing: Browsing, seeded: Seeded
) -> None:
    pdf = seeded.report("tinh-uy-lam-dong")
    broken = pdf[:400] + bytes([pdf[400] ^ 1]) + pdf[401:]
    key = arrived(seeded, sent(seeded, files=(EdxmlFile(name="hong.pdf", content=broken),)))
    browsing.sign_in(PEOPLE.clerk)
    shown = words_of(browsing.get(f"/van-ban-den/{key}"))
    assert "Lý do vẫn tiếp nhận" in shown
    refused = browsing.post(f"/van-ban-den/{key}/tiep-nhan", note="")
    assert refused.status_code == 422
    assert document(seeded, key).state == "arrived"
    assert browsing.post(f"/van-ban-den/{key}/tra-lai", reason="Chữ ký hỏng").status_code == 303
    assert document(seeded, key).state == "refused"


def test_the_leader_assigns_and_the_handler_works(
    browsing: Browsing, seeded: Seeded, key: uuid.UUID
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    browsing.post(f"/van-ban-den/{key}/tiep-nhan", note="đã đối chiếu")
    browsing.sign_in(PEOPLE.signatory)
    assert "Phân công giải quyết" in words_of(browsing.get(f"/van-ban-den/{key}"))
    wrong = browsing.post(f"/van-ban-den/{key}/phan-cong", opinion="Tham mưu", who0="", due0="")
    assert wrong.status_code == 422
    assert "Tham mưu" in wrong.text
    answer = browsing.post(
        f"/van-ban-den/{key}/phan-cong", opinion="Tham mưu",
        who0=f"officer:{PEOPLE.drafter}", due0="2022-10-20",
        who1=f"officer:{PEOPLE.follow_up}", due1="2022-10-10",
    )  # fmt: skip
    assert answer.status_code == 303, words_of(answer)
    with seeded.office.database.reading() as session:
        parts = session.query(IncomingAssignment).filter_by(document_id=key).all()
    lead = next(one for one in parts if one.leads)
    beside = next(one for one in parts if not one.leads)
    assert beside.due == date(2022, 10, 10)
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.post(f"/van-ban-den/{key}/phan-viec/{lead.id}/bat-dau").status_code == 303
    assert document(seeded, key).state == "in_progress"
    assert "chờ" not in words_of(browsing.get(f"/van-ban-den/{key}/phieu")).casefold()
    early = browsing.post(f"/van-ban-den/{key}/phan-viec/{lead.id}/xong", result="Xong")
    assert "Còn đơn vị phối hợp chưa xong" in words_of(early)


def test_what_the_sender_asks_is_answered_at_the_page(browsing: Browsing, seeded: Seeded) -> None:
    first = sent(seeded)
    key = arrived(seeded, first)
    arrived(
        seeded,
        replace(first, files=(), business=Business(type=BusinessType.RECALL, reason="Gửi nhầm")),
    )
    browsing.sign_in(PEOPLE.clerk)
    assert "Nơi gửi đề nghị thu hồi" in words_of(browsing.get(f"/van-ban-den/{key}"))
    with seeded.office.database.reading() as session:
        request = session.query(IncomingRequest).filter_by(document_id=key).one()
    answer = browsing.post(f"/van-ban-den/{key}/de-nghi/{request.id}/dong-y")
    assert answer.status_code == 303, words_of(answer)
    assert "đã bị huỷ" in words_of(browsing.get(f"/van-ban-den/{key}"))
    assert browsing.get(f"/van-ban-den/{key}/anh/0/1.png").status_code == 404


def test_a_paper_by_hand_is_read_from_its_scan_and_registered(
    browsing: Browsing, seeded: Seeded
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    assert "Đọc bản quét" in words_of(browsing.get("/van-ban-den/vao-so"))
    read = browsing.client.post(
        "/van-ban-den/tep/doc", data={"csrf": browsing.token()},
        files={"file": ("quet.pdf", plain_page(seeded.office), "application/pdf")},
    )  # fmt: skip
    assert read.status_code == 200
    assert "Bản quét: quet.pdf" in words_of(read)
    made = browsing.post(
        "/van-ban-den/vao-so", sender_name="Sở Nội vụ", subject="Cung cấp số liệu",
        number_symbol="12/SNV-VP", scan="0" * 64, scan_proof="không đúng",
    )  # fmt: skip
    assert made.status_code == 422
    made = browsing.post(
        "/van-ban-den/vao-so", sender_name="Sở Nội vụ", subject="Cung cấp số liệu",
        number_symbol="12/SNV-VP", document_date="2022-09-19",
    )  # fmt: skip
    assert made.status_code == 303, words_of(made)


def test_only_the_clerk_registers_by_hand(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.get("/van-ban-den/vao-so").status_code == 403
    assert browsing.post("/van-ban-den/vao-so", sender_name="x", subject="y").status_code == 403


def test_the_list_is_found_by_filter_and_words(browsing: Browsing, key: uuid.UUID) -> None:
    browsing.sign_in(PEOPLE.clerk)
    assert str(key) in browsing.get("/van-ban-den?loc=cho-tiep-nhan&q=bao+chi").text
    assert str(key) not in browsing.get("/van-ban-den?loc=xong").text
    assert str(key) not in browsing.get("/van-ban-den?q=khong+co").text


def test_a_mail_is_taken_as_a_paper_at_its_page(browsing: Browsing, seeded: Seeded) -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "van-thu@snv.example", "Công văn về số liệu"
    letter["Message-ID"] = f"<{uuid.uuid4().hex}@snv.example>"
    letter.set_content("Kính gửi văn bản.")
    pdf = seeded.report("tinh-uy-lam-dong")
    letter.add_attachment(pdf, maintype="application", subtype="pdf", filename="so-lieu.pdf")
    mail = read_mail(letter.as_bytes())
    assert receive(seeded.office.desk, mail) is ReceivedAs.UNMATCHED
    with seeded.office.database.reading() as session:
        row = session.query(IncomingMessage).filter_by(dedupe_key=mail.dedupe_key).one()
    browsing.sign_in(PEOPLE.clerk)
    shown = words_of(browsing.get(f"/van-ban-den/tu-thu/{row.id}"))
    assert "so-lieu.pdf" in shown
    empty = browsing.post(f"/van-ban-den/tu-thu/{row.id}", sender_name="", subject="")
    assert empty.status_code == 422
    made = browsing.post(
        f"/van-ban-den/tu-thu/{row.id}", sender_name="Sở Nội vụ", subject="Số liệu báo chí",
        number_symbol="33/SNV-VP",
    )  # fmt: skip
    assert made.status_code == 303, words_of(made)
    assert "thư điện tử" in words_of(browsing.get(made.headers["location"]))


def test_what_waits_stands_among_the_clerks_work(browsing: Browsing, key: uuid.UUID) -> None:
    del key
    browsing.sign_in(PEOPLE.clerk)
    assert "Văn bản đến, chờ kiểm tra và tiếp nhận." in words_of(browsing.get("/viec-cua-toi"))
    only = words_of(browsing.get("/viec-cua-toi?loc=den"))
    assert "Kiểm tra, tiếp nhận" in only


def test_a_reply_that_is_not_ours_is_refused_with_its_reason(
    browsing: Browsing, seeded: Seeded, key: uuid.UUID
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    browsing.post(f"/van-ban-den/{key}/tiep-nhan", note="đã đối chiếu")
    browsing.sign_in(PEOPLE.signatory)
    fields = {"number": "15", "symbol": "BC/BTGTU", "subject": "Kết quả", "day": "2022-09-20"}
    for pdf, words in (
        (plain_page(seeded.office), "không được chấp nhận"),
        (seeded.report("tinh-uy-lam-dong"), "không được chấp nhận"),
    ):
        answer = browsing.client.post(
            f"/van-ban-den/tep/tra-loi/{key}", data={"csrf": browsing.token(), **fields},
            files={"file": ("bao-cao.pdf", pdf, "application/pdf")},
        )  # fmt: skip
        assert answer.status_code == 422
        assert words in words_of(answer)
    ours = sign_as_office(seeded)
    answer = browsing.client.post(
        f"/van-ban-den/tep/tra-loi/{key}", data={"csrf": browsing.token(), **fields},
        files={"file": ("bao-cao.pdf", ours, "application/pdf")},
    )  # fmt: skip
    assert answer.status_code == 303, words_of(answer)
    assert "15-BC/BTGTU" in words_of(browsing.get(f"/van-ban-den/{key}"))


def sign_as_office(seeded: Seeded) -> bytes:
    with seeded.office.database.reading() as session:
        own = session.get_one(Office, 1).organisation_id
    return seeded.report(own)
