"""Warns the registry clerk, once, of what is not sent although its limit is near."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.closing import RUNNING
from actions.delivery_history import write_event
from actions.desk import VIETNAM, Deed, Desk, doing
from actions.follow_up_words import DELIVERY_WORDS
from actions.notifying import NewNotice, queue_notice
from actions.ordering import title_of
from actions.sending_limits import rule_for, warn_from
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import DeliveryState
from models.officer import Officer, Post, Role
from models.organisation import Office, Organisation

_S = DeliveryState
NOT_SENT = (_S.PLANNED, _S.SENDING, _S.UNKNOWN, _S.HELD, _S.BOUNCED, _S.FAILED)
"""States in which nothing was sent for sure."""
_MOST_NAMED = 20
"""So many units are named in one letter; the page shows all."""


def warn_of_limits(desk: Desk) -> int:
    """Warns of every consignment whose limit of sending is near, each once.

    One letter per directive to each registry clerk; the portal shows the mark as well. The office
    says how many hours before (`warn_before_h`).

    Returns:
        How many consignments were warned of.
    """
    with desk.database.reading() as session:
        if not _due(session, desk):
            return 0
    with doing(desk, MACHINE, "warn_of_limit", kind="outbox") as deed:
        found = [one for one in _due(deed.session, desk) if _mark(deed, one)]
        for key in dict.fromkeys(one.directive_id for one in found):
            ours = [one for one in found if one.directive_id == key]
            _tell(desk, deed, deed.session.get_one(Directive, key), ours)
        deed.detail["consignments"] = [one.key for one in found]
    return len(found)


def _due(session: Session, desk: Desk) -> list[Consignment]:
    """Returns what is near its limit: the index gives what is neither sent nor warned of."""
    at = desk.clock()
    office = session.get(Office, 1)
    before = timedelta(hours=office.warn_before_h if office else 2)
    rows = session.scalars(
        select(Consignment)
        .join(Directive, Directive.id == Consignment.directive_id)
        .where(
            Consignment.sent_at.is_(None),
            Consignment.warned_at.is_(None),
            Consignment.send_by <= at + before,
            Consignment.rerouted_to_id.is_(None),
            Consignment.state.in_([state.value for state in NOT_SENT]),
            Directive.state.in_([state.value for state in RUNNING]),
        )
        .order_by(Consignment.send_by, Consignment.id)
    )
    return [
        one
        for one in rows
        if one.send_by and warn_from(one.planned_at, one.send_by, before=before) <= at
    ]


def _mark(deed: Deed, one: Consignment) -> bool:
    """Marks it as warned of; False where another process was quicker, or it was sent meanwhile."""
    changed = deed.session.execute(
        update(Consignment)
        .where(
            Consignment.id == one.id,
            Consignment.warned_at.is_(None),
            Consignment.state.in_([state.value for state in NOT_SENT]),
        )
        .values(warned_at=deed.at)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        return False
    said = f"Báo văn thư: chưa gửi được, hạn gửi {_moment(one)}."
    write_event(deed, one.id, source="machine", words=said)
    return True


def _tell(desk: Desk, deed: Deed, directive: Directive, ours: Sequence[Consignment]) -> None:
    names = {
        unit.id: unit.name
        for unit in deed.session.scalars(
            select(Organisation).where(
                Organisation.id.in_([one.organisation_id for one in ours[:_MOST_NAMED]])
            )
        )
    }
    title = title_of(directive)
    text = "\n".join(_lines(directive, title, ours, names))
    for clerk in _clerks(deed, directive.organisation_id):
        queue_notice(
            desk, deed,
            NewNotice(
                key=f"limit:{directive.id}:{ours[0].id}:{clerk.id}", kind="limit",
                directive=directive, organisation_id=None, address=clerk.email,
                subject=f"{title}: {len(ours)} đơn vị chưa gửi được, sắp hết hạn gửi", text=text,
            ),
        )  # fmt: skip


def _lines(
    directive: Directive, title: str, ours: Sequence[Consignment], names: dict[str, str]
) -> Iterable[str]:
    yield f"Văn bản {title} còn {len(ours)} đơn vị chưa gửi được; hạn gửi {_moment(ours[0])}."
    yield rule_for(urgent=bool(directive.urgency)).words
    yield ""
    for one in ours[:_MOST_NAMED]:
        state = DELIVERY_WORDS[DeliveryState(one.state)]
        why = f": {one.detail}" if one.detail else ""
        yield f"- {names.get(one.organisation_id, one.organisation_id)}: {state}{why}"
    if len(ours) > _MOST_NAMED:
        yield f"- và {len(ours) - _MOST_NAMED} đơn vị khác"
    yield ""
    yield "Mở trang phát hành của văn bản để gửi lại, chuyển kênh hoặc gửi bản giấy."


def _moment(one: Consignment) -> str:
    return f"{one.send_by.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}" if one.send_by else ""


def _clerks(deed: Deed, organisation_id: str) -> list[Officer]:
    rows = deed.session.execute(
        select(Officer, Post.roles)
        .join(Post, Post.officer_id == Officer.id)
        .where(
            Post.organisation_id == organisation_id,
            Post.valid_from <= deed.day,
            or_(Post.valid_to.is_(None), Post.valid_to >= deed.day),
        )
        .order_by(Officer.id)
    )
    found = {one.id: one for one, roles in rows if Role.REGISTRY_CLERK.value in roles}
    return [one for one in found.values() if one.email]
