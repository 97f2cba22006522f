"""“Việc của tôi”: what waits for whom, by when, and who takes it up."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import delete

from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.obligation import Obligation
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import Seeded

HOME = "/viec-cua-toi"
IDLE = "cao-duc-thanh"
"""The auditor: no step of any directive waits for them."""


@contextmanager
def owed_to_another_office(seeded: Seeded, issuer: str, due: date) -> Iterator[None]:
    """A directive of another office in the same database, with one thing owed to it."""
    key, at = DirectiveId(uuid.uuid4()), seeded.office.clock()
    with seeded.office.database.writing() as session:
        session.add(
            Directive(
                id=key, organisation_id=issuer, regime="party", doc_type="Công văn",
                subject="Của cơ quan khác", symbol="CV/TU", drafter_id="nguyen-minh-an",
                state=DirectiveState.ISSUED.value, created_at=at, updated_at=at, issued_at=at,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Obligation(
                id=uuid.uuid4(), directive_id=key, task_ref="1", organisation_id=issuer,
                what="", sentence="", kind="before_date", computed="", opened_at=at, due=due,
            )
        )  # fmt: skip
    try:
        yield
    finally:
        with seeded.office.database.writing() as session:
            session.execute(delete(Obligation).where(Obligation.directive_id == key))
            session.execute(delete(Directive).where(Directive.id == key))


def test_the_next_day_named_on_an_empty_list_is_of_the_readers_own_office(
    browsing: Browsing, seeded: Seeded, issued: DirectiveId
) -> None:
    own = seeded.directive(issued).organisation_id
    units = {one.organisation_id for one in seeded.obligations(issued)}
    other = min(units - {own})
    browsing.sign_in(IDLE)
    before = words_of(browsing.get(HOME))
    assert "Hạn gần nhất của các đơn vị:" in before
    tomorrow = seeded.office.clock().date() + timedelta(days=1)
    with owed_to_another_office(seeded, other, tomorrow):
        assert words_of(browsing.get(HOME)) == before
