"""A number that is typed finds the directives that bear it, however it is written."""

from datetime import date

import pytest
from sqlalchemy import update

from actions.searching.numbers import MOST, bearing
from models.base import DirectiveId
from models.directive import Directive
from tests.actions.searching.test_finding import reading
from tests.support.front import Front

pytestmark = pytest.mark.both_databases


@pytest.fixture
def numbered(front: Front) -> DirectiveId:
    key = front.start()
    _number(front, key, 96, "96-HD/BTNTU", date(2022, 9, 20))
    return key


def _number(front: Front, key: DirectiveId, number: int, text: str, day: date) -> None:
    front.change(
        lambda s: s.execute(
            update(Directive)
            .where(Directive.id == key)
            .values(number=number, number_text=text, issue_date=day)
        )
    )


def _found(front: Front, typed: str) -> list[DirectiveId]:
    with reading(front) as reader:
        return [one.id for one in bearing(reader, typed)]


@pytest.mark.parametrize(
    "typed", ["96", " 96 ", "số 96", "So 96", "96-hd", "96 HD btntu", "096", "96-HĐ/BTNTU"]
)
def test_a_number_is_found_as_people_write_it(
    front: Front, numbered: DirectiveId, typed: str
) -> None:
    assert _found(front, typed) == [numbered]


@pytest.mark.parametrize(
    "typed", ["", "số", "9", "961", "96-KH", "tập huấn 96", "9" * 30, "٩٦", "96 hd btntu x"]
)
def test_what_is_another_number_or_none_finds_nothing(
    front: Front, numbered: DirectiveId, typed: str
) -> None:
    del numbered
    assert _found(front, typed) == []


def test_the_newest_of_many_years_come_first_and_not_too_many(
    front: Front, numbered: DirectiveId
) -> None:
    later = []
    for year in range(2023, 2023 + MOST):
        key = front.start()
        _number(front, key, 96, f"96-HD/BTNTU-{year}", date(year, 3, 1))
        later.append(key)
    assert _found(front, "96") == later[::-1]
    assert numbered not in _found(front, "96")


def test_another_offices_number_is_not_found(front: Front, numbered: DirectiveId) -> None:
    front.change(
        lambda s: s.execute(
            update(Directive).where(Directive.id == numbered).values(organisation_id="tinh-uy")
        )
    )
    assert _found(front, "96") == []
