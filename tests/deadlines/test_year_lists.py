from datetime import date

import pytest

from deadlines.errors import CalendarInvalidError
from deadlines.year_lists import ListedDay, doubts, make_lists


def off(day: date, label: str = "Nghỉ lễ") -> ListedDay:
    return ListedDay(day=day, label=label, working=False)


def worked(day: date) -> ListedDay:
    return ListedDay(day=day, label="Làm bù", working=True)


NEW_YEAR = off(date(2027, 1, 1))


def test_both_lists_of_a_year_are_kept_apart() -> None:
    lists = make_lists(
        2027, (worked(date(2027, 8, 28)), NEW_YEAR), basis=" Thông báo ", confirmed=True
    )
    assert list(lists.off) == [date(2027, 1, 1)]
    assert list(lists.working) == [date(2027, 8, 28)]
    assert lists.basis == "Thông báo"


@pytest.mark.parametrize(
    ("days", "word"),
    [
        ((), "chưa có ngày nghỉ"),
        ((NEW_YEAR, NEW_YEAR), "được ghi 2 lần"),
        ((NEW_YEAR, worked(date(2027, 1, 1))), "được ghi 2 lần"),
        ((NEW_YEAR, off(date(2026, 12, 31))), "không thuộc năm 2027"),
        ((NEW_YEAR, worked(date(2027, 8, 27))), "vốn là ngày làm việc"),
        ((NEW_YEAR, off(date(2027, 2, 6), " ")), "chưa ghi tên"),
    ],
)
def test_nonsense_is_refused_and_named(days: tuple[ListedDay, ...], word: str) -> None:
    with pytest.raises(CalendarInvalidError) as refused:
        make_lists(2027, days, basis="", confirmed=False)
    assert word in refused.value.diagnosis()


def test_a_holiday_on_a_rest_day_wants_its_substitute() -> None:
    # 1 May 2027 is a Saturday, 2 September 2027 a Thursday.
    days = (NEW_YEAR, off(date(2027, 4, 30)), off(date(2027, 9, 2)))
    lists = make_lists(2027, days, basis="", confirmed=False)
    (doubt,) = doubts(lists)
    assert "03/05/2027" in doubt
    mended = make_lists(2027, (*days, off(date(2027, 5, 3))), basis="", confirmed=False)
    assert doubts(mended) == ()
