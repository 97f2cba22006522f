"""Taking a number: never twice, never a gap without a reason, right under concurrent takers.

The clerk takes it; the machine does where the office has set it so. It comes before the officer's
signature or after it (`actions.ordering`); then the register knows the directive from here on.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import MACHINE, Actor
from actions.changing import expect_state, get_directive, move
from actions.desk import Deed, Desk, doing
from actions.draft_rows import content_of
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotFoundError,
    Problem,
    WrongStateError,
)
from actions.ordering import machine_numbers, state_to_number
from actions.registering import enter_outgoing
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.numbering import NumberSeries, TakenNumber
from models.officer import Role

LARGEST_GAP = 200
"""How many numbers a typed one may pass over at once; more is a slip of the keys."""


def series_for(session: Session, directive: Directive, day: date) -> NumberSeries:
    """Returns the series that a directive of this kind takes its number from on a day.

    A series of the very type goes before one that all types share.

    Raises:
        NotFoundError: the office has none for that day.
    """
    found = session.scalars(
        select(NumberSeries)
        .where(
            NumberSeries.organisation_id == directive.organisation_id,
            NumberSeries.regime == directive.regime,
            or_(NumberSeries.doc_type == directive.doc_type, NumberSeries.doc_type.is_(None)),
            NumberSeries.period_from <= day,
            or_(NumberSeries.period_to.is_(None), NumberSeries.period_to >= day),
        )
        .order_by(NumberSeries.doc_type.is_(None), NumberSeries.id)
    ).first()
    if found is None:
        raise NotFoundError("dãy số cho", f"{directive.doc_type} ngày {day:%d/%m/%Y}")
    return found


def take_number(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    number: int | None = None,
    reason: str | None = None,
) -> str:
    """Gives a directive its number and date. Returns the number as printed.

    Args:
        desk: the tools.
        actor: the registry clerk, or the machine of an office that lets it.
        directive_id: an approved directive; a signed one where the officer signs first.
        number: a number typed by hand; must lie beyond the series, needs a reason.
        reason: why it was typed; recorded with each number that is skipped.

    Raises:
        NotAuthorisedError: the actor is not the registry clerk.
        WrongStateError: the directive is not approved, or not signed where that comes first.
        AlreadyDoneError: it has a number.
        InvalidInputError: the typed number was given before, or has no reason.
        NotFoundError: the office has no series for this kind of paper today.
    """
    with doing(desk, actor, "take_number", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        if actor != MACHINE or not machine_numbers(deed.session):
            require_role(deed, Role.REGISTRY_CLERK, directive.organisation_id, "cấp số văn bản")
        if directive.number is not None:
            raise AlreadyDoneError(f"Cấp số {directive.number_text}")
        due = state_to_number(deed.session, directive)
        expect_state(directive, due)
        series = series_for(deed.session, directive, deed.day)
        given = _advance(deed, series, number, reason)
        text = _as_printed(deed, directive, given)
        _write_down(deed, series, given, directive_id, reason)
        move(
            deed,
            directive,
            DirectiveState.NUMBERED,
            expected=due,
            number=given,
            number_text=text,
            issue_date=deed.day,
        )
        _require_whole(directive, due)
        if due == DirectiveState.SIGNED:
            enter_outgoing(deed, directive)
        ask_to_wake(deed, directive_id)
        deed.detail |= {"number": text, "series": series.id, "reason": reason}
    return text


def coming_number(session: Session, directive: Directive, day: date) -> str:
    """Returns the number that would be taken now, as printed; empty where no series is open.

    Somebody else may take it first: it is told, never promised.
    """
    try:
        series = series_for(session, directive, day)
    except NotFoundError:
        return ""
    content = content_of(session, directive)
    return replace(content, number=series.stands_at + 1, issue_date=day).number_text() or ""


def _require_whole(directive: Directive, due: DirectiveState) -> None:
    """Meanwhile a page with empty places may have been frozen, which wants its signature first."""
    if due == DirectiveState.APPROVED and directive.frozen_sha256 is not None:
        raise WrongStateError(
            "Văn bản", expected=(DirectiveState.SIGNED,), actual=DirectiveState.APPROVED
        )


def _as_printed(deed: Deed, directive: Directive, number: int) -> str:
    content = replace(content_of(deed.session, directive), number=number, issue_date=deed.day)
    return content.number_text() or ""


def _advance(deed: Deed, series: NumberSeries, number: int | None, reason: str | None) -> int:
    """Moves the series on, its row locked, so that two takers can never hold the same number."""
    before = deed.session.scalars(
        select(NumberSeries.stands_at).where(NumberSeries.id == series.id).with_for_update()
    ).one()
    given = before + 1 if number is None else number
    if number is not None:
        _require_sound(number, before, reason)
    deed.session.execute(
        update(NumberSeries).where(NumberSeries.id == series.id).values(stands_at=given)
    )
    for skipped in range(before + 1, given):
        _write_down(deed, series, skipped, None, reason, state="skipped")
    return given


def _require_sound(number: int, before: int, reason: str | None) -> None:
    """A typed number needs a reason, lies beyond the series and not absurdly far."""
    if not (reason or "").strip():
        words = "Số nhập tay phải có lý do. Ghi rõ lý do rồi lưu lại."
        raise InvalidInputError(Problem(place="Lý do", reason=words))
    if number <= before:
        words = f"Dãy số đã đến {before}; chọn số lớn hơn {before} hoặc để hệ thống cấp."
        raise InvalidInputError(Problem(place="Số", reason=words))
    if number > before + LARGEST_GAP + 1:
        words = f"Số này bỏ trống quá {LARGEST_GAP} số. Kiểm tra lại số vừa nhập."
        raise InvalidInputError(Problem(place="Số", reason=words))


def _write_down(
    deed: Deed,
    series: NumberSeries,
    number: int,
    directive_id: DirectiveId | None,
    reason: str | None,
    *,
    state: str = "taken",
) -> None:
    deed.session.add(
        TakenNumber(
            series_id=series.id,
            number=number,
            directive_id=directive_id,
            state=state,
            reason=reason,
            officer_id=deed.actor.id if deed.actor.kind == "officer" else None,
            at=deed.at,
        )
    )
    try:
        deed.session.flush()
    except IntegrityError as clash:
        raise AlreadyDoneError(f"Cấp số {number}") from clash
