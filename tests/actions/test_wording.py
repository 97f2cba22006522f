from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from actions.auditing import MACHINE
from actions.composing import Composer, FileCache
from actions.desk import doing
from actions.errors import NotFoundError
from actions.notifying import NewNotice, queue_notice
from actions.offices import OfficeFacts, office_facts
from actions.outbox import ClaimedRow
from actions.wording import (
    SUBJECT_LIMIT,
    Contact,
    LetterFrame,
    as_html,
    cut,
    deadline_line,
    deadline_phrase,
    directive_letter,
    how_to_answer,
    owed_lines,
)
from models.directive import Directive
from models.obligation import Obligation
from models.organisation import Office
from models.session import Database
from tests.actions.back_office import issue
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office

OFFICE = OfficeFacts(
    organisation_id="ban", name="Sở Thử nghiệm", mailbox="so@so.example",
    form_of_address="ông/bà", test_only=False,
)  # fmt: skip
DIRECTIVE = Directive(
    doc_type="Công văn", number_text="15/QĐ-STN", subject="V/v rà soát.", issue_date=None
)


def frame(*contacts: Contact, link: str | None = "https://x.example/a") -> LetterFrame:
    return LetterFrame(
        office=OFFICE, directive=DIRECTIVE, unit_name="Phòng A", link=link, contacts=contacts
    )


def owed(**values: object) -> Obligation:
    return Obligation(
        **{
            "task_ref": "II.1", "leads": True, "sentence": "Rà soát  số\nliệu.", "is_report": False,
            "deadline_raw": "(Hoàn thành trong quý I năm 2023)", "due": date(2023, 3, 31), **values,
        }
    )  # fmt: skip


@given(st.text(max_size=400))
def test_a_subject_is_one_line_and_not_too_long(text: str) -> None:
    line = cut(text)
    assert len(line) <= SUBJECT_LIMIT
    assert "\n" not in line
    assert line == " ".join(line.split()) or line.endswith("…")


def test_a_long_subject_is_cut_at_a_word() -> None:
    line = cut("tăng cường công tác chỉ đạo, " * 20)
    assert line.endswith(("đạo…", "cường…", "công…", "tác…", "chỉ…", "tăng…"))


def test_an_office_with_a_real_certificate_says_nothing_of_a_test() -> None:
    subject, text = directive_letter(frame(), [], "15-QD-STN.pdf", 2)
    assert subject == "15/QĐ-STN: V/v rà soát."
    assert "THỬ NGHIỆM" not in text
    assert "(15-QD-STN.pdf) cùng 2 tệp kèm theo" in text
    assert "Công văn số 15/QĐ-STN: V/v rà soát." in text
    assert "Đề nghị các ông/bà" in text


def test_whom_to_ask_is_addressed_as_the_office_does() -> None:
    lines = how_to_answer(frame(Contact(name="Lê A", email=None), Contact(name="B", email="b@x")))
    assert lines[-1] == "Cần trao đổi thêm, đề nghị liên hệ ông/bà Lê A; ông/bà B (b@x)."
    assert how_to_answer(frame())[-1].startswith("- Xác nhận đã nhận")


def test_a_letter_to_others_has_no_page_of_the_unit() -> None:
    lines = how_to_answer(frame(link=None))
    assert lines[-1].endswith("gửi về so@so.example.")


def test_who_owes_nothing_is_asked_for_no_report() -> None:
    lines = how_to_answer(frame(), owes=False)
    assert len(lines) == 1
    assert lines[0].startswith("Đề nghị xác nhận đã nhận tại trang của đơn vị: http")
    _, text = directive_letter(frame(), [], "15.pdf", 0)
    assert "kèm báo cáo" not in text


def test_a_deadline_is_said_as_written_and_as_counted() -> None:
    assert deadline_line(owed()).endswith("thứ Sáu, 31/03/2023.")
    assert deadline_line(owed(due=None, deadline_raw="định kỳ")) == "Thời hạn: định kỳ."


@pytest.mark.parametrize(
    ("raw", "phrase"),
    [
        ("(Hoàn thành trong quý I năm 2023)", "trong quý I năm 2023"),
        ("Trước ngày 10/5", "trước ngày 10/5"),
        (None, ""),
    ],
)
def test_a_deadline_reads_in_the_middle_of_a_sentence(raw: str | None, phrase: str) -> None:
    assert deadline_phrase(raw) == phrase


def test_what_is_owed_is_said_in_the_directives_own_sentence() -> None:
    assert owed_lines([owed()])[0] == "1. Mục II.1: “Rà soát số liệu.”"
    for called in ("NV", "NV.2"):
        unplaced = owed()
        unplaced.task_ref = called
        assert owed_lines([unplaced])[0] == "1. “Rà soát số liệu.”"


def test_html_is_the_same_text_and_loads_nothing() -> None:
    html = as_html("Kính gửi: <A> & B\ndòng hai\n\nđoạn hai")
    assert "<p>Kính gửi: &lt;A&gt; &amp; B<br>\ndòng hai</p>" in html
    assert "<p>đoạn hai</p>" in html
    assert "src=" not in html


def test_an_installation_without_an_office_is_told_so(sqlite_database: Database) -> None:
    small_office(sqlite_database)
    with sqlite_database.writing() as session:
        assert office_facts(session).mail_domain == "ban.example"
        session.execute(delete(Office))
        with pytest.raises(NotFoundError):
            office_facts(session)


def test_a_notice_is_queued_once_by_its_key(
    sqlite_database: Database, tmp_path: Path, clock: StoryClock
) -> None:
    small_office(sqlite_database)
    desk = make_desk(sqlite_database, tmp_path, clock)
    key = issue(desk)
    made = []
    for text in ("một", "hai"):
        with doing(desk, MACHINE, "tell", subject=key) as deed:
            new = NewNotice(
                key="x", kind="returned", directive=deed.session.get_one(Directive, key),
                organisation_id=None, address="a@x.example", subject="S", text=text,
            )  # fmt: skip
            made.append(queue_notice(desk, deed, new))
    assert made[0].id == made[1].id
    row = ClaimedRow(id=1, ikey="x", kind="notice", reference=str(made[0].id), attempts=1)
    (draft,) = Composer(desk=desk, files=FileCache(desk)).compose([row])
    assert draft.text == "một"
    assert draft.parcel().at == clock.at != datetime.now(UTC)
