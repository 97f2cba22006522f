"""Personal links of units: an officer ends one, which makes the next, or has it sent again."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import get_directive
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, NotFoundError, WrongStateError
from actions.notifying import queue_answer
from actions.unit_links import PURPOSE, current_serial, link_row
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation
from models.report import UnitLink


def revoke_link(
    desk: Desk,
    actor: Actor,
    organisation_id: str,
    directive_id: DirectiveId,
    *,
    reason: str,
    serial: int | None = None,
    send: bool = True,
) -> int:
    """Ends a unit's link at once; the next one takes its place. Returns the new serial.

    Args:
        desk: the tools.
        actor: the follow-up officer.
        organisation_id: the unit.
        directive_id: the directive.
        reason: why; kept, not told to the unit.
        serial: the link that the officer looked at; the present one where None.
        send: whether the unit gets the new one by mail at once.

    Raises:
        NotFoundError: the directive did not go to this unit.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: the directive was not issued.
        AlreadyDoneError: somebody else ended that link first.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "revoke_link", subject=directive_id) as deed:
        directive, unit = _for_link(deed, directive_id, organisation_id, "thu hồi đường dẫn")
        why = require_reason(reason)
        present = current_serial(deed.session, unit.id, directive.id)
        if serial is not None and serial != present:
            raise AlreadyDoneError("Việc thu hồi đường dẫn này")
        _end(deed, directive, unit, present, why)
        deed.session.add(_link(desk, deed, directive, unit, present + 1))
        deed.session.flush()
        if send:
            _send(desk, deed, directive, unit, present + 1)
        deed.detail |= {"organisation": unit.id, "ended": present, "reason": why}
        return present + 1


def send_link(desk: Desk, actor: Actor, organisation_id: str, directive_id: DirectiveId) -> None:
    """Sends a unit its present link again, once a day at most; one that has expired lives on.

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `revoke_link`.
    """
    with doing(desk, actor, "send_link", subject=directive_id) as deed:
        directive, unit = _for_link(deed, directive_id, organisation_id, "gửi đường dẫn")
        serial = current_serial(deed.session, unit.id, directive.id)
        row = link_row(deed.session, unit.id, directive.id, serial)
        if row is None:
            row = _link(desk, deed, directive, unit, serial)
            deed.session.add(row)
        row.expires_at = deed.at + timedelta(days=desk.link_days)
        deed.session.flush()
        _send(desk, deed, directive, unit, serial)
        deed.detail |= {"organisation": unit.id, "serial": serial}


def _for_link(
    deed: Deed, directive_id: DirectiveId, organisation_id: str, what: str
) -> tuple[Directive, Organisation]:
    directive = get_directive(deed.session, directive_id)
    require_role(deed, Role.FOLLOW_UP, directive.organisation_id, what)
    # Of two officers one waits here, and then sees what the other did.
    deed.session.refresh(directive, with_for_update=True)
    unit = deed.session.get(Organisation, organisation_id)
    if unit is None or not _has_to_do_with(deed.session, directive, organisation_id):
        raise NotFoundError("đơn vị nhận văn bản này", organisation_id)
    if directive.issued_at is None:
        raise WrongStateError("Văn bản", expected=("đã phát hành",), actual="chưa phát hành")
    return directive, unit


def _has_to_do_with(session: Session, directive: Directive, organisation_id: str) -> bool:
    ways = (
        select(Consignment.id).where(
            Consignment.directive_id == directive.id, Consignment.organisation_id == organisation_id
        ),
        select(Obligation.id).where(
            Obligation.directive_id == directive.id, Obligation.organisation_id == organisation_id
        ),
    )
    return any(session.scalars(one).first() is not None for one in ways)


def _link(
    desk: Desk, deed: Deed, directive: Directive, unit: Organisation, serial: int
) -> UnitLink:
    return UnitLink(
        organisation_id=unit.id, directive_id=directive.id, purpose=PURPOSE, serial=serial,
        made_at=deed.at, expires_at=deed.at + timedelta(days=desk.link_days),
    )  # fmt: skip


def _end(deed: Deed, directive: Directive, unit: Organisation, serial: int, why: str) -> None:
    row = link_row(deed.session, unit.id, directive.id, serial)
    if row is None:
        row = UnitLink(
            organisation_id=unit.id, directive_id=directive.id, purpose=PURPOSE, serial=serial,
            made_at=directive.issued_at or deed.at,
        )  # fmt: skip
        deed.session.add(row)
    row.revoked_at, row.revoked_by, row.reason = deed.at, deed.actor.id, why
    deed.session.flush()


def _send(desk: Desk, deed: Deed, directive: Directive, unit: Organisation, serial: int) -> None:
    """The letter's frame shows the present link itself."""
    queue_answer(
        desk, deed, directive, unit.id,
        key=f"link:{directive.id}:{unit.id}:{serial}:{deed.day.isoformat()}", kind="link",
        tag="Đường dẫn", about="đường dẫn riêng của đơn vị",
        said=(
            "Cơ quan gửi đường dẫn riêng của đơn vị để đọc văn bản, xác nhận và nộp báo cáo.",
            "Chỉ dùng đường dẫn trong thư này; các đường dẫn trước có thể không còn dùng được.",
            "Đường dẫn dành riêng cho đơn vị, không chuyển cho nơi khác.",
        ),
    )  # fmt: skip
