"""Pages of chasing: ladders, words of letters, quiet hours; who may, and what a refusal keeps."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from actions.ladders import EVERY_KIND, all_ladders
from deadlines.ladder import DEFAULT_LADDER, Audience, LadderStep, Wording
from models.audit import AuditEvent
from models.organisation import LadderStepRow, LetterTemplate, Office
from portal.reminding_view import ladder_of, step_sentence, typed_steps
from tests.portal.browsing import Browsing, words_of
from wiring.demo_draft import PEOPLE

ADMINISTRATOR = "truong-my-linh"
KIND = "Hướng dẫn"
PAGES = ("/don-doc", "/don-doc/thang?loai=*", "/don-doc/thu/reminder")
SUBJECT = "Nhắc {so_ky_hieu}"
TEXT = "Kính gửi {don_vi}:\n{danh_muc}\n\n{cach_tra_loi}"


@pytest.fixture
def ours(browsing: Browsing) -> Iterator[Browsing]:
    """The office as it was is put back behind each test."""
    database = browsing.portal.database
    with database.reading() as session:
        office = session.get_one(Office, 1)
        hours = (office.quiet_from, office.quiet_to)
        steps = [
            {name: getattr(row, name) for name in LadderStepRow.__table__.columns.keys()}  # noqa: SIM118 (columns, not their names)
            for row in session.scalars(select(LadderStepRow))
        ]
    yield browsing
    with database.writing() as session:
        session.execute(delete(LadderStepRow))
        session.execute(delete(LetterTemplate))
        session.add_all(LadderStepRow(**one) for one in steps)
        office = session.get_one(Office, 1)
        office.quiet_from, office.quiet_to = hours


def columns(*rows: tuple[str, str, str, str, str]) -> dict[str, list[str]]:
    names = ("key", "days", "when", "audience", "wording")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def stands(browsing: Browsing, kind: str) -> list[tuple[str, int, str]]:
    with browsing.portal.database.reading() as session:
        steps = all_ladders(session).of(kind)
    return [(one.key, one.working_days, one.audience.value) for one in steps]


def own_words(browsing: Browsing) -> list[tuple[str, str, str]]:
    with browsing.portal.database.reading() as session:
        return [(one.key, one.subject, one.text) for one in session.scalars(select(LetterTemplate))]


def quiet(browsing: Browsing) -> tuple[str, str]:
    with browsing.portal.database.reading() as session:
        office = session.get_one(Office, 1)
        return office.quiet_from, office.quiet_to


@pytest.mark.parametrize("officer", [PEOPLE.follow_up, ADMINISTRATOR])
def test_who_follows_up_or_administrates_finds_the_page_and_reads_it(
    ours: Browsing, officer: str
) -> None:
    ours.sign_in(officer)
    for way in ("/theo-doi", "/lich-lam-viec"):
        assert 'href="/don-doc"' in ours.get(way).text
    text = words_of(ours.get("/don-doc"))
    assert "Trước hạn 7 ngày làm việc: nhắc đơn vị." in text
    assert "Sau hạn 5 ngày làm việc: báo cấp trên của đơn vị." in text
    assert "từ 20:00 đến 06:30 hôm sau" in text
    assert "Đôn đốc quá hạn, một văn bản" in text
    for path in PAGES:
        assert ours.get(path).status_code == 200


@pytest.mark.parametrize("officer", [PEOPLE.clerk, PEOPLE.drafter, "cao-duc-thanh"])
def test_others_neither_see_nor_change_how_the_office_chases(ours: Browsing, officer: str) -> None:
    ours.sign_in(officer)
    assert 'href="/don-doc"' not in ours.get("/theo-doi").text
    before = (stands(ours, KIND), quiet(ours))
    for path in PAGES:
        answer = ours.get(path)
        assert answer.status_code == 403
        assert "quản trị hoặc người theo dõi" in words_of(answer)
    row = columns(("", "2", "truoc", "unit", "reminder"))
    for act in ("ghi", "them", "bo-0"):
        assert ours.post("/don-doc/thang", loai=KIND, act=act, **row).status_code == 403
    for act in ("ghi", "xem"):
        answer = ours.post("/don-doc/thu/reminder", act=act, subject=SUBJECT, text=TEXT)
        assert answer.status_code == 403
    for path in ("/don-doc/thang/bo", "/don-doc/thu/reminder/bo"):
        assert ours.post(path, loai=EVERY_KIND).status_code == 403
    assert ours.post("/don-doc/gio-yen-lang", begins="1:00", ends="2:00").status_code == 403
    assert (stands(ours, KIND), quiet(ours)) == before
    assert own_words(ours) == []


def test_nobody_without_a_session_comes_in_and_no_form_from_elsewhere_counts(
    ours: Browsing,
) -> None:
    assert ours.get("/don-doc").headers["location"].startswith("/dang-nhap")
    ours.sign_in(ADMINISTRATOR)
    before = quiet(ours)
    sent = {
        "begins": "01:00",
        "ends": "02:00",
        "subject": SUBJECT,
        "text": TEXT,
        "loai": EVERY_KIND,
    }
    for path in ("gio-yen-lang", "thang", "thang/bo", "thu/reminder", "thu/reminder/bo"):
        for token in ("", "not-ours"):
            answer = ours.client.post(f"/don-doc/{path}", data={"csrf": token, **sent})
            assert answer.status_code == 403
    assert quiet(ours) == before
    assert own_words(ours) == []


def test_each_fault_of_a_ladder_stands_in_one_notice_and_at_its_own_field(ours: Browsing) -> None:
    ours.sign_in(PEOPLE.follow_up)
    rows = columns(
        ("", "abc", "truoc", "unit", "reminder"), ("", "3", "truoc", "unit", "reminder"),
        ("", "1", "truoc", "unit", "escalation"),
    )  # fmt: skip
    answer = ours.post("/don-doc/thang", loai=KIND, act="ghi", **rows)
    assert answer.status_code == 422
    assert answer.text.count('role="alert"') == 1
    marked = re.findall(
        r'name="(\w+)"[^>]*aria-invalid="true" aria-describedby="([\w-]+)"', answer.text
    )
    assert marked == [("days", "loi-1"), ("wording", "loi-3")]
    said = dict(re.findall(r'<small class="fault" id="([\w-]+)">([^<]+)</small>', answer.text))
    assert set(said) == {"loi-1", "loi-3"}
    assert said["loi-1"].startswith("Số ngày làm việc phải là số")
    assert said["loi-3"].startswith("Trước hạn")
    assert "aria-invalid" not in ours.get(f"/don-doc/thang?loai={KIND}").text


def test_a_ladder_of_its_own_is_set_shown_in_sentences_and_taken_away(ours: Browsing) -> None:
    ours.sign_in(PEOPLE.follow_up)
    rows = columns(
        ("", "10", "truoc", "unit", "reminder"), ("", "0", "sau", "unit", "reminder"),
        ("", "2", "sau", "superior", "escalation"), ("", "2", "sau", "follow_up", "escalation"),
    )  # fmt: skip
    saved = ours.post("/don-doc/thang", loai=KIND, act="ghi", **rows)
    assert saved.status_code == 303
    assert "Đã ghi thang đôn đốc." in words_of(ours.get(saved.headers["location"]))
    assert stands(ours, KIND) == [
        ("before_10", -10, "unit"), ("before_0", 0, "unit"),
        ("follow_up_2", 2, "follow_up"), ("superior_2", 2, "superior"),
    ]  # fmt: skip
    text = words_of(ours.get("/don-doc"))
    assert "Đúng ngày đến hạn: nhắc đơn vị." in text
    assert "Sau hạn 2 ngày làm việc: báo người theo dõi." in text
    with ours.portal.database.reading() as session:
        event = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.deed == "set_ladder")
            .order_by(AuditEvent.sequence.desc())
        ).first()
    assert event is not None
    assert event.actor_id == PEOPLE.follow_up
    assert ours.post("/don-doc/thang/bo", loai=KIND).status_code == 303
    assert stands(ours, KIND) == stands(ours, EVERY_KIND)
    again = ours.post("/don-doc/thang/bo", loai=KIND)
    assert (again.status_code, "thang đôn đốc riêng" in words_of(again)) == (404, True)


def test_the_usual_ladder_goes_back_to_the_built_in_one(ours: Browsing) -> None:
    ours.sign_in(ADMINISTRATOR)
    rows = columns(("", "4", "truoc", "unit", "reminder"))
    assert ours.post("/don-doc/thang", loai=EVERY_KIND, **rows).status_code == 303
    assert stands(ours, EVERY_KIND) == [("before_4", -4, "unit")]
    assert ours.post("/don-doc/thang/bo", loai=EVERY_KIND).status_code == 303
    with ours.portal.database.reading() as session:
        assert all_ladders(session).usual == DEFAULT_LADDER
    assert "thang có sẵn" in words_of(ours.get("/don-doc"))


def test_rows_are_added_and_taken_out_without_anything_being_written(ours: Browsing) -> None:
    ours.sign_in(ADMINISTRATOR)
    before = stands(ours, KIND)
    rows = columns(
        ("before_7", "77", "truoc", "unit", "reminder"), ("", "abc", "sau", "unit", "overdue")
    )
    more = ours.post("/don-doc/thang", loai=KIND, act="them", **rows)
    assert (more.status_code, more.text.count('name="days"')) == (200, 3)
    assert 'value="77"' in more.text
    assert 'value="abc"' in more.text
    less = ours.post("/don-doc/thang", loai=KIND, act="bo-0", **rows)
    assert (less.text.count('name="days"'), 'value="77"' in less.text) == (1, False)
    none = ours.post("/don-doc/thang", loai=KIND, act="bo-0", **columns(
        ("", "1", "truoc", "unit", "reminder")
    ))  # fmt: skip
    assert "Chưa có bậc nào" in words_of(none)
    assert stands(ours, KIND) == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("", "abc", "truoc", "unit", "reminder"), "Bậc 2: số ngày làm việc phải là số"),
        (("", "-3", "truoc", "unit", "reminder"), "Bậc 2: số ngày làm việc phải là số"),
        (("", "٣", "truoc", "unit", "reminder"), "Bậc 2: số ngày làm việc phải là số"),
        (("", "251", "truoc", "unit", "reminder"), "Bậc 2: cách thời hạn nhiều nhất 250"),
        (("", "3", "sau", "unit", "reminder"), "Bậc 2: thư nhắc chỉ gửi trước hạn"),
        (("", "3", "truoc", "unit", "overdue"), "Bậc 2: trước hạn và đúng ngày đến hạn"),
        (("", "3", "truoc", "everybody", "reminder"), "Bậc 2: chưa chọn"),
        (("", "3", "truoc", "unit", "shouting"), "Bậc 2: chưa chọn"),
        (("", "5", "truoc", "unit", "reminder"), "Bậc 2: trùng với một bậc ở trên"),
    ],
)
def test_a_ladder_that_cannot_be_right_is_refused_and_kept_as_typed(
    ours: Browsing, row: tuple[str, str, str, str, str], said: str
) -> None:
    ours.sign_in(PEOPLE.follow_up)
    before = stands(ours, KIND)
    rows = columns(("", "5", "truoc", "unit", "reminder"), row)
    answer = ours.post("/don-doc/thang", loai=KIND, **rows)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert f'value="{row[1]}"' in answer.text
    assert stands(ours, KIND) == before


def test_an_empty_ladder_uneven_columns_and_unknown_kinds_are_refused(ours: Browsing) -> None:
    ours.sign_in(PEOPLE.follow_up)
    before = stands(ours, KIND)
    empty = ours.post("/don-doc/thang", loai=KIND)
    assert (empty.status_code, "từ 1 đến 20 bậc" in words_of(empty)) == (422, True)
    rows = columns(("", "5", "truoc", "unit", "reminder"))
    uneven = ours.post("/don-doc/thang", loai=KIND, **{**rows, "days": ["1", "2"]})
    assert uneven.status_code == 422
    many = columns(*(("", str(one), "truoc", "unit", "reminder") for one in range(21)))
    assert ours.post("/don-doc/thang", loai=KIND, **many).status_code == 422
    for kind in ("", "Thơ lục bát", "<script>", "a" * 400):
        assert ours.post("/don-doc/thang", loai=kind, **rows).status_code == 404
        assert ours.post("/don-doc/thang/bo", loai=kind).status_code == 404
        answer = ours.client.get("/don-doc/thang", params={"loai": kind})
        assert answer.status_code == 404
        assert "<script>" not in answer.text.partition("<main")[2]
    assert stands(ours, KIND) == before


def test_a_step_that_moves_keeps_its_name_and_one_of_another_kind_gets_a_new_one() -> None:
    rows = typed_steps(DEFAULT_LADDER)
    assert ladder_of(rows, DEFAULT_LADDER) == list(DEFAULT_LADDER)
    moved = LadderStep(
        key="before_7", working_days=-10, audience=Audience.UNIT, wording=Wording.REMINDER
    )
    other = LadderStep(
        key="before_3", working_days=3, audience=Audience.FOLLOW_UP, wording=Wording.ESCALATION
    )
    back = replace(moved, key="", working_days=-1)
    fresh = replace(moved, key="", working_days=-7)
    twice = replace(moved, working_days=-20)
    found = ladder_of(typed_steps([moved, other, back, fresh, twice]), DEFAULT_LADDER)
    names = {(one.working_days, one.key) for one in found}
    assert {(-1, "before_1"), (3, "follow_up_3")} <= names
    assert len({one.key for one in found}) == 5
    assert "before_3" not in {one.key for one in found}
    assert step_sentence(moved) == "Trước hạn 10 ngày làm việc: nhắc đơn vị."


def test_words_are_looked_at_set_and_taken_away(ours: Browsing) -> None:
    ours.sign_in(PEOPLE.follow_up)
    page = ours.get("/don-doc/thu/reminder")
    assert "{danh_muc} phải có danh mục nhiệm vụ" in words_of(page)
    assert "Kính gửi: Huyện uỷ A" in words_of(page)
    look = ours.post("/don-doc/thu/reminder", act="xem", subject=SUBJECT, text=TEXT)
    assert look.status_code == 200
    assert "Nhắc 96-HD/BTGTU" in words_of(look)
    assert "chưa ghi" in words_of(look)
    assert own_words(ours) == []
    typed = TEXT.replace("\n", "\r\n")
    done = ours.post("/don-doc/thu/reminder", act="ghi", subject=SUBJECT, text=typed)
    assert (done.status_code, done.headers["location"]) == (303, "/don-doc/thu/reminder?xong=thu")
    assert "Đã ghi lời thư." in words_of(ours.get(done.headers["location"]))
    assert own_words(ours) == [("reminder", SUBJECT, TEXT + "\n")]
    assert "của cơ quan" in words_of(ours.get("/don-doc"))
    assert ours.post("/don-doc/thu/reminder/bo").status_code == 303
    assert own_words(ours) == []
    assert ours.post("/don-doc/thu/reminder/bo").status_code == 404


@pytest.mark.parametrize("act", ["xem", "ghi"])
def test_words_with_faults_are_refused_in_sentences_and_kept_as_typed(
    ours: Browsing, act: str
) -> None:
    ours.sign_in(PEOPLE.follow_up)
    text = "Kính gửi {don_vj}: {danh_muc} lẻ }"
    answer = ours.post("/don-doc/thu/reminder", act=act, subject="", text=text)
    assert answer.status_code == 422
    said = words_of(answer)
    assert "Không có trường “{don_vj}”" in said
    assert "Nội dung thiếu trường “{cach_tra_loi}”" in said
    assert "dấu ngoặc nhọn lẻ" in said
    assert "Tiêu đề phải có đúng một dòng" in said
    assert text in html.unescape(answer.text)
    assert "Thư với dữ liệu mẫu" not in said
    assert own_words(ours) == []


@pytest.mark.parametrize(
    "trick",
    [
        "{{7*7}}", "{don_vi.__class__}", "{don_vi!r}", "{0}", "{% set x = 1 %}", "{{ office }}",
        "</textarea><script>alert(1)</script>", "\x00", "\x1b[31m",
    ],
)  # fmt: skip
def test_what_looks_like_code_stays_text_and_does_nothing(ours: Browsing, trick: str) -> None:
    ours.sign_in(ADMINISTRATOR)
    answer = ours.post("/don-doc/thu/reminder", act="xem", subject=SUBJECT, text=TEXT + trick)
    main = answer.text.partition("<main")[2]
    assert "<script>" not in main
    assert "49" not in words_of(answer)
    assert "<class" not in html.unescape(main)
    harmless = trick.startswith("</textarea>")
    assert answer.status_code == (200 if harmless else 422)
    saved = ours.post("/don-doc/thu/reminder", act="ghi", subject=SUBJECT, text=TEXT + trick)
    assert saved.status_code == (303 if harmless else 422)
    assert len(own_words(ours)) == int(harmless)
    assert "<script>" not in ours.get("/don-doc/thu/reminder").text.partition("<main")[2]


def test_a_letter_that_is_none_is_not_found(ours: Browsing) -> None:
    ours.sign_in(ADMINISTRATOR)
    assert ours.get("/don-doc/thu/secret").status_code == 404
    for act in ("xem", "ghi"):
        answer = ours.post("/don-doc/thu/secret", act=act, subject=SUBJECT, text=TEXT)
        assert answer.status_code == 404
    assert ours.post("/don-doc/thu/secret/bo").status_code == 404


def test_quiet_hours_are_set_and_a_time_that_is_none_is_kept_and_refused(ours: Browsing) -> None:
    ours.sign_in(ADMINISTRATOR)
    assert ours.post("/don-doc/gio-yen-lang", begins="21:00", ends="7:00").status_code == 303
    assert quiet(ours) == ("21:00", "07:00")
    assert "từ 21:00 đến 07:00 hôm sau" in words_of(ours.get("/don-doc"))
    for begins, ends in (("25:00", "07:00"), ("21:00", ""), ("chín giờ", "07:00")):
        bad = ours.post("/don-doc/gio-yen-lang", begins=begins, ends=ends)
        assert (bad.status_code, "không phải giờ dạng GG:PP" in words_of(bad)) == (422, True)
        assert f'value="{begins.strip(chr(0))}"' in bad.text
    assert quiet(ours) == ("21:00", "07:00")
    assert ours.post("/don-doc/gio-yen-lang", begins="09:00", ends="09:00").status_code == 303
    assert "Không đặt giờ yên lặng" in words_of(ours.get("/don-doc"))


def test_of_two_who_change_a_ladder_at_once_the_second_is_told_and_keeps_the_table(
    ours: Browsing,
) -> None:
    ours.sign_in(ADMINISTRATOR)
    page = ours.get("/don-doc/thang?loai=*")
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page.text)
    assert seen is not None
    row = {"key": "", "when": "truoc", "audience": "unit", "wording": "reminder", "loai": "*"}
    first = ours.post("/don-doc/thang", **row, days="4", seen=seen[1])
    assert first.status_code == 303
    second = ours.post("/don-doc/thang", **row, days="9", seen=seen[1])
    assert second.status_code == 409
    assert "vừa được người khác sửa" in words_of(second)
    assert 'name="days" value="9"' in second.text
    with ours.portal.database.reading() as session:
        assert [one.working_days for one in all_ladders(session).usual] == [-4]
