"""Lists of units and people stand in the order of the Vietnamese alphabet, on either database."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from models.alphabet import person_key, sort_key
from models.officer import Officer
from models.organisation import Organisation
from models.session import Database
from tests.support.factories import organisation

IN_ORDER = (
    "Ba Đình", "Bà Rịa", "Ban Nội chính", "Ban Tổ chức", "Ban Tuyên giáo", "Bảo Lâm",
    "Bảo Lộc", "Báo Lâm Đồng", "Cát Tiên", "Dầu Tiếng", "Đà Lạt", "Đạ Huoai", "Đảng ủy Công an",
    "Đảng ủy Quân sự", "Huyện ủy", "Ngọc", "Phường 2", "Phường 10", "Sở Nội vụ", "Thành ủy",
    "Trường Chính trị", "Ủy ban", "Văn phòng",
)  # fmt: skip
PEOPLE_IN_ORDER = ("Võ Thị Lan", "Lê Quang Vinh", "Trần Văn Vinh", "Hồ Sỹ Vĩnh", "Đỗ Ý")


def test_names_of_units_stand_as_in_a_dictionary() -> None:
    mixed = random.Random(7).sample(IN_ORDER, len(IN_ORDER))  # noqa: S311 (no secret)
    assert tuple(sorted(mixed, key=sort_key)) == IN_ORDER


def test_people_stand_by_their_given_name() -> None:
    assert tuple(sorted(sorted(PEOPLE_IN_ORDER), key=person_key)) == PEOPLE_IN_ORDER


@given(st.text(max_size=40))
def test_what_it_is_ordered_by_is_the_same_for_every_collation(text: str) -> None:
    assert set(sort_key(text)) <= set("abcdefghijklmnopqrstuvwxyz")


@pytest.mark.both_databases
def test_a_list_comes_so_from_the_database_however_a_name_was_written(database: Database) -> None:
    with database.writing() as session:
        for at, name in enumerate(reversed(IN_ORDER)):
            organisation(session, f"u{at}", name)
        session.execute(insert(Officer), [{"id": one, "name": one} for one in PEOPLE_IN_ORDER])
    with database.writing() as session:
        first = session.scalars(select(Organisation).order_by(Organisation.sort_key)).first()
        assert first is not None
        first.name = "Xã Đạ Sar"
    with database.reading() as session:
        units = select(Organisation.name).order_by(Organisation.sort_key)
        assert tuple(session.scalars(units)) == (*IN_ORDER[1:], "Xã Đạ Sar")
        people = select(Officer.name).order_by(Officer.sort_key)
        assert tuple(session.scalars(people)) == PEOPLE_IN_ORDER
