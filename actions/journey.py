"""A directive's whole journey at one instant, as a page or a printed register shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.auditing import verify_events_of
from actions.changing import get_directive
from actions.desk import local_day
from actions.exporting import is_overdue
from actions.follow_up_words import DELIVERY_WORDS, OBLIGATION_WORDS
from actions.ordering import state_words, title_of
from actions.progress import next_step, timeline
from actions.registering import COLUMNS, entries
from actions.wording import TEST_LINE
from documents.papers import (
    RegisterHead,
    Timeline,
    TimelineObligation,
    TimelineRecipient,
    TimelineStep,
)
from models.base import DirectiveId
from models.dispatch import Consignment
from models.lifecycle import DeliveryState, ObligationState
from models.obligation import Obligation, Reminder
from models.organisation import Office, Organisation

RECIPIENT_ROLE_WORDS: Final[Mapping[str, str]] = {
    "action": "thực hiện",
    "report": "báo cáo",
    "know": "để biết",
    "archive": "lưu",
    "unmarked": "chưa nêu",
    "as_above": "như trên",
    "as_article": "như điều",
}
"""How the role of a recipient is called to people."""


def journey(session: Session, directive_id: DirectiveId, *, at: datetime) -> Timeline:
    """Returns the journey so far; its own events are proven on the way.

    Raises:
        NotFoundError: no such directive.
    """
    directive = get_directive(session, directive_id)
    issuer = session.get_one(Organisation, directive.organisation_id)
    return Timeline(
        issuer=issuer.name,
        number=title_of(directive),
        doc_type=directive.doc_type,
        title=directive.subject,
        issued=directive.issue_date,
        state=state_words(directive).capitalize(),
        sentence=next_step(session, directive).words,
        as_of=at,
        steps=_steps(session, directive_id),
        recipients=_recipients(session, directive_id),
        obligations=_obligations(session, directive_id, at),
        notice=test_notice(session),
    )


def test_notice(session: Session) -> str | None:
    """Returns the words that every page of a trial office bears, or None."""
    office = session.get(Office, 1)
    return TEST_LINE if office is not None and office.test_only else None


def register_of(session: Session, year: int) -> tuple[list[list[str]], RegisterHead]:
    """Returns the rows of the outgoing register of a year, ready to print, and its head."""
    office = session.scalars(select(Office)).one()
    issuer = session.get_one(Organisation, office.organisation_id)
    parent = session.get(Organisation, issuer.parent_id) if issuer.parent_id else None
    rows = [[entry.columns[key] for key in COLUMNS] for entry in entries(session, year=year)]
    head = RegisterHead(
        parent_issuer=parent.name if parent else "",
        issuer=issuer.name,
        period=f"Năm {year}",
        notice=test_notice(session),
    )
    return rows, head


def _steps(session: Session, directive_id: DirectiveId) -> tuple[TimelineStep, ...]:
    intact = verify_events_of(session, "directive", str(directive_id)).broken_at is None
    return tuple(
        TimelineStep(
            name=entry.words,
            person=entry.actor.partition(",")[0],
            post=entry.actor.partition(",")[2].strip(),
            at=entry.at,
            detail=_detail(entry.outcome, entry.detail),
            chained=intact,
        )
        for entry in timeline(session, directive_id)
    )


def _detail(outcome: str, detail: Mapping[str, object]) -> str:
    told = [str(detail[key]) for key in ("number", "reason", "note") if detail.get(key)]
    if detail.get("in_place_of"):
        told.append(f"Thay {detail['in_place_of']}, {detail['because']}")
    if detail.get("from_name"):
        told.append(f"{detail['from_name']} {detail['because']}. {detail['words']}")
    if outcome == "refused":
        told.insert(0, "Bị từ chối; không có gì thay đổi")
    return ". ".join(told)


def _recipients(session: Session, directive_id: DirectiveId) -> tuple[TimelineRecipient, ...]:
    rows = session.execute(
        select(Consignment, Organisation.name)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .where(Consignment.directive_id == directive_id, Consignment.rerouted_to_id.is_(None))
        .order_by(Organisation.sort_key)
    )
    return tuple(
        TimelineRecipient(
            unit=name,
            role=RECIPIENT_ROLE_WORDS.get(one.role, one.role),
            channel=one.channel,
            state=DELIVERY_WORDS[DeliveryState(one.state)],
            sent_at=one.sent_at,
            answered_at=one.acknowledged_at,
        )
        for one, name in rows
    )


def _obligations(
    session: Session, directive_id: DirectiveId, at: datetime
) -> tuple[TimelineObligation, ...]:
    letters = (
        select(
            Reminder.obligation_id, func.count(func.distinct(Reminder.notice_id)).label("letters")
        )
        .group_by(Reminder.obligation_id)
        .subquery()
    )
    rows = session.execute(
        select(Obligation, Organisation.name, letters.c.letters)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .outerjoin(letters, letters.c.obligation_id == Obligation.id)
        .where(Obligation.directive_id == directive_id)
        .order_by(Obligation.task_ref, Organisation.sort_key)
    )
    day = local_day(at)
    return tuple(
        TimelineObligation(
            unit=name,
            label=one.task_ref,
            deadline=one.deadline_raw or "không nêu",
            due=one.due,
            state=OBLIGATION_WORDS[ObligationState(one.state)],
            overdue=is_overdue(one, day),
            reminders=count or 0,
            reported_at=one.reported_at,
        )
        for one, name, count in rows
    )
