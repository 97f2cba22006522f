"""Numbers: the right series, never twice, no gap without a reason, many takers at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select, update

from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.numbering import LARGEST_GAP, series_for, take_number
from actions.office_forms.series import series_seen
from models.base import DirectiveId
from models.directive import Directive
from models.numbering import NumberSeries, TakenNumber
from tests.support.front import Front, with_content

pytestmark = pytest.mark.both_databases


def _taken(front: Front) -> list[tuple[str, int, str, str | None]]:
    with front.desk.database.reading() as session:
        rows = session.scalars(
            select(TakenNumber).order_by(TakenNumber.series_id, TakenNumber.number)
        )
        return [(row.series_id, row.number, row.state, row.reason) for row in rows]


def _stands_at(front: Front, key: str = "hd") -> int:
    with front.desk.database.reading() as session:
        return session.get_one(NumberSeries, key).stands_at


def test_the_clerk_gives_the_next_number_of_the_series_and_the_day(front: Front) -> None:
    key = front.approved()
    assert take_number(front.desk, front.clerk, key) == "96-HD/BTNTU"
    directive = front.directive(key)
    assert (directive.state, directive.number, directive.issue_date) == (
        "numbered",
        96,
        date(2022, 9, 20),
    )
    assert _taken(front) == [("hd", 96, "taken", None)]
    event = front.last_event()
    assert (event.deed, event.detail["number"], event.detail["series"]) == (
        "take_number",
        "96-HD/BTNTU",
        "hd",
    )


def test_the_day_is_that_of_vietnam(front: Front) -> None:
    key = front.approved()
    front.clock.set_day(date(2022, 9, 21), hour=0, minute=30)
    take_number(front.desk, front.clerk, key)
    assert front.directive(key).issue_date == date(2022, 9, 21)


def test_nobody_but_the_clerk_takes_a_number(front: Front) -> None:
    key = front.approved()
    for actor in front.everybody():
        if actor == front.clerk:
            continue
        with pytest.raises(NotAuthorisedError, match="văn thư"):
            take_number(front.desk, actor, key)
    assert _stands_at(front) == 95
    take_number(front.desk, front.clerk, key)
    assert _stands_at(front) == 96


@pytest.mark.parametrize("make", [Front.start, Front.submitted])
def test_before_approval_there_is_no_number(
    lone_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(lone_front)
    with pytest.raises(WrongStateError, match="đã phê duyệt"):
        take_number(lone_front.desk, lone_front.clerk, key)
    assert _taken(lone_front) == []


def test_a_directive_gets_one_number(front: Front) -> None:
    key = front.numbered()
    with pytest.raises(AlreadyDoneError, match="96-HD/BTNTU"):
        take_number(front.desk, front.clerk, key)
    assert _stands_at(front) == 96


def test_a_series_of_the_very_type_goes_before_the_common_one(front: Front) -> None:
    key = front.approved()
    letter = front.approved(with_content(doc_type="Kế hoạch", symbol="KH/BTNTU"))
    assert take_number(front.desk, front.clerk, letter) == "12-KH/BTNTU"
    front.change(
        lambda s: s.execute(
            update(NumberSeries).where(NumberSeries.id == "hd").values(period_to=date(2022, 9, 19))
        )
    )
    assert take_number(front.desk, front.clerk, key) == "01-HD/BTNTU"


def test_a_series_counts_for_its_own_period(front: Front) -> None:
    key = front.approved()
    with front.desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        assert series_for(session, directive, date(2022, 9, 20)).id == "hd"
        with pytest.raises(NotFoundError, match="dãy số cho"):
            series_for(session, directive, date(2020, 10, 14))


def test_a_number_typed_by_hand_skips_with_a_reason(front: Front) -> None:
    key = front.approved()
    reason = "Số 96, 97 dành cho văn bản giấy"
    assert take_number(front.desk, front.clerk, key, number=98, reason=reason) == "98-HD/BTNTU"
    assert _taken(front) == [
        ("hd", 96, "skipped", reason),
        ("hd", 97, "skipped", reason),
        ("hd", 98, "taken", reason),
    ]
    following = front.numbered()
    assert front.directive(following).number == 99
    with front.desk.database.reading() as session:
        assert series_seen(session, "hd", date(2022, 9, 20)).taken == 2  # papers, not gaps


@pytest.mark.parametrize(
    ("number", "reason", "place"),
    [
        (97, None, "Lý do"),
        (97, "  ", "Lý do"),
        (95, "Nhập bù", "Số"),
        (1, "Nhập bù", "Số"),
        (-5, "Nhập bù", "Số"),
        (95 + LARGEST_GAP + 2, "Nhầm phím", "Số"),
        (10**12, "Nhầm phím", "Số"),
    ],
)
def test_a_typed_number_that_cannot_be_is_refused(
    lone_front: Front, number: int, reason: str | None, place: str
) -> None:
    key = lone_front.approved()
    with pytest.raises(InvalidInputError) as refusal:
        take_number(lone_front.desk, lone_front.clerk, key, number=number, reason=reason)
    assert [problem.place for problem in refusal.value.problems] == [place]
    assert (_taken(lone_front), _stands_at(lone_front), lone_front.state(key)) == (
        [],
        95,
        "approved",
    )


def test_a_number_that_stands_in_the_book_is_never_given_again(front: Front) -> None:
    front.numbered()
    key = front.approved()
    front.change(lambda s: s.execute(update(NumberSeries).values(stands_at=95)))
    with pytest.raises(AlreadyDoneError, match="96"):
        take_number(front.desk, front.clerk, key)
    assert front.directive(key).number is None


def test_many_takers_at_once_get_different_numbers_without_gaps(front: Front) -> None:
    keys = [front.approved() for _ in range(12)]
    start = Barrier(6)

    def take(mine: list[DirectiveId]) -> list[str]:
        start.wait()
        return [take_number(front.desk, front.clerk, key) for key in mine]

    with ThreadPoolExecutor(6) as pool:
        given = [text for texts in pool.map(take, [keys[n::6] for n in range(6)]) for text in texts]
    by_number = sorted(given, key=lambda text: int(text.split("-")[0]))
    assert by_number == [f"{96 + n}-HD/BTNTU" for n in range(12)]
    assert [row[1:3] for row in _taken(front)] == [(96 + n, "taken") for n in range(12)]
    assert _stands_at(front) == 107


def test_one_directive_taken_by_many_at_once_has_one_number(front: Front) -> None:
    key = front.approved()
    start = Barrier(5)

    def take(_: int) -> str:
        start.wait()
        try:
            return take_number(front.desk, front.clerk, key)
        except ActionRefusedError as refusal:
            return refusal.code

    with ThreadPoolExecutor(5) as pool:
        outcomes = list(pool.map(take, range(5)))
    assert outcomes.count("96-HD/BTNTU") == 1
    assert set(outcomes) <= {"96-HD/BTNTU", "already_done", "wrong_state"}
    assert [row[1] for row in _taken(front)] == [96]
    assert _stands_at(front) == 96
