from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.kinds import DeadlineKind, DeadlinePhrase, Frequency, PhraseProblem
from deadlines.phrases import find_phrases

ISSUED_2022 = date(2022, 9, 21)
ISSUED_2025 = date(2025, 11, 12)


def only(text: str, issued: date | None = ISSUED_2022) -> DeadlinePhrase:
    (phrase,) = find_phrases(text, issued=issued)
    return phrase


@pytest.mark.parametrize(
    ("text", "named", "inclusive", "last"),
    [
        ("báo cáo trước ngày 31/10/2022.", date(2022, 10, 31), False, date(2022, 10, 30)),
        ("hoàn thành trước ngày 30/12/2025", date(2025, 12, 30), False, date(2025, 12, 29)),
        ("gửi về Sở trước 31-10-2022", date(2022, 10, 31), False, date(2022, 10, 30)),
        ("trước ngày 5 tháng 11 năm 2022", date(2022, 11, 5), False, date(2022, 11, 4)),
        ("chậm nhất ngày 5/11/2022", date(2022, 11, 5), True, date(2022, 11, 5)),
        ("đến hết ngày 31/10/2022", date(2022, 10, 31), True, date(2022, 10, 31)),
        ("trước 17h00 ngày 31/10/2022", date(2022, 10, 31), True, date(2022, 10, 31)),
        ("chậm nhất là 16 giờ 30 ngày 05/11/2022", date(2022, 11, 5), True, date(2022, 11, 5)),
    ],
)
def test_a_named_day_keeps_its_kind_and_its_last_day(
    text: str, named: date, *, inclusive: bool, last: date
) -> None:
    phrase = only(text)
    assert phrase.kind is DeadlineKind.BEFORE_DATE
    assert (phrase.named_date, phrase.inclusive, phrase.last_allowed_day) == (
        named,
        inclusive,
        last,
    )
    assert phrase.raw in " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("xử lý trong tháng 11 năm 2025.", DeadlineKind.WITHIN_MONTH, date(2025, 11, 30)),
        ("xong trong tháng 12/2025. Tiếp", DeadlineKind.WITHIN_MONTH, date(2025, 12, 31)),
        ("Tháng 12/2025", DeadlineKind.WITHIN_MONTH, date(2025, 12, 31)),
        ("hoàn thành trong tháng 2 năm 2024", DeadlineKind.WITHIN_MONTH, date(2024, 2, 29)),
        ("trong Quý I năm 2027", DeadlineKind.WITHIN_QUARTER, date(2027, 3, 31)),
        ("trong quý IV/2026", DeadlineKind.WITHIN_QUARTER, date(2026, 12, 31)),
        ("Quí I-2027", DeadlineKind.WITHIN_QUARTER, date(2027, 3, 31)),
        ("trong năm 2026", DeadlineKind.WITHIN_YEAR, date(2026, 12, 31)),
    ],
)
def test_a_named_stretch_ends_with_its_last_day(text: str, kind: DeadlineKind, due: date) -> None:
    phrase = only(text)
    assert (phrase.kind, phrase.due, phrase.last_allowed_day) == (kind, due, due)


@pytest.mark.parametrize(
    ("text", "frequency", "calendar_day", "day"),
    [
        ("trước ngày 10 hàng tháng", Frequency.MONTHLY, None, 10),
        ("trước ngày 10 tháng 01 hàng năm", Frequency.YEARLY, "01-10", 10),
        ("hằng năm (trước ngày 15 tháng 11)", Frequency.YEARLY, "11-15", 15),
        ("Báo cáo 6 tháng gửi trước ngày 20 tháng 6", Frequency.HALF_YEARLY, "06-20", 20),
        ("báo cáo năm gửi trước ngày 20 tháng 12", Frequency.YEARLY, "12-20", 20),
        ("định kỳ 6 tháng trước ngày 30 tháng 6", Frequency.HALF_YEARLY, "06-30", 30),
        ("trước ngày 10 tháng 6 hàng năm định kỳ 6 tháng", Frequency.HALF_YEARLY, "06-10", 10),
        ("ngày 10 của tháng trước", Frequency.MONTHLY, None, 10),
        ("tuần cuối của quý", Frequency.QUARTERLY, None, None),
        ("định kỳ hằng quý trước ngày 15 tháng cuối quý", Frequency.QUARTERLY, None, 15),
        ("Báo cáo định kỳ hàng tháng:", Frequency.MONTHLY, None, None),
        ("Hằng năm", Frequency.YEARLY, None, None),
        ("định kỳ báo cáo UBND tỉnh theo quy định", Frequency.UNSPECIFIED, None, None),
    ],
)
def test_a_duty_that_comes_again_says_how_often(
    text: str, frequency: Frequency, calendar_day: str | None, day: int | None
) -> None:
    phrase = only(text)
    assert phrase.kind is DeadlineKind.PERIODIC
    assert (phrase.frequency, phrase.calendar_day, phrase.day) == (frequency, calendar_day, day)


def test_two_days_a_year_are_two_phrases() -> None:
    found = find_phrases("trước ngày 10/5 và 10/11 hằng năm", issued=ISSUED_2025)
    assert [p.calendar_day for p in found] == ["05-10", "11-10"]
    assert {p.inclusive for p in found} == {False}


def test_one_sentence_with_a_half_yearly_and_a_yearly_report_keeps_them_apart() -> None:
    text = (
        "tổng hợp báo cáo định kỳ 6 tháng trước ngày 30 tháng 6 và tổng thể hàng năm "
        "trước ngày 30 tháng 01 hàng năm báo cáo UBND"
    )
    found = find_phrases(text, issued=ISSUED_2025)
    assert [(p.calendar_day, p.frequency) for p in found] == [
        ("06-30", Frequency.HALF_YEARLY),
        ("01-30", Frequency.YEARLY),
    ]


def test_a_long_periodic_clause_is_shown_by_its_two_ends() -> None:
    text = (
        "Định kỳ báo cáo UBND tỉnh (qua Sở Tư pháp) kết quả hằng năm (trước ngày 15 tháng 11) hoặc"
    )
    phrase = only(text, ISSUED_2025)
    assert phrase.raw == "Định kỳ ... hằng năm (trước ngày 15 tháng 11)"
    assert text[phrase.start :].startswith("Định kỳ")


@pytest.mark.parametrize(
    ("text", "count", "working", "condition"),
    [
        ("Trong thời hạn 30 ngày kể từ ngày rút tiền ký quỹ để nộp", 30, False, "rút tiền ký quỹ"),
        ("chậm nhất 05 ngày làm việc kể từ ngày nhận hồ sơ.", 5, True, "nhận hồ sơ"),
        ("trước ngày hết hiệu lực ít nhất 60 ngày làm việc", -60, True, "hết hiệu lực"),
        ("sau khi Nghị định số 5 được ban hành", None, False, "Nghị định số 5"),
        ("Theo kế hoạch công tác hàng năm", None, False, "kế hoạch công tác hàng năm"),
    ],
)
def test_what_hangs_on_an_event_names_it(
    text: str, count: int | None, *, working: bool, condition: str
) -> None:
    phrase = only(text)
    assert phrase.kind is DeadlineKind.RELATIVE
    assert (phrase.count, phrase.working, phrase.condition) == (count, working, condition)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("định kỳ báo cáo kết quả", DeadlineKind.PERIODIC_UNSPECIFIED),
        ("Thường xuyên", DeadlineKind.CONTINUOUS),
        ("Thường xuyên, theo yêu cầu nhiệm vụ.", DeadlineKind.CONTINUOUS),
        ("theo tiến độ", DeadlineKind.CONTINUOUS),
        ("khẩn trương", DeadlineKind.NO_DEADLINE),
        ("kịp thời", DeadlineKind.NO_DEADLINE),
    ],
)
def test_words_without_a_day_have_kinds_of_their_own(text: str, kind: DeadlineKind) -> None:
    assert only(text).kind is kind


def test_a_range_may_stay_open_and_a_start_is_no_deadline() -> None:
    stage = only("Giai đoạn 2026-2030 và những năm tiếp theo")
    assert (stage.kind, stage.range_start, stage.due) == (
        DeadlineKind.RANGE,
        date(2026, 1, 1),
        None,
    )
    start = only("Từ 01/7/2025")
    assert (start.kind, start.range_start, start.last_allowed_day) == (
        DeadlineKind.FROM_DATE,
        date(2025, 7, 1),
        None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "phương hướng từ nay đến tháng 6/2027",
        "Giải ngân tính đến hết ngày 31 tháng 10 năm 2025 đạt 72,4%",
        "thời hạn cho thuê lại lao động tối đa là 12 tháng theo quy định",
        "Kế hoạch số 53-KH/TU, ngày 29/7/2022 của Ban Thường vụ",
        "các Luật, Nghị định mới ban hành trong năm 2025)",
        "Sau khi nghe báo cáo của lãnh đạo tỉnh, ý kiến của các Bộ",
        "giải quyết các công việc hằng ngày của Đảng",
        "Thường xuyên rà soát, kiện toàn đội ngũ",
    ],
)
def test_dates_that_set_no_duty_are_left_alone(text: str) -> None:
    assert find_phrases(text, issued=date(2025, 12, 1)) == ()


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("(Hoan thanh trong thang 9 nam 2022).", date(2022, 9, 30)),
        ("(Hodn thanh trong thing 10 ndm\n2022).", date(2022, 10, 31)),
        ("gido Tinh Gy trudc ngay 31/10/2022.", date(2022, 10, 30)),
        ("gửi trước ngày 3l/1O/2022", date(2022, 10, 30)),
        ("frong thang 9 nam 2022", date(2022, 9, 30)),
    ],
)
def test_phrases_survive_the_damage_of_ocr(text: str, last: date) -> None:
    assert only(text).last_allowed_day == last


@pytest.mark.parametrize(
    "text", ["trước ngày 31/9/2022", "chậm nhất ngày 30/2", "trước ngày 30/02/2023"]
)
def test_a_date_that_does_not_exist_is_shown_and_not_guessed(text: str) -> None:
    phrase = only(text)
    assert phrase.problem is PhraseProblem.NO_SUCH_DATE
    assert phrase.last_allowed_day is None


def test_a_date_before_the_issue_is_marked_for_a_person() -> None:
    assert only("trước ngày 01/01/2020").problem is PhraseProblem.BEFORE_ISSUE
    assert only("trước ngày 01/01/2020", None).problem is None


def test_a_day_without_a_year_takes_the_next_one_and_says_so() -> None:
    phrase = only("gửi trước ngày 15/8")
    assert (phrase.named_date, phrase.problem) == (date(2023, 8, 15), PhraseProblem.YEAR_ASSUMED)
    assert only("gửi trước ngày 15/8", None).problem is PhraseProblem.YEAR_UNKNOWN


@given(st.text(max_size=200), st.sampled_from([None, ISSUED_2022]))
def test_any_text_is_read_without_a_crash_and_spans_lie_inside(
    text: str, issued: date | None
) -> None:
    for phrase in find_phrases(text, issued=issued):
        assert 0 <= phrase.start < phrase.end <= len(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "trước",
                "ngày",
                "tháng",
                "năm",
                "31/9/2022",
                "10",
                "hàng",
                "2022",
                "quý",
                "I",
                "định",
                "kỳ",
                "trong",
                "hoàn",
                "thành",
                "(",
                ")",
                ".",
                ",",
                "thường",
                "xuyên",
                "chậm",
                "nhất",
                "kể",
                "từ",
                "60",
                "làm",
                "việc",
                "ít",
                "30/2",
                "hết",
                "đến",
                "0/0/2022",
                "99",
                "tháng",
                "13",
            ]
        ),
        max_size=14,
    )
)
def test_any_heap_of_deadline_words_is_read_without_a_crash(words: list[str]) -> None:
    text = " ".join(words)
    for phrase in find_phrases(text, issued=ISSUED_2022):
        assert text[phrase.start : phrase.end].strip()
        assert phrase.problem or phrase.inclusive is None or phrase.last_allowed_day or phrase.day
