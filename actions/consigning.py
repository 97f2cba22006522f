"""Consignments: one per unit and directive, planned with the decision, put back by a person."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import outbox
from actions.access import require_role
from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotFoundError, Problem, WrongStateError
from actions.expanding import ExpandedUnit, expand
from actions.follow_up_words import DELIVERY_WORDS
from actions.obliging import acting_units
from delivery.envelope import message_id_for
from models.directive import Directive, RecipientLine
from models.dispatch import Consignment
from models.lifecycle import DeliveryState
from models.officer import Role

_RESENDABLE = (
    DeliveryState.HELD, DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.UNKNOWN,
)  # fmt: skip


def preview_units(session: Session, directive: Directive, day: date) -> tuple[ExpandedUnit, ...]:
    """Returns who would get the current revision on a day, in the order of the recipient list.

    Raises:
        NotFoundError: a line names a unit or group that does not exist.
    """
    lines = session.scalars(
        select(RecipientLine).where(
            RecipientLine.directive_id == directive.id,
            RecipientLine.revision == directive.revision,
        )
    ).all()
    return expand(
        session, lines, day,
        issuer_id=directive.organisation_id, acting=acting_units(session, directive, day),
    )  # fmt: skip


def plan_consignments(desk: Desk, deed: Deed, directive: Directive) -> tuple[Consignment, ...]:
    """Writes one consignment and one outbox row per unit, as of today. Does not commit.

    A unit that cannot be reached gets a consignment in `held` with the reason, and no outbox row.

    Args:
        desk: the tools.
        deed: the deed of issuing.
        directive: the directive being issued.

    Raises:
        NotFoundError: a line names a unit or group that does not exist.
    """
    return tuple(
        plan_one(desk, deed, directive, unit)
        for unit in preview_units(deed.session, directive, deed.day)
    )


def plan_one(desk: Desk, deed: Deed, directive: Directive, unit: ExpandedUnit) -> Consignment:
    """Writes the consignment of one unit, with its outbox row unless it is held. Does not commit.

    Idempotent: a unit that has one through the same channel keeps it.
    """
    made = _consignment(desk, deed, directive, unit)
    before = deed.session.scalar(select(Consignment).where(Consignment.key == made.key))
    if before is not None:
        return before
    deed.session.add(made)
    deed.session.flush()
    if made.state == DeliveryState.PLANNED:
        outbox.enqueue(deed, kind="consignment", ikey=made.key, reference=made.id)
        deed.session.flush()
    return made


def _consignment(desk: Desk, deed: Deed, directive: Directive, unit: ExpandedUnit) -> Consignment:
    key = f"{directive.id}:{directive.revision}:{unit.organisation_id}:{unit.channel}"
    state = DeliveryState.HELD if unit.problem else DeliveryState.PLANNED
    words = (word for word in (unit.detail, unit.problem) if word)
    return Consignment(
        directive_id=directive.id,
        revision=directive.revision,
        organisation_id=unit.organisation_id,
        role=unit.role,
        lines=list(unit.lines),
        channel=unit.channel,
        address=unit.address or "",
        key=key,
        # The same for every repeat. With the office's secret in it no unit can work out that of
        # another one's message, and forge a notice that this message did not arrive.
        message_id=message_id_for(
            f"{key}:{desk.unit_link(unit.organisation_id, str(directive.id))}", desk.mail_domain
        ),
        state=state.value,
        detail=" ".join(words) or None,
        planned_at=deed.at,
    )


def resend(desk: Desk, actor: Actor, consignment_id: UUID, *, address: str | None = None) -> None:
    """Puts a consignment back into the outbox, by the clerk's decision.

    The key and the Message-ID stay: whoever got it already can see that it is the same message.

    Args:
        desk: the tools.
        actor: the registry clerk.
        consignment_id: one that is held, bounced, failed or unknown.
        address: the right address, where the one on record was wrong or missing.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is not the registry clerk.
        InvalidInputError: there is no address to send to.
        WrongStateError: it is under way, has arrived, or was answered.
    """
    with doing(desk, actor, "resend", kind="consignment", subject=consignment_id) as deed:
        consignment = deed.session.get(Consignment, consignment_id)
        if consignment is None:
            raise NotFoundError("lượt gửi", consignment_id)
        directive = get_directive(deed.session, consignment.directive_id)
        require_role(deed, Role.REGISTRY_CLERK, directive.organisation_id, "gửi lại văn bản")
        target = (address or consignment.address).strip()
        if not target:
            raise InvalidInputError(
                Problem(place="Địa chỉ", reason="Chưa có địa chỉ. Nhập địa chỉ rồi gửi lại.")
            )
        _plan_again(deed, consignment, target)
        if not outbox.queue_again(deed.session, consignment.key, at=deed.at):
            outbox.enqueue(deed, kind="consignment", ikey=consignment.key, reference=consignment.id)
        deed.detail |= {"address": target, "organisation": consignment.organisation_id}


def _plan_again(deed: Deed, consignment: Consignment, address: str) -> None:
    changed = deed.session.execute(
        update(Consignment)
        .where(
            Consignment.id == consignment.id,
            Consignment.state.in_([state.value for state in _RESENDABLE]),
        )
        .values(state=DeliveryState.PLANNED.value, address=address, detail=None)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            "Lượt gửi",
            expected=tuple(DELIVERY_WORDS[state] for state in _RESENDABLE),
            actual=DELIVERY_WORDS[DeliveryState(consignment.state)],
        )
