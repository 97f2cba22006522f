"""What came back after issue and waits for a decision of the office."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, case, func, select, text
from sqlalchemy.orm import Session

from actions.desk import local_day
from actions.ordering import title_of
from actions.waiting_mail import waiting
from actions.work.items import DIRECTIVE, MESSAGE, Kind, Subject, Waiting
from models.directive import Directive
from models.dispatch import STUCK, Consignment, IncomingMessage
from models.lifecycle import DeliveryState, DirectiveState, ObligationState
from models.obligation import ANSWERED, Obligation
from models.officer import Role
from models.report import Report

MOST: Final = 500
"""Directives, and letters, that are listed of one kind; their own pages show all."""
READERS: Final = frozenset({Role.FOLLOW_UP, Role.REGISTRY_CLERK})
"""Who deals with mail that nobody could match."""
_RUNNING: Final = (DirectiveState.ISSUED, DirectiveState.CORRECTED)
_BEFORE_DUE: Final = "trả lời trước khi hết hạn hiện tại của đơn vị"
_SEND_BY: Final = "thời hạn gửi (QĐ 28/2018, Điều 6.2)"


def waiting_answers(session: Session, followed: Collection[str]) -> list[Waiting]:
    """Returns the directives with reports or requests for more time to decide about.

    Args:
        session: an open look.
        followed: offices whose follow-up officer looks.
    """
    if not followed:
        return []
    rows = session.execute(
        select(
            Directive,
            Obligation.state,
            func.count(),
            func.min(Obligation.due),
            select(func.min(Report.received_at))
            .where(Report.directive_id == Directive.id, Report.state == "received")
            .scalar_subquery(),
        )
        .join(Obligation, Obligation.directive_id == Directive.id)
        .where(
            text(f"obligation.{ANSWERED}"),
            Directive.organisation_id.in_(followed),
            Directive.state.in_(_RUNNING),
        )
        .group_by(Directive.id, Obligation.state)
        .order_by(func.min(Obligation.due))
        .limit(MOST)
    )
    return [_answer(row) for row in rows]


def _answer(row: Row[Any]) -> Waiting:
    directive, state, count, due, received = row
    asks = state == ObligationState.EXTENSION_REQUESTED
    words = (
        f"{count} đơn vị đề nghị gia hạn, chờ trả lời."
        if asks
        else f"{count} nhiệm vụ đã có báo cáo, chờ xem xét."
    )
    return Waiting(
        kind=Kind.EXTENSION if asks else Kind.REPORT,
        subject=Subject(
            about=DIRECTIVE, id=directive.id, step="extension" if asks else "report",
            revision=directive.revision,
        ),
        title=title_of(directive), text=directive.subject, doc_type=directive.doc_type,
        urgency=directive.urgency, words=words, due=due if asks else None,
        why_due=_BEFORE_DUE if asks else "",
        since=directive.updated_at if asks or received is None else received,
        organisation_id=directive.organisation_id, roles=frozenset({Role.FOLLOW_UP}),
    )  # fmt: skip


def waiting_deliveries(session: Session, clerk_at: Collection[str]) -> list[Waiting]:
    """Returns the directives that did not reach some unit, or that it refused: for a person."""
    if not clerk_at:
        return []
    refused = Consignment.state == DeliveryState.REFUSED
    rows = session.execute(
        select(Directive, func.count(), func.count(case((refused, 1))),
               func.min(case((~refused, Consignment.send_by))), func.min(Consignment.planned_at))
        .join(Consignment, Consignment.directive_id == Directive.id)
        .where(
            text(STUCK.replace("state", "consignment.state", 1)),
            Directive.organisation_id.in_(clerk_at),
            Directive.state.in_(_RUNNING),
        )
        .group_by(Directive.id)
        .order_by(func.min(Consignment.send_by))
        .limit(MOST)
    )  # fmt: skip
    return [
        Waiting(
            kind=Kind.DELIVERY,
            subject=Subject(
                about=DIRECTIVE, id=directive.id, step="delivery", revision=directive.revision
            ),
            title=title_of(directive), text=directive.subject, doc_type=directive.doc_type,
            urgency=directive.urgency, words=_unsettled(count - declined, declined),
            due=_day(limit), why_due=_SEND_BY if limit else "", since=planned,
            organisation_id=directive.organisation_id, roles=frozenset({Role.REGISTRY_CLERK}),
        )
        for directive, count, declined, limit, planned in rows
    ]  # fmt: skip


def _unsettled(stuck: int, declined: int) -> str:
    if not declined:
        return f"Chưa gửi được đến {stuck} đơn vị."
    if not stuck:
        return f"{declined} đơn vị từ chối tiếp nhận."
    return f"Chưa gửi được đến {stuck} đơn vị, {declined} đơn vị từ chối tiếp nhận."


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at is not None else None


def waiting_letters(session: Session, office: str, held: Collection[Role]) -> list[Waiting]:
    """Returns the mail that nobody could match, for those who deal with it."""
    if not READERS & set(held):
        return []
    return [_letter(one, office) for one in waiting(session, limit=MOST)]


def _letter(one: IncomingMessage, office: str) -> Waiting:
    return Waiting(
        kind=Kind.MAIL,
        subject=Subject(about=MESSAGE, id=one.id, step="match"),
        title=one.sender or "Không rõ người gửi", text=one.subject or "(không có tiêu đề)",
        words="Thư đến chưa rõ về việc gì, chờ xử lý.", since=one.received_at,
        organisation_id=office, roles=READERS,
    )  # fmt: skip
