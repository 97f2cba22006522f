"""A demo office begins with one draft that can go its whole way today."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from actions.access import officer_actor
from actions.auditing import MACHINE
from actions.draft_rows import draft_of
from actions.drafting import submit
from actions.office_loading import load_office
from models.directive import Directive
from wiring.bootstrap import open_office
from wiring.demo_draft import PEOPLE, put_demo_draft
from wiring.demo_setup import DEMO_OFFICE
from wiring.settings import Settings

AT = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)


def test_the_draft_is_put_in_once_and_may_be_handed_in(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path)
    with open_office(settings) as office:
        load_office(office.database, DEMO_OFFICE, at=AT, actor=MACHINE)
        assert put_demo_draft(office, at=AT)
        assert not put_demo_draft(office, at=AT)
        with office.database.reading() as session:
            directive = session.scalars(select(Directive)).one()
            draft = draft_of(session, directive)
            drafter = officer_actor(session, PEOPLE.drafter, date(2026, 12, 31))
        submit(office.desk, drafter, directive.id)
    assert [one.named_date for one in draft.tasks if one.named_date] == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 2, 28), date(2027, 2, 28),
    ]  # fmt: skip
    (report,) = [one for one in draft.tasks if "trước ngày 28/2/2027" in one.sentence]
    assert report.deadline_raw == "trước ngày 28/2/2027"
    assert not any("31/10/2022" in one.sentence for one in draft.tasks)
