"""The small office of the tests fits the tables on both databases."""

import pytest
from sqlalchemy import select

from models.officer import Officer, Role
from models.session import Database
from tests.support.factories import small_office

pytestmark = pytest.mark.both_databases


def test_the_small_office_has_an_officer_for_every_role(database: Database) -> None:
    office = small_office(database)
    with database.reading() as session:
        present = set(session.scalars(select(Officer.id)))
    assert present == {office.officer(role) for role in Role}
