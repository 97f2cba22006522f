"""What needs an administrator's attention, the most pressing first; nothing else is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS
from actions.administering.people import AccountState, PersonLine
from actions.desk import local_day
from actions.last_administrator import administrators
from actions.offices import office_facts
from actions.setup_parts import signatories
from actions.signatures import usable_certificate
from actions.year_calendars import years_entered
from models.officer import Role, SigningAuthority
from models.organisation import Organisation
from models.webhook import WebhookSubscription

_NEXT_YEAR_MONTH = 11
"""From November on the days off of the next year are asked for: they are announced by then."""


NEEDED: Final = (
    Role.DRAFTER, Role.CONTENT_REVIEWER, Role.FORM_REVIEWER, Role.SIGNATORY, Role.REGISTRY_CLERK,
    Role.FOLLOW_UP,
)  # fmt: skip
"""Roles that take a directive from its draft to its end."""


class Matter(StrEnum):
    """What kind of thing it is."""

    ALONE = "alone"
    """One person alone can let others in."""
    LOCKED = "locked"
    VACANT = "vacant"
    """Nobody holds roles without which no directive goes its way."""
    UNAUTHORISED = "unauthorised"
    """Somebody has the role of a signatory and no authority to sign anything."""
    LONELY = "lonely"
    """The office knows nobody to send to."""
    UNSEALED = "unsealed"
    """The office has no certificate to seal with."""
    UNSIGNED = "unsigned"
    """A signatory has no certificate to sign with."""
    WITHOUT_ACCOUNT = "without_account"
    LEFT_OPEN = "left_open"
    """Somebody has left, and the account is still open."""
    TEMPORARY = "temporary"
    WEAK = "weak"
    """An administrator signs in by the password alone."""
    WEBHOOK = "webhook"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """One thing that needs attention."""

    matter: Matter
    names: tuple[str, ...] = ()
    officer_id: str = ""
    """Where it is about one person."""
    until: datetime | None = None
    year: int = 0


def attention(
    session: Session, lines: Sequence[PersonLine], *, at: datetime
) -> tuple[Attention, ...]:
    """Returns what needs attention.

    Args:
        session: an open transaction.
        lines: the officers (`people`), which only administrators get.
        at: aware, UTC.
    """
    return (
        *_doors(session, lines, at),
        *_vacancies(lines),
        *_powerless(session, lines, local_day(at)),
        *_keys(session, at),
        *_recipients(session, local_day(at)),
        *_people(lines),
        *_webhooks(session),
        *_calendars(session, local_day(at)),
    )


def _doors(session: Session, lines: Sequence[PersonLine], at: datetime) -> Iterator[Attention]:
    found = administrators(session, local_day(at))
    if len(found) == 1:
        yield Attention(matter=Matter.ALONE, names=(found[0].name,), officer_id=found[0].id)
    for one in lines:
        if one.state is AccountState.LOCKED:
            yield Attention(
                matter=Matter.LOCKED, names=(one.name,), officer_id=one.officer_id,
                until=one.locked_until,
            )  # fmt: skip


def _vacancies(lines: Sequence[PersonLine]) -> Iterator[Attention]:
    held = {role for one in lines if not one.has_left for role in one.roles}
    vacant = tuple(ROLE_WORDS[one] for one in NEEDED if one not in held)
    if vacant:
        yield Attention(matter=Matter.VACANT, names=vacant)


def _powerless(session: Session, lines: Sequence[PersonLine], day: date) -> Iterator[Attention]:
    """Yields signatories who may sign nothing; an authority that begins later is one."""
    able = set(
        session.scalars(
            select(SigningAuthority.officer_id).where(
                or_(SigningAuthority.valid_to.is_(None), SigningAuthority.valid_to >= day)
            )
        )
    )
    for one in lines:
        if Role.SIGNATORY in one.roles and not one.has_left and one.officer_id not in able:
            yield Attention(
                matter=Matter.UNAUTHORISED, names=(one.name,), officer_id=one.officer_id
            )


def _recipients(session: Session, day: date) -> Iterator[Attention]:
    own = office_facts(session).organisation_id
    another = session.scalars(
        select(Organisation.id)
        .where(
            Organisation.id != own,
            or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day),
        )
        .limit(1)
    ).first()
    if another is None:
        yield Attention(matter=Matter.LONELY)


def _keys(session: Session, at: datetime) -> Iterator[Attention]:
    office, day = office_facts(session), local_day(at)
    if usable_certificate(session, day, organisation_id=office.organisation_id) is None:
        yield Attention(matter=Matter.UNSEALED, names=(office.name,))
    for one in signatories(session, office.organisation_id, day):
        if usable_certificate(session, day, officer_id=one.id) is None:
            yield Attention(matter=Matter.UNSIGNED, names=(one.name,), officer_id=one.id)


def _people(lines: Sequence[PersonLine]) -> Iterator[Attention]:
    without = tuple(one.name for one in lines if one.lacks_account)
    if without:
        yield Attention(matter=Matter.WITHOUT_ACCOUNT, names=without)
    open_states = (AccountState.OPEN, AccountState.TEMPORARY, AccountState.LOCKED)
    for one in lines:
        if one.has_left and one.state in open_states:
            yield Attention(matter=Matter.LEFT_OPEN, names=(one.name,), officer_id=one.officer_id)
    temporary = tuple(one.name for one in lines if one.state is AccountState.TEMPORARY)
    if temporary:
        yield Attention(matter=Matter.TEMPORARY, names=temporary)
    for one in lines:
        signs_in = one.state in open_states and not one.has_left
        if Role.ADMINISTRATOR in one.roles and signs_in and not (one.second_factor or one.passkeys):
            yield Attention(matter=Matter.WEAK, names=(one.name,), officer_id=one.officer_id)


def _webhooks(session: Session) -> Iterator[Attention]:
    failing = session.scalars(
        select(WebhookSubscription.label)
        .where(
            WebhookSubscription.failing_since.is_not(None),
            or_(
                WebhookSubscription.disabled_at.is_(None),
                WebhookSubscription.disabled_at >= WebhookSubscription.failing_since,
            ),
        )
        .order_by(WebhookSubscription.label)
    )
    for label in failing:
        yield Attention(matter=Matter.WEBHOOK, names=(label,))


def _calendars(session: Session, day: date) -> Iterator[Attention]:
    known = years_entered(session)
    wanted = (day.year, day.year + 1) if day.month >= _NEXT_YEAR_MONTH else (day.year,)
    for year in wanted:
        if year not in known:
            yield Attention(matter=Matter.CALENDAR, year=year)
