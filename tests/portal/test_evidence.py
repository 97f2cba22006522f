"""The legal steps on a directive's page, the mark of its journal, its evidence."""

import io
import zipfile

import pytest
from sqlalchemy import select, update

from models.audit import AuditEvent
from models.base import DirectiveId
from tests.portal.browsing import Browsing, words_of
from tests.portal.programs import ask
from tests.portal.seeded import PEOPLE


@pytest.fixture
def issued(browsing: Browsing) -> DirectiveId:
    browsing.sign_in(PEOPLE.clerk)
    return browsing.seeded.by_state["issued"]


def test_the_page_leads_with_the_legal_steps_and_the_mark_of_its_journal(
    browsing: Browsing, issued: DirectiveId
) -> None:
    words = words_of(browsing.get(f"/van-ban/{issued}"))
    steps = [
        "Soạn thảo và trình", "Kiểm tra nội dung", "Kiểm tra thể thức",
        "Phê duyệt", "Cấp số và ngày", "Lãnh đạo ký số", "Đóng dấu cơ quan",
        "Phát hành văn bản", "Đã gửi",
        "Đã đến, có báo nhận", "Đơn vị tiếp nhận", "Nhiệm vụ đã báo cáo",
    ]  # fmt: skip
    begins = words.index("Soạn thảo và trình : xong")
    places = [words.index(step, begins) for step in steps]
    assert places == sorted(places)
    assert "Nhật ký còn nguyên." in words
    assert words.index("Nhật ký còn nguyên.") < words.index("Diễn biến")


def test_who_oversees_the_office_is_led_on_to_the_whole_journal(
    browsing: Browsing, issued: DirectiveId
) -> None:
    way = 'href="/quan-tri/nhat-ky/chuoi"'
    assert way not in browsing.get(f"/van-ban/{issued}").text
    browsing.sign_in("cao-duc-thanh")
    assert way in browsing.get(f"/van-ban/{issued}").text
    assert browsing.get("/quan-tri/nhat-ky/chuoi").status_code == 200


def test_a_journal_that_was_changed_behind_our_back_is_told_on_the_page(
    browsing: Browsing, issued: DirectiveId
) -> None:
    database = browsing.seeded.office.database
    with database.writing() as session:
        event = session.scalars(
            select(AuditEvent).where(
                AuditEvent.subject_id == str(issued),
                AuditEvent.deed == "approve",
                AuditEvent.outcome == "done",
            )
        ).one()
        sequence, name = event.sequence, event.actor_name
    _rename(browsing, sequence, "Người khác")
    try:
        words = words_of(browsing.get(f"/van-ban/{issued}"))
    finally:
        _rename(browsing, sequence, name)
    assert f"không còn nguyên, từ sự kiện số {sequence}." in words
    assert "Nhật ký còn nguyên." not in words


def test_the_tab_of_evidence_shows_each_signature_with_its_digests_and_verdict(
    browsing: Browsing, issued: DirectiveId
) -> None:
    shown = browsing.get(f"/van-ban/{issued}?the=chung-cu")
    row = browsing.seeded.directive(issued)
    assert all(
        digest and digest in shown.text
        for digest in (row.frozen_sha256, row.signed_sha256, row.sealed_sha256)
    )
    words = words_of(shown)
    assert words.count("Hợp lệ") == 2
    assert "Chữ ký của lãnh đạo" in words
    assert "Chữ ký số của cơ quan (dấu)" in words


def test_a_draft_says_that_it_has_no_signature_yet(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    key = browsing.seeded.start("Chưa có chữ ký nào cả")
    assert "Chưa có chữ ký nào." in words_of(browsing.get(f"/van-ban/{key}?the=chung-cu"))


def test_the_dossier_comes_as_a_zip_with_the_sealed_paper(
    browsing: Browsing, issued: DirectiveId
) -> None:
    answer = browsing.get(f"/van-ban/{issued}/chung-cu.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-length"] == str(len(answer.content))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert any("-sealed-" in name for name in packed.namelist())


def test_an_officer_checks_the_signatures_of_a_stored_file_anew(
    browsing: Browsing, issued: DirectiveId
) -> None:
    row = browsing.seeded.directive(issued)
    shown = browsing.client.get(
        f"/van-ban/{issued}/kiem-tra/{row.sealed_sha256}", follow_redirects=True
    )
    assert shown.status_code == 200
    assert row.sealed_sha256 in shown.text
    assert f'href="/van-ban/{issued}?the=chung-cu"' in shown.text


@pytest.mark.parametrize("digest", ["0" * 64, "khong-phai"])
def test_a_file_that_is_not_the_directives_is_not_found(
    browsing: Browsing, issued: DirectiveId, digest: str
) -> None:
    assert browsing.get(f"/van-ban/{issued}/kiem-tra/{digest}").status_code == 404


@pytest.mark.parametrize("path", ["chung-cu.zip", "kiem-tra/" + "0" * 64])
def test_who_has_not_signed_in_gets_no_evidence(
    browsing: Browsing, issued: DirectiveId, path: str
) -> None:
    browsing.client.cookies.clear()
    answer = browsing.get(f"/van-ban/{issued}/{path}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/dang-nhap")


def _rename(browsing: Browsing, sequence: int, name: str) -> None:
    with browsing.seeded.office.database.writing() as session:
        session.execute(
            update(AuditEvent).where(AuditEvent.sequence == sequence).values(actor_name=name)
        )


@pytest.mark.usefixtures("still")
def test_dossiers_are_asked_for_no_faster_than_checks(
    browsing: Browsing, issued: DirectiveId
) -> None:
    row = browsing.seeded.directive(issued)
    for _ in range(15):
        browsing.portal.checks.take("testclient")
    refused = [
        browsing.get(f"/van-ban/{issued}/{path}")
        for path in ("chung-cu.zip", f"kiem-tra/{row.sealed_sha256}")
    ]
    browsing.portal.checks._left.clear()
    assert [one.status_code for one in refused] == [429, 429]
    assert all(one.headers["retry-after"] for one in refused)
    assert browsing.get(f"/van-ban/{issued}/chung-cu.zip").status_code == 200


def test_a_program_is_told_the_steps_and_whether_the_journal_is_whole_and_takes_the_dossier(
    browsing: Browsing, issued: DirectiveId
) -> None:
    path = f"/directives/{issued}"
    whole = ask(browsing, PEOPLE.clerk, "GET", path).json()
    steps = {one["key"]: one for one in whole["legal_steps"]}
    assert {steps[key]["stands"] for key in ("approve", "take_number", "sign", "issue")} == {"done"}
    assert steps["sign"]["actor"].startswith("Trần Trung Hiếu")
    assert steps["sent"]["total"] >= steps["accepted"]["count"] >= 0
    assert whole["record_broken_at"] is None
    answer = ask(browsing, PEOPLE.clerk, "GET", f"{path}/dossier")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert {"nhat-ky.jsonl", "chu-ky.json", "SHA256SUMS"} <= set(packed.namelist())


def test_another_directives_dossier_is_not_found_by_a_program(browsing: Browsing) -> None:
    unknown = "00000000-0000-0000-0000-000000000009"
    answer = ask(browsing, PEOPLE.clerk, "GET", f"/directives/{unknown}/dossier")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
