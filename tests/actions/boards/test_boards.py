"""Boards over all directives: what the database counts is what the words of one obligation say."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from actions.boards.counting import Count
from actions.boards.deadlines import by_day
from actions.boards.directives import by_directive
from actions.boards.months import by_month
from actions.boards.periods import around, period_of
from actions.boards.sheets import directives_table, owed_table, units_table
from actions.boards.units import by_unit, whole
from actions.desk import Desk, local_day
from actions.errors import InvalidInputError
from actions.exporting import is_overdue
from actions.listing.sight import Reader
from models.base import DirectiveId
from models.lifecycle import OPEN_OBLIGATIONS, ObligationState
from models.obligation import Obligation
from models.officer import Role
from models.session import Database
from tests.actions.back_office import OWN, WORK, issue, task
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, organisation, small_office

pytestmark = pytest.mark.both_databases

TODAY = date(2022, 11, 10)
UNITS = tuple(f"don-vi-{at:02}" for at in range(9))


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(database)
    with database.writing() as session:
        for at, key in enumerate(UNITS):
            organisation(session, key, f"Đơn vị thứ {at}")
    clock.set_day(TODAY)
    return make_desk(database, tmp_path, clock)


def many(desk: Desk) -> list[DirectiveId]:
    """Directives whose obligations stand in every state, around every border of a day."""
    dice = Random(20221110)  # noqa: S311 (the same dice each time)
    each = task(groups=[], organisations=list(UNITS))
    keys = [issue(desk, subject=f"Văn bản {at}", tasks=[each, WORK, OWN]) for at in range(6)]
    midnight = datetime(2022, 11, 9, 17, tzinfo=UTC)  # in Vietnam the 10th begins
    with desk.database.writing() as session:
        # In an order of their own, so that the dice give each unit the same every time.
        mixed = select(Obligation).order_by(Obligation.task_ref, Obligation.organisation_id)
        for one in session.scalars(mixed):
            one.state = dice.choice(list(ObligationState)).value
            one.due = dice.choice([None, *(TODAY + timedelta(days=n) for n in (-40, -1, 0, 1, 60))])
            is_answered = one.state in {ObligationState.REPORTED, ObligationState.ACCEPTED}
            hours = dice.choice([-1, 0, 23, 24, -24, 1])
            one.reported_at = midnight + timedelta(hours=hours) if is_answered else None
    return keys


def kind_of(one: Obligation) -> str | None:
    """The same by one obligation at a time, in Python."""
    if one.state in {ObligationState.CANCELLED, ObligationState.TRANSFERRED}:
        return None
    if ObligationState(one.state) in OPEN_OBLIGATIONS:
        return "missing" if is_overdue(one, TODAY) else "to_come"
    assert one.reported_at is not None
    return "late" if one.due is not None and local_day(one.reported_at) > one.due else "in_time"


def counted(ones: list[Obligation]) -> Count:
    kinds = [kind_of(one) for one in ones]
    names = ("in_time", "late", "missing", "to_come")
    return Count(**{name: kinds.count(name) for name in names})


def theirs(desk: Desk) -> list[Obligation]:
    with desk.database.reading() as session:
        return [one for one in session.scalars(select(Obligation)) if one.organisation_id != "ban"]


def test_what_the_database_counts_is_what_each_obligation_says(desk: Desk) -> None:
    many(desk)
    rows, year = theirs(desk), period_of("2022", TODAY)
    within = [one for one in rows if one.due is not None and one.due.year == TODAY.year]
    with desk.database.reading() as session:
        look = Reader(session=session, actor=SmallOffice().actor(Role.FOLLOW_UP), day=TODAY)
        assert whole(look, year) == counted(within)
        assert all(getattr(whole(look, year), one) for one in ("in_time", "late", "missing"))
        for unit in by_unit(look, year, named="", after=None, limit=50).items:
            assert unit.count == counted([one for one in within if one.organisation_id == unit.id])
        months = {one.month: one.count for one in by_month(look, year)}
        assert months == {
            month: counted([one for one in within if one.due and one.due.month == month])
            for month in {one.due.month for one in within if one.due and kind_of(one)}
        }


def test_each_directive_counts_its_units(desk: Desk) -> None:
    keys = many(desk)
    with desk.database.reading() as session:
        look = Reader(session=session, actor=SmallOffice().actor(Role.FOLLOW_UP), day=TODAY)
        found = by_directive(look, is_closed=False, after=None, limit=50)
        assert {one.directive.id for one in found.items} == set(keys)
        for row in found.items:
            units: dict[str, list[str]] = {}
            for one in theirs(desk):
                kind = kind_of(one)
                if one.directive_id == row.directive.id and kind and (one.is_report or one.due):
                    units.setdefault(one.organisation_id, []).append(kind)
            assert row.standing.units == len(units)
            assert row.standing.late == sum("missing" in kinds for kinds in units.values())
            assert row.standing.answered == sum(
                not {"missing", "to_come"} & set(kinds) for kinds in units.values()
            )
        assert by_directive(look, is_closed=True, after=None, limit=50).items == []


def test_pages_of_what_is_owed_follow_each_other_without_gap_or_repeat(desk: Desk) -> None:
    many(desk)
    owed = [one for one in theirs(desk) if kind_of(one) in {"missing", "to_come"} and one.due]
    with desk.database.reading() as session:
        look = Reader(session=session, actor=SmallOffice().actor(Role.FOLLOW_UP), day=TODAY)
        after, seen = None, []
        while True:
            found = by_day(look, span="", named="", after=after, limit=4)
            seen += [one.obligation for one in found.items]
            after = found.next
            if after is None:
                break
        assert [one.due for one in seen] == sorted(one.due for one in owed if one.due)
        assert {one.id for one in seen} == {one.id for one in owed}
        late = by_day(look, span="qua-han", named="", after=None, limit=200).items
        assert {one.obligation.id for one in late} == {
            one.id for one in owed if kind_of(one) == "missing"
        }
        one_unit = by_day(look, span="", named="don vi thu 3", after=None, limit=200).items
        assert {one.unit for one in one_unit} == {"Đơn vị thứ 3"}
        with pytest.raises(InvalidInputError):
            by_day(look, span="hom-qua", named="", after=None, limit=4)
        with pytest.raises(InvalidInputError):
            by_day(look, span="", named="", after="abc", limit=4)


def test_who_has_no_post_at_the_office_sees_nothing_of_it(desk: Desk) -> None:
    many(desk)
    with desk.database.reading() as session:
        stranger = SmallOffice().actor(Role.FOLLOW_UP)
        look = Reader(session=session, actor=stranger, day=date(2019, 1, 1))
        assert by_directive(look, is_closed=False, after=None, limit=50).items == []
        assert whole(look, period_of("2022", TODAY)) == Count()
        assert by_day(look, span="", named="", after=None, limit=50).items == []


def test_tables_hold_what_the_pages_show_and_no_formula(desk: Desk, tmp_path: Path) -> None:
    issue(desk, subject="=HYPERLINK(1)", tasks=[task()])
    with desk.database.reading() as session:
        look = Reader(session=session, actor=SmallOffice().actor(Role.FOLLOW_UP), day=TODAY)
        tables = [
            directives_table(look, is_closed=False),
            units_table(look, period_of("2022", TODAY), named=""),
            owed_table(look, desk.clock(), span="", named=""),
        ]
    for made in tables:
        text = made.written("csv", desk.clock()).decode("utf-8-sig")
        assert next(csv.reader(io.StringIO(text))) == list(made.header)
        assert ",=HYPERLINK" not in text
        path = tmp_path / "bang.xlsx"
        path.write_bytes(made.written("xlsx", desk.clock()))
        sheet = load_workbook(path).worksheets[0]
        assert sheet.max_row == 1 + len(made.rows)
        assert len(made.rows) >= 1
    with pytest.raises(InvalidInputError):
        tables[0].written("pdf", desk.clock())


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("", date(2022, 10, 1), date(2022, 12, 31)),
    ],
)
def test_a_period_has_its_first_and_last_day(key: str, first: date, last: date) -> None:
    found = period_of(key, TODAY)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("key", ["2026-Q5", "26", "2026-", "năm", "٢٠٢٦", "0000", "2026-Q1-Q1"])
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(InvalidInputError):
        period_of(key, TODAY)


def test_every_period_that_is_offered_can_be_asked_for() -> None:
    for one in around(TODAY):
        assert period_of(one.key, TODAY) == one
