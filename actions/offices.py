"""What deeds of the back office need to know of the office: its name, its mailbox, its calendar."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.errors import NotFoundError
from deadlines.calendar import WorkingCalendar
from models.officer import Officer, Post, Role
from models.organisation import DayOff, Office, Organisation
from models.session import once


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """The office as its letters show it."""

    organisation_id: str
    """Its organisation."""
    name: str
    """Its name."""
    mailbox: str
    """The address that sends directives and takes reports."""
    form_of_address: str
    """How units are addressed: `đồng chí` in Party offices, `ông/bà` in State offices."""
    test_only: bool
    """True where it signs with a demo PKI."""

    @property
    def sender(self) -> str:
        """Name and mailbox, as the sender of a letter."""
        return f"{self.name} <{self.mailbox}>"

    @property
    def mail_domain(self) -> str:
        """The domain of the mailbox."""
        return self.mailbox.rpartition("@")[2]


def office_facts(session: Session) -> OfficeFacts:
    """Returns the office of this installation.

    Raises:
        NotFoundError: no office was loaded.
    """
    return once(session, "office", lambda: _office_facts(session))


def _office_facts(session: Session) -> OfficeFacts:
    office = session.get(Office, 1)
    if office is None:
        raise NotFoundError("cơ quan", "dữ liệu cơ quan")
    organisation = session.get_one(Organisation, office.organisation_id)
    return OfficeFacts(
        organisation_id=organisation.id,
        name=organisation.name,
        mailbox=office.mailbox,
        form_of_address=office.form_of_address,
        test_only=office.test_only,
    )


def working_calendar(session: Session) -> WorkingCalendar:
    """Returns the office's calendar: days off and worked Saturdays from its own table."""
    return once(session, "calendar", lambda: _working_calendar(session))


def _working_calendar(session: Session) -> WorkingCalendar:
    days = session.scalars(select(DayOff)).all()
    return WorkingCalendar(
        days_off=frozenset(row.day for row in days if not row.working),
        working_saturdays=frozenset(row.day for row in days if row.working),
    )


def follow_up_officers(session: Session, organisation_id: str, day: date) -> tuple[Officer, ...]:
    """Returns the officers who follow up for an organisation on a day."""
    rows = session.execute(
        select(Officer, Post.roles)
        .join(Post, Post.officer_id == Officer.id)
        .where(
            Post.organisation_id == organisation_id,
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
        )
        .order_by(Officer.id)
    )
    found = {officer.id: officer for officer, roles in rows if Role.FOLLOW_UP.value in roles}
    return tuple(found.values())


def unit_actor(session: Session, organisation_id: str) -> Actor:
    """Returns the actor for a unit that answers.

    Raises:
        NotFoundError: there is no such unit.
    """
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFoundError("đơn vị", organisation_id)
    return Actor(kind="unit", id=organisation.id, name=organisation.name)


def mail_address(organisation: Organisation) -> str | None:
    """Returns where letters reach an organisation, whatever channel directives take."""
    return organisation.email or (organisation.address if organisation.channel == "smtp" else None)
