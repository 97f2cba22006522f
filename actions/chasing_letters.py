"""The letters of the ladder: to the unit that owes, to those above it, to the officers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from actions.desk import Deed, Desk
from actions.notifying import NewNotice, frame_for, queue_notice
from actions.offices import follow_up_officers
from actions.wording import escalation_letter, reminder_letter
from deadlines.calendar import WorkingCalendar
from deadlines.ladder import Audience, LadderStep, Wording
from models.directive import Directive
from models.dispatch import Notice
from models.obligation import Obligation
from models.organisation import Organisation

Steps = Sequence[tuple[Obligation, LadderStep]]
"""Obligations with the step that is due for each today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What one unit owes of one directive."""

    directive: Directive
    """The directive."""
    organisation_id: str
    """The unit."""
    obligations: tuple[Obligation, ...]
    """Everything that is still owed, the most pressing first."""
    calendar: WorkingCalendar
    """The office's calendar."""


def remind(desk: Desk, deed: Deed, about: Owed, steps: Steps) -> Notice:
    """Queues the one letter to the unit for all it owes. Does not commit.

    The most advanced step gives the tone and the subject. From the second letter after its day on,
    those above the unit get a copy.
    """
    pressing, step = _most_advanced(about, steps)
    unit = deed.session.get_one(Organisation, about.organisation_id)
    overdue_by = _overdue_by(deed, about, pressing)
    frame = frame_for(desk, deed.session, about.directive, unit, deed.day)
    subject, text = reminder_letter(
        frame, about.obligations, pressing=pressing, overdue_by=overdue_by
    )
    second = step.wording is Wording.OVERDUE and _was_told_late(deed, about)
    superior = _superior(deed, unit, about.directive) if second else None
    return queue_notice(
        desk, deed,
        NewNotice(
            key=_key(deed, about, "unit", step), kind=_kind(step), directive=about.directive,
            organisation_id=unit.id, address=unit.address, subject=subject, text=text,
            copy_to=tuple(a for a in (superior.address if superior else None,) if a),
        ),
    )  # fmt: skip


def escalate(desk: Desk, deed: Deed, about: Owed, steps: Steps) -> Notice:
    """Queues the letter to the body above the unit, with copies to the follow-up officers.

    Where nobody is above the unit, or the step is meant for them, the officers get it themselves.
    Does not commit.
    """
    pressing, step = _most_advanced(about, steps)
    unit = deed.session.get_one(Organisation, about.organisation_id)
    superior = (
        _superior(deed, unit, about.directive) if step.audience is Audience.SUPERIOR else None
    )
    officers = _officers(deed, about.directive)
    late = [one for one in about.obligations if one.due is not None and one.due < deed.day]
    own = deed.session.get_one(Organisation, about.directive.organisation_id)
    to_superior = superior is not None and bool(superior.address)
    frame = frame_for(
        desk, deed.session, about.directive, superior or own, deed.day, own=False
    )  # fmt: skip
    subject, text = escalation_letter(
        frame, unit.name, late or about.obligations,
        overdue_by=_overdue_by(deed, about, pressing),
    )  # fmt: skip
    first, *others = officers or (None,)
    return queue_notice(
        desk, deed,
        NewNotice(
            key=_key(deed, about, step.audience.value, step), kind="escalation",
            directive=about.directive, organisation_id=unit.id,
            address=superior.address if superior and to_superior else first,
            subject=subject, text=text,
            copy_to=officers if to_superior else tuple(one for one in others if one),
        ),
    )  # fmt: skip


def _most_advanced(about: Owed, steps: Steps) -> tuple[Obligation, LadderStep]:
    """Returns what the letter is about: before the day the step's own, after it the oldest."""
    obligation, step = max(steps, key=lambda pair: (pair[1].working_days, pair[0].is_report))
    if step.wording is Wording.REMINDER:
        return obligation, step
    return about.obligations[0], step


def _overdue_by(deed: Deed, about: Owed, pressing: Obligation) -> int:
    """Returns the working days since the day of the pressing obligation; 0 or less before it."""
    return about.calendar.working_days_between(pressing.due or deed.day, deed.day)


def _kind(step: LadderStep) -> str:
    return "reminder" if step.wording is Wording.REMINDER else "overdue"


def _key(deed: Deed, about: Owed, audience: str, step: LadderStep) -> str:
    return (
        f"chase:{about.directive.id}:{about.organisation_id}:{audience}:{step.key}"
        f":{deed.day.isoformat()}"
    )


def _was_told_late(deed: Deed, about: Owed) -> bool:
    told = (
        select(func.count())
        .select_from(Notice)
        .where(
            Notice.directive_id == about.directive.id,
            Notice.organisation_id == about.organisation_id,
            Notice.kind == "overdue",
        )
    )
    return deed.session.scalars(told).one() > 0


def _superior(deed: Deed, unit: Organisation, directive: Directive) -> Organisation | None:
    """Returns the body above a unit, unless that is the issuing office itself."""
    if unit.parent_id is None or unit.parent_id == directive.organisation_id:
        return None
    return deed.session.get(Organisation, unit.parent_id)


def _officers(deed: Deed, directive: Directive) -> tuple[str, ...]:
    officers = follow_up_officers(deed.session, directive.organisation_id, deed.day)
    return tuple(one.email for one in officers if one.email)
