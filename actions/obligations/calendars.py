"""The calendar of a year as data: shown, looked at before it is taken, taken with what it moves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from actions.access import roles_on
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotAuthorisedError, Problem, WrongStateError
from actions.obligations.recomputing import Moved, bring_up_to_date, differing
from actions.offices import office_facts, working_calendar
from actions.year_calendars import years_entered
from deadlines.calendar import WorkingCalendar
from deadlines.year_lists import YearLists, doubts
from models.officer import Role
from models.organisation import CalendarYear, DayOff, Office


@dataclass(frozen=True, slots=True, kw_only=True)
class YearShown:
    """The calendar of one year, as it is."""

    lists: YearLists
    """Both lists; empty where nothing was entered."""
    entered: bool
    """Whether anything was entered for the year."""
    doubts: tuple[str, ...]
    """What a person should look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCompared:
    """What taking lists in would change."""

    added: tuple[str, ...]
    """Days that come in, as people read them."""
    removed: tuple[str, ...]
    """Days that go out."""
    doubts: tuple[str, ...]
    """What a person should look at."""
    moved: tuple[Moved, ...]
    """Obligations whose days move."""


def show_year(session: Session, year: int) -> YearShown:
    """Returns the calendar of a year."""
    rows = [row for row in _rows(session) if row.day.year == year]
    known = session.get(CalendarYear, year)
    lists = YearLists(
        year=year,
        off={row.day: row.label for row in rows if not row.working},
        working={row.day: row.label for row in rows if row.working},
        basis=(known.basis or "") if known else "",
        confirmed=known.confirmed if known else bool(rows),
    )
    return YearShown(lists=lists, entered=bool(rows), doubts=doubts(lists) if rows else ())


def _rows(session: Session) -> list[DayOff]:
    return list(session.scalars(select(DayOff).order_by(DayOff.day)))


def compare_year(session: Session, lists: YearLists) -> YearCompared:
    """Returns what these lists would change; nothing is written."""
    before = show_year(session, lists.year).lists
    calendar, years = _with(session, lists)
    moved = differing(session, calendar, years, lists.year)
    return YearCompared(
        added=_in_order(_words(lists) - _words(before)),
        removed=_in_order(_words(before) - _words(lists)),
        doubts=doubts(lists),
        moved=tuple(one for one in moved if one.moves),
    )


def _words(lists: YearLists) -> set[str]:
    return {
        *(f"{day:%d/%m/%Y} nghỉ: {label}" for day, label in lists.off.items()),
        *(f"{day:%d/%m/%Y} làm bù: {label}" for day, label in lists.working.items()),
    }


def _in_order(words: set[str]) -> tuple[str, ...]:
    """Returns days by their date, which they begin with as people write it."""
    return tuple(sorted(words, key=lambda one: (one[6:10], one[3:5], one[:2], one)))


def _with(session: Session, lists: YearLists) -> tuple[WorkingCalendar, Mapping[int, bool]]:
    """Returns the office's calendar with these lists in place of those of their year."""
    other = [row for row in _rows(session) if row.day.year != lists.year]
    calendar = WorkingCalendar(
        frozenset(row.day for row in other if not row.working) | frozenset(lists.off),
        frozenset(row.day for row in other if row.working) | frozenset(lists.working),
    )
    return calendar, {**years_entered(session), lists.year: lists.confirmed}


def state_of(lists: YearLists) -> str:
    """Returns what names the state of a year's lists."""
    whole = (*sorted(_words(lists)), lists.basis, str(lists.confirmed))
    return hashlib.sha256("\n".join(whole).encode()).hexdigest()[:32]


def import_year(desk: Desk, actor: Actor, lists: YearLists, *, seen: str | None = None) -> int:
    """Takes the lists of a year in place of those it had. Returns how many obligations moved.

    What is owed in that year gets its days anew, with a record; the units are told. The same lists
    again change nothing.

    Args:
        desk: the tools.
        actor: an administrator or a follow-up officer.
        lists: as `deadlines.year_lists.make_lists` checked them.
        seen: names the lists (`state_of`) that these were compared with; any where none is said.

    Raises:
        NotAuthorisedError: the actor is neither.
        InvalidInputError: no paper is named.
        WrongStateError: somebody else has taken other lists meanwhile.
    """
    with doing(desk, actor, "import_calendar", kind="office", subject=lists.year) as deed:
        _require(deed)
        if not lists.basis:
            said = "Chưa ghi văn bản làm căn cứ. Ghi số, ngày thông báo nghỉ rồi nhập lại."
            raise InvalidInputError(Problem(place="Căn cứ", reason=said))
        deed.session.execute(select(Office.id).with_for_update())
        before = show_year(deed.session, lists.year).lists
        if seen is not None and seen != state_of(before):
            raise WrongStateError(
                f"Lịch năm {lists.year}", expected=("chưa ai sửa từ lúc mở trang",),
                actual="vừa được người khác sửa",
            )  # fmt: skip
        _write(deed.session, lists)
        years = years_entered(deed.session)
        found = differing(deed.session, working_calendar(deed.session), years, lists.year)
        reason = f"Lịch nghỉ năm {lists.year}: {lists.basis}"
        moved = bring_up_to_date(desk, deed, found, years, reason)
        deed.detail |= {
            "basis": lists.basis, "confirmed": lists.confirmed, "moved": moved,
            "added": sorted(_words(lists) - _words(before)),
            "removed": sorted(_words(before) - _words(lists)),
        }  # fmt: skip
    return moved


def _require(deed: Deed) -> None:
    """Insists on an administrator or a follow-up officer of this office."""
    office = office_facts(deed.session).organisation_id
    roles = roles_on(deed.session, deed.actor.id, office, deed.day)
    if deed.actor.kind != "officer" or not roles & {Role.ADMINISTRATOR, Role.FOLLOW_UP}:
        raise NotAuthorisedError(deed.actor.name, "nhập lịch nghỉ", "quản trị hoặc người theo dõi")


def _write(session: Session, lists: YearLists) -> None:
    for row in _rows(session):
        if row.day.year == lists.year:
            session.delete(row)
    session.flush()
    for working, days in ((False, lists.off), (True, lists.working)):
        session.add_all(
            DayOff(day=day, working=working, label=label) for day, label in days.items()
        )
    session.execute(delete(CalendarYear).where(CalendarYear.year == lists.year))
    session.add(CalendarYear(year=lists.year, basis=lists.basis, confirmed=lists.confirmed))
    session.flush()
