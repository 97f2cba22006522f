"""The notices of a deed, written in its transaction: none is lost, none comes twice.

What waits is no message of its own but a standing fact: after each deed that may have moved it, the
notices of a directive, an incoming paper or a mail are brought in line with those for whom it waits
now. So one that nobody is waited for any more is over, and a repeat changes nothing. Called under
the lock of the audit chain's head: two deeds at once see each other.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.answers.status_codes import STATUS_STATES
from actions.auditing import FOLLOWING, subject_key
from actions.desk import local_day
from actions.incoming.rows import SUBJECT as PAPER
from actions.notices.kinds import COMES_AGAIN, MOVES, OF_ONE, Kind
from actions.notices.standing import holders, waiting_on, waiting_on_mail, waiting_on_paper
from actions.reviewing import person_for
from actions.ways import chunks
from actions.work.items import DIRECTIVE, INCOMING, MESSAGE
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Directive
from models.discussion import DraftComment, OpinionRequest
from models.dispatch import Consignment
from models.incoming import IncomingDocument
from models.lifecycle import DeliveryState, ReviewStep
from models.officer import Role
from models.officer_notice import OfficerNotice
from models.organisation import Organisation
from models.session import Database

MAIL: Final = "incoming"
"""What deeds call a mail that came in."""
_ANSWERING: Final = frozenset({"give_opinion", "record_opinion"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One thing that officers are told, and that asks for nothing."""

    kind: Kind
    directive: Directive
    officers: tuple[str, ...]
    once: str = ""
    """What makes it the same; by default the event."""
    reason: str = ""
    """What was said of it; shown to who may see the directive."""


def followed(database: Database) -> Database:
    """Returns the database of an office: each deed done in it writes its notices."""
    return database.bearing(**{FOLLOWING: note_following})


def note_following(session: Session, events: Sequence[AuditEvent]) -> None:
    """Writes the notices that follow from deeds. Does not commit."""
    done = [one for one in events if one.outcome == "done"]
    _of_directives(session, done)
    _of_papers(session, done)
    _of_mail(session, done)
    for event in done:
        for told in _told(session, event):
            _tell(session, told, event)
        if event.deed in OF_ONE:
            session.add(_of_one(event))
    session.flush()


def _of_directives(session: Session, done: Sequence[AuditEvent]) -> None:
    moved = {key: event for event in done for key in _directives(session, event)}
    for key, event in moved.items():
        directive = session.get(Directive, key)
        if directive is not None:
            wanted = waiting_on(session, directive, local_day(event.at))
            _bring_in_line(session, DIRECTIVE, key, wanted, event)


def _of_papers(session: Session, done: Sequence[AuditEvent]) -> None:
    moved = {subject_key(one.subject_id): one for one in done if one.subject_kind == PAPER}
    for key, event in moved.items():
        paper = session.get(IncomingDocument, key) if key else None
        if paper is not None:
            wanted = waiting_on_paper(session, paper, local_day(event.at))
            _bring_in_line(session, INCOMING, paper.id, wanted, event)


def _of_mail(session: Session, done: Sequence[AuditEvent]) -> None:
    """Of deeds about the mail itself, and of those that made an incoming paper out of it."""
    moved: dict[uuid.UUID, AuditEvent] = {}
    for event in done:
        key = subject_key(event.subject_id)
        if key is not None and event.subject_kind == PAPER:
            paper = session.get(IncomingDocument, key)
            key = paper.message_id if paper is not None else None
        elif event.subject_kind != MAIL:
            continue
        if key is not None:
            moved[key] = event
    for key, event in moved.items():
        wanted = waiting_on_mail(session, key, local_day(event.at))
        _bring_in_line(session, MESSAGE, key, wanted, event)


def _of_one(event: AuditEvent) -> OfficerNotice:
    """The officer may be elsewhere by now; who is there has it read by opening its page."""
    about, kind = OF_ONE[event.deed]
    key = uuid.UUID(event.subject_id)
    return OfficerNotice(
        officer_id=event.detail.get("officer", event.actor_id), kind=kind.value, about=about,
        subject_id=key, origin=f"{kind.value}:{event.sequence}:{key.hex}", waits=False, at=event.at,
    )  # fmt: skip


def _directives(session: Session, event: AuditEvent) -> Sequence[DirectiveId]:
    """Returns the directives for which somebody else may be waited for after a deed."""
    if event.deed == "dispatch":
        if event.detail.get("outcome") == "sent":
            return ()
    elif event.deed not in MOVES:
        return ()
    if event.subject_kind == "directive":
        key = subject_key(event.subject_id)
        return [DirectiveId(key)] if key else ()
    if event.subject_kind == "consignment":
        wanted = Consignment.id == subject_key(event.subject_id)
    elif event.deed == "receive_notice":
        told = event.detail.get("notices", ())
        wanted = Consignment.message_id.in_([one["message_id"] for one in told if one["moved"]])
    else:
        return ()
    return session.scalars(select(Consignment.directive_id).where(wanted).distinct()).all()


def _bring_in_line(
    session: Session,
    about: str,
    key: uuid.UUID,
    wanted: set[tuple[str, Kind]],
    event: AuditEvent,
) -> None:
    again = COMES_AGAIN.get(event.deed)
    standing = session.scalars(
        select(OfficerNotice).where(
            OfficerNotice.about == about,
            OfficerNotice.subject_id == key,
            OfficerNotice.waits,
            OfficerNotice.over_at.is_(None),
        )
    ).all()
    for one in standing:
        whose = (one.officer_id, Kind(one.kind))
        if whose not in wanted:
            one.over_at = event.at
        elif one.kind == again:
            _come_again(one, event)
        wanted.discard(whose)
    for officer_id, kind in sorted(wanted):
        session.add(_new(officer_id, kind, (about, key), event, waits=True))
    session.flush()


def _come_again(one: OfficerNotice, event: AuditEvent) -> None:
    """What was read of comes anew; what was not read yet only says how often it came."""
    if one.read_at is not None:
        one.read_at = one.mailed_at = None
    one.at = event.at
    one.detail = {**one.detail, "count": one.detail.get("count", 1) + 1}


def _told(session: Session, event: AuditEvent) -> Iterable[_Told]:
    if event.deed == "chase" and event.detail.get("notice") == "overdue":
        yield from _overdue(session, event)
    yield from _refused_by_a_unit(session, event)
    if event.subject_kind != "directive" or event.deed not in {
        "issue", "take_back", "comment", "answer_comment", *_ANSWERING
    }:  # fmt: skip
        return
    key = subject_key(event.subject_id)
    directive = session.get(Directive, key) if key else None
    if directive is None:
        return
    if event.deed == "issue":
        yield _Told(kind=Kind.ISSUED, directive=directive, officers=(directive.drafter_id,))
    elif event.deed == "take_back":
        named = (person_for(directive, ReviewStep(step)) for step in event.detail["steps"])
        yield _Told(
            kind=Kind.TAKEN_BACK, directive=directive, officers=tuple(filter(None, named)),
            reason=event.detail["reason"],
        )  # fmt: skip
    elif event.deed == "comment":
        yield _Told(kind=Kind.REMARKED, directive=directive, officers=(directive.drafter_id,))
    elif event.deed == "answer_comment":
        remark = session.get(DraftComment, uuid.UUID(event.detail["comment"]))
        whose = {remark.author_id, directive.drafter_id} if remark else set()
        yield _Told(kind=Kind.ANSWERED, directive=directive, officers=tuple(sorted(whose)))
    else:
        asked = session.scalars(
            select(OpinionRequest.asked_by)
            .where(
                OpinionRequest.directive_id == directive.id, OpinionRequest.answered_at == event.at
            )
            .distinct()
        ).all()
        yield _Told(kind=Kind.OPINED, directive=directive, officers=tuple(asked))


def _refused_by_a_unit(session: Session, event: AuditEvent) -> Iterable[_Told]:
    """Who follows it is told, with the reason; for the clerk it waits (`Kind.DELIVERY`)."""
    detail = event.detail
    if event.deed == "refuse_delivery":
        key, reason = subject_key(event.subject_id), detail["reason"]
    elif event.deed == "receive_status" and _says_refused(detail):
        key, reason = uuid.UUID(detail["directive"]), detail.get("words") or ""
    else:
        return
    directive = session.get(Directive, key) if key else None
    unit = session.get(Organisation, detail["organisation"])
    if directive is None or unit is None:
        return
    whose = holders(session, directive.organisation_id, Role.FOLLOW_UP, local_day(event.at))
    yield _Told(
        kind=Kind.UNIT_REFUSED, directive=directive, officers=tuple(whose),
        reason=f"{unit.name}: {reason}" if reason else unit.name,
    )  # fmt: skip


def _says_refused(detail: dict[str, Any]) -> bool:
    is_refusal = STATUS_STATES.get(detail.get("code", "")) == DeliveryState.REFUSED
    return is_refusal and bool(detail.get("moved"))


def _overdue(session: Session, event: AuditEvent) -> Iterable[_Told]:
    """Whoever follows a directive is told of what is missing once a day, however many units."""
    day = local_day(event.at)
    keys = [uuid.UUID(one) for one in event.detail.get("directives", ())]
    once = {f"overdue:{key}:{day}": key for key in keys}
    for some in chunks(list(once)):
        known = set(
            session.scalars(select(OfficerNotice.origin).where(OfficerNotice.origin.in_(some)))
        )
        for origin in some:
            directive = None if origin in known else session.get(Directive, once[origin])
            if directive is not None:
                whose = holders(session, directive.organisation_id, Role.FOLLOW_UP, day)
                yield _Told(
                    kind=Kind.OVERDUE, directive=directive, officers=tuple(whose), once=origin
                )


def _tell(session: Session, told: _Told, event: AuditEvent) -> None:
    for officer_id in told.officers:
        if event.actor_kind == "officer" and event.actor_id == officer_id:
            continue
        unread = session.scalars(
            select(OfficerNotice).where(
                OfficerNotice.officer_id == officer_id,
                OfficerNotice.about == DIRECTIVE,
                OfficerNotice.subject_id == told.directive.id,
                OfficerNotice.kind == told.kind,
                OfficerNotice.read_at.is_(None),
            )
        ).first()
        if unread is not None and not told.once:
            _come_again(unread, event)
            one = unread
        else:
            one = _new(officer_id, told.kind, (DIRECTIVE, told.directive.id), event, waits=False)
            session.add(one)
            if told.once:
                one.origin = told.once
        if told.reason:
            one.detail = {**one.detail, "reason": told.reason}
    session.flush()


def _new(
    officer_id: str, kind: Kind, about: tuple[str, uuid.UUID], event: AuditEvent, *, waits: bool
) -> OfficerNotice:
    own = event.actor_kind == "officer" and event.actor_id == officer_id
    by: dict[str, Any] = {"by": event.actor_name} if event.actor_kind == "officer" else {}
    return OfficerNotice(
        officer_id=officer_id, kind=kind.value, about=about[0], subject_id=about[1],
        origin=f"{kind.value}:{event.sequence}:{about[1].hex}", waits=waits, own=own,
        at=event.at, detail=by,
    )  # fmt: skip
